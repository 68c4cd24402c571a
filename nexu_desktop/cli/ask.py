"""`ask`: one message, its answer as it streams, its receipt. Ctrl+C stops and settles."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nexu_desktop.cli import exit_codes, output, prompt
from nexu_desktop.cli.estimate import question
from nexu_desktop.cli.lane import offer
from nexu_desktop.composition import Core, build, new_id
from nexu_desktop.domain.chat import Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import Event, TextDelta, TurnFinished
from nexu_desktop.services.desk import check
from nexu_desktop.services.ports import Provider
from nexu_desktop.services.turns import TurnRequest

EXIT_BY_OUTCOME = {
    Outcome.COMPLETE: exit_codes.OK,
    Outcome.STOPPED: exit_codes.STOPPED,
    Outcome.CUT: exit_codes.FAILED,
    Outcome.FAILED: exit_codes.FAILED,
    Outcome.REFUSED: exit_codes.REFUSED,
}


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("ask", parents=[parent], help="send one message")
    sub.add_argument("--provider", metavar="NAME", help="pay with your own key")
    sub.add_argument("--link-url", metavar="URL", help="a Nexu gateway for this call alone")
    sub.add_argument("--cloud-url", metavar="URL", help="where that gateway's balance is stated")
    sub.add_argument("--key-stdin", action="store_true", help="the first line of stdin is the key")
    prompt.add_arguments(sub)
    sub.set_defaults(command=run)


@dataclass(slots=True)
class Heard:
    """What the turn announced."""

    stream: bool
    finished: TurnFinished | None = None
    text: list[str] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        match event:
            case TextDelta(_, text):
                self.text.append(text)
                if self.stream:
                    sys.stdout.write(text)
                    sys.stdout.flush()
            case TurnFinished():
                self.finished = event
            case _:
                pass


def run(arguments: argparse.Namespace) -> int:
    key = _key(arguments)
    heard = Heard(stream=not arguments.json)
    with build(arguments.data_dir) as core:
        core.recovery.run(only_window=False)
        chosen = offer(core, arguments)
        attempt = new_id()
        try:
            estimate = asyncio.run(_ask(core, chosen, arguments, key, heard, attempt))
        except NexuError as error:
            return _refused(core, arguments, chosen.ref, attempt, error)
        return _told(core, arguments, heard, estimate)


def _key(arguments: argparse.Namespace) -> str:
    if not arguments.key_stdin:
        if arguments.link_url:
            raise BadInput("--link-url needs a key.", "Add --key-stdin and write the key to stdin.")
        return ""
    key = sys.stdin.buffer.readline().decode("utf-8", errors="replace").strip()
    if not key:
        raise BadInput("No key came on stdin.", "Write it as the first line.")
    return key


async def _ask(
    core: Core, chosen: Any, arguments: argparse.Namespace, key: str, heard: Heard, attempt: str
) -> Estimate:
    provider = await _connect(core, chosen, arguments, key)
    try:
        if chosen.ref.lane is Lane.CREDITS:
            await core.account.open_wallet(provider)
        asked = question(core, chosen, arguments, prompt.text(arguments))
        if not asked.draft.strip():
            raise BadInput("There is nothing to send.", "Write a message.")
        estimate = core.meter.estimate_now(asked)
        check(estimate)
        now = core.clock.now_ms()
        answer = Message(attempt, "", Role.ASSISTANT, "", now, ref=chosen.ref, streaming=True)
        wire = (*asked.context.messages, ("user", asked.draft))
        request = TurnRequest(chosen, estimate, wire, answer, stored=False)
        try:
            await core.turns.run(request, provider, heard)
        except asyncio.CancelledError:
            if heard.finished is None:  # stopped before anything was held
                raise
        return estimate
    finally:
        await provider.close()


async def _connect(core: Core, chosen: Any, arguments: argparse.Namespace, key: str) -> Provider:
    if arguments.link_url:
        return core.connections.gateway(arguments.link_url, arguments.cloud_url, key)
    if key:
        return core.connections.own(chosen.ref.provider, None, key)
    return await core.connections.connect(chosen)


def _told(core: Core, arguments: argparse.Namespace, heard: Heard, estimate: Estimate) -> int:
    assert heard.finished is not None
    receipt, lane = heard.finished.receipt, heard.finished.receipt.ref.lane
    left = core.account.balance(lane) if lane.spends_credits else None
    if arguments.json:
        output.show(as_json(receipt, heard.finished, estimate, left))
    else:
        print(flush=True)
        if heard.finished.title:
            output.say(f"{heard.finished.title} {heard.finished.hint}".strip())
        output.say(output.receipt_line(receipt, left))
    return EXIT_BY_OUTCOME[receipt.outcome]


def as_json(receipt: Receipt, finished: TurnFinished, estimate: Estimate, left: Any) -> dict[str, Any]:
    """The documented fields of `ask --json`; `charged` null on an own key, which also has `dollars`."""
    failed = {"code": "", "title": finished.title, "hint": finished.hint} if finished.title else None
    row: dict[str, Any] = {
        "attempt": receipt.attempt,
        "model": receipt.ref.model,
        "lane": receipt.ref.lane.value,
        "outcome": receipt.outcome.value,
        "reply": finished.answer.text,
        "error": failed,
        "usage": output.usage(receipt),
        "basis": receipt.basis.value,
        "estimate": output.estimate(estimate),
        "charged": None if receipt.charged is None else output.amount(receipt.charged),
        "balance": None if left is None else output.balance(left),
        "unconfirmed": receipt.unconfirmed,
    }
    if receipt.dollars is not None:
        row["dollars"] = output.dollars(receipt.dollars)
    return row


def _refused(core: Core, arguments: argparse.Namespace, ref: ModelRef, attempt: str, error: NexuError) -> int:
    if arguments.json:
        left = output.balance(core.account.balance(ref.lane)) if ref.lane.spends_credits else None
        output.show(
            {
                "attempt": attempt,
                "model": ref.model,
                "lane": ref.lane.value,
                "outcome": Outcome.REFUSED.value,
                "reply": "",
                "error": output.error(error),
                "usage": dict.fromkeys(("input", "cached_input", "cache_write", "output", "reasoning"), 0),
                "basis": "none",
                "estimate": None,
                "charged": output.amount(0) if ref.lane.spends_credits else None,
                "balance": left,
            }
        )
    output.say(error.sentence)
    return exit_codes.for_error(error)


Say = Callable[[str], None]
