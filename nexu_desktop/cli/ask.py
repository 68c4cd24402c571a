"""`ask`: one message, its answer as it streams, its receipt. Ctrl+C stops and settles."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from nexu_desktop.cli import prompt
from nexu_desktop.cli.answer import Answer
from nexu_desktop.cli.estimate import handed_in, question
from nexu_desktop.cli.lane import key_from_stdin, offer
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core, new_id
from nexu_desktop.domain.chat import Lane, Message, Role
from nexu_desktop.domain.errors import BadInput, BudgetReached, InsufficientCredits, NexuError
from nexu_desktop.services.catalog import NEXU, Offer
from nexu_desktop.services.files import refuse_images
from nexu_desktop.services.meter import Question
from nexu_desktop.services.ports import Provider
from nexu_desktop.services.questions import check, images
from nexu_desktop.services.turns import TurnRequest


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("ask", parents=[parent], help="send one message")
    sub.add_argument("--provider", metavar="NAME", help="pay with your own key")
    sub.add_argument("--link-url", metavar="URL", help="a gateway for this call alone, with --key-stdin")
    sub.add_argument("--cloud-url", metavar="URL", help="where that gateway's balance is stated")
    sub.add_argument(
        "--key-stdin", action="store_true", help="the first line of stdin is the key for this call"
    )
    sub.add_argument("--yes", action="store_true", help="send also what a budget would ask about")
    sub.add_argument("--prepared-answers", action="store_true", help="with --sandbox: answer without a model")
    prompt.add_arguments(sub)
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """However it ends, one receipt is told: on stderr, or as the one JSON object on stdout."""
    answer = Answer(new_id(), arguments.model, as_json=arguments.json)
    try:
        with _every_end_as_ctrl_c():
            _ask(arguments, answer)
    except NexuError as error:
        answer.error = error
    except (KeyboardInterrupt, asyncio.CancelledError):
        answer.interrupted = True
    answer.tell()
    return answer.exit_code


def _ask(arguments: argparse.Namespace, answer: Answer) -> None:
    _refuse_contradictions(arguments)
    key = key_from_stdin() if arguments.key_stdin else ""
    given = handed_in(arguments)
    prompt.refuse_tools(given.context.messages)
    with opened(arguments) as core:
        core.connections.prepared_answers = arguments.prepared_answers
        chosen = offer(core, arguments)
        if key and chosen.ref.lane is Lane.CREDITS:
            core.connections.lend(arguments.link_url, key)
        answer.begin(chosen, core.account)
        asyncio.run(_converse(core, question(core, chosen, arguments, given), arguments, key, answer))


@contextmanager
def _every_end_as_ctrl_c() -> Iterator[None]:
    """What `timeout`, service managers and closed terminals send settles as Ctrl+C does."""
    named = ("SIGTERM", "SIGHUP", "SIGBREAK")  # the second is not on Windows, the third only there
    before = {
        number: signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
        for number in (getattr(signal, name) for name in named if hasattr(signal, name))
    }
    try:
        yield
    finally:
        for number, what in before.items():
            signal.signal(number, what)


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    if arguments.link_url and not arguments.key_stdin:
        raise BadInput("--link-url needs a key.", "Add --key-stdin and write the key to stdin.")
    if arguments.key_stdin and arguments.sandbox:
        raise BadInput("The sandbox takes no key.", "Leave out --sandbox or --key-stdin.")


async def _converse(
    core: Core, asked: Question, arguments: argparse.Namespace, key: str, answer: Answer
) -> None:
    provider = await _connect(core, asked.offer, arguments, key)
    try:
        if asked.offer.ref.lane is Lane.CREDITS:
            asked = await _with_wallet(core, asked, provider)
        refuse_images(asked.offer, images(asked))
        answer.estimate = core.meter.estimate_now(asked)
        _check(asked, answer, confirmed=arguments.yes, guest=bool(key))
        try:
            await core.turns.run(_request(core, asked, arguments, answer), provider, answer)
        except asyncio.CancelledError:
            if answer.finished is None:  # stopped before anything was held
                raise
    finally:
        await provider.close()


async def _connect(core: Core, chosen: Offer, arguments: argparse.Namespace, key: str) -> Provider:
    if not key:
        return await core.connections.connect(chosen)
    url: str | None = arguments.link_url
    if not chosen.ref.lane.spends_credits:
        return core.connections.own(chosen.ref.provider, url, key)
    return core.connections.gateway(url or core.connections.default_url(NEXU), arguments.cloud_url, key)


async def _with_wallet(core: Core, asked: Question, provider: Provider) -> Question:
    """An untouched wallet opens with what the service states. Where it states nothing, is it there at all?

    Raises what `verify` raises, so that a wrong address or key is not taken for an empty wallet.
    """
    if await core.account.open_wallet(provider) is None:
        await provider.verify()
    return replace(asked, balance=core.account.balance(Lane.CREDITS))


def _check(asked: Question, answer: Answer, *, confirmed: bool, guest: bool) -> None:
    """Raises what must refuse the message before anything is held."""
    assert answer.estimate is not None
    try:
        check(answer.estimate, confirmed=confirmed)
    except BudgetReached as error:
        if answer.estimate.over_budget is None:
            error.hint = "Add --yes to send it all the same."
        raise
    except InsufficientCredits as error:
        if asked.balance is not None and asked.balance.settled == 0 and asked.offer.ref.lane is Lane.CREDITS:
            link = " with the same --link-url and --key-stdin" if guest else ""
            error.hint = f"Book what you have: nexu-desktop ledger grant --credits N --note TEXT{link}."
        raise


def _request(core: Core, asked: Question, arguments: argparse.Namespace, answer: Answer) -> TurnRequest:
    assert answer.estimate is not None
    ref = asked.offer.ref
    row = Message(answer.attempt, "", Role.ASSISTANT, "", core.clock.now_ms(), ref=ref, streaming=True)
    said = replace(asked.files, parts=(*asked.files.parts, asked.draft))
    return TurnRequest(
        asked.offer,
        answer.estimate,
        (*asked.context.messages, said),
        row,
        stored=False,
        effort=arguments.effort,
        images=prompt.images(arguments),
    )
