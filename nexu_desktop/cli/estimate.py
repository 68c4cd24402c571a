"""`estimate`: what a message would cost, on one model or on all, what it is made of, and what would be left."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nexu_desktop.cli import exit_codes, output, prompt, terminal
from nexu_desktop.cli.lane import offer, wallet
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.context import Said
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.forecast import History
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import Context, Question
from nexu_desktop.services.questions import REPLIES_REMEMBERED, SAMPLES_REMEMBERED

TOOLS_MAX_BYTES = 4 * 1024 * 1024


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("estimate", parents=[parent], help="what a message would cost")
    sub.add_argument("--provider", metavar="NAME", help="price it on your own key")
    sub.add_argument("--all-models", action="store_true", help="on every model and lane, the cheapest first")
    sub.add_argument("--tools", type=Path, metavar="FILE", help="JSON list of tools in OpenAI's format")
    prompt.add_arguments(sub, model_needed=False)
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.model and not arguments.all_models:
        raise BadInput("There is no model.", "Give --model ID, or --all-models.")
    given = handed_in(arguments)
    with opened(arguments) as core:
        if arguments.all_models:
            return _all_models(core, arguments, given)
        asked = question(core, offer(core, arguments), arguments, given)
        estimate = core.meter.estimate_now(asked)
        told = {**output.estimate(estimate), **_made_of(core, asked, estimate)}
    if arguments.json:
        output.show(told)
    else:
        terminal.line("\n".join(output.estimate_lines(estimate)))
    return exit_codes.OK


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What is priced on one model or on all: read once."""

    text: str
    context: Context
    files: Said
    tools: str


def handed_in(arguments: argparse.Namespace) -> HandedIn:
    """Raises BadInput naming what can't be used: the text, a history, a file, an image, tools."""
    text = prompt.text(arguments)
    context = Context(prompt.messages(arguments))
    return HandedIn(text, context, prompt.files(arguments), _tools(arguments))


def question(core: Core, what: Offer, arguments: argparse.Namespace, given: HandedIn) -> Question:
    """The same question the window asks. Raises BadInput for --max-tokens out of range."""
    settings = core.settings.current
    if arguments.max_tokens is not None:
        settings = replace(settings, answer_limit_tokens=arguments.max_tokens)
    ref = what.ref
    replies = core.chats.replies(ref, arguments.effort, limit=REPLIES_REMEMBERED)
    samples = core.chats.samples(ref.provider, ref.model, limit=SAMPLES_REMEMBERED)
    return Question(
        offer=what,
        context=given.context,
        draft=given.text,
        limit=settings.answer_limit_tokens,
        balance=core.account.balance(ref.lane) if ref.lane.spends_credits else None,
        history=History.of(replies),
        calibration=Calibration.of(samples),
        files=given.files,
        tools=given.tools,
        budgets=core.desk.budgets.limits(ref.lane, ""),
    )


def _all_models(core: Core, arguments: argparse.Namespace, given: HandedIn) -> int:
    """Free ones first, then by cost; what can't be priced comes last. --model names the reference."""
    lane = wallet(core, arguments)
    own = [] if arguments.sandbox else [o for o in core.catalog.offers() if not o.ref.lane.spends_credits]
    card = [
        core.catalog.card_offer(replace(o.ref, lane=lane, provider=_provider(lane)))
        for o in core.catalog.card_offers()
    ]
    offers = [one for one in (*card, *own) if one.sendable]
    named = _reference(core, arguments, offers)
    asked = [question(core, one, arguments, given) for one in offers]
    found = sorted((core.meter.estimate_now(one) for one in asked), key=_dearness)
    reference = next((one for one in found if one.ref == named), None)
    rows = [{**output.estimate(one), "of_reference": _share(one, reference)} for one in found]
    if arguments.json:
        output.show({"reference": reference.ref.model if reference else None, "models": rows})
    else:
        terminal.line("\n".join(output.model_line(one, _share(one, reference)) for one in found))
    return exit_codes.OK


def _provider(lane: Lane) -> str:
    return "nexu" if lane is Lane.CREDITS else "sandbox"


def _reference(core: Core, arguments: argparse.Namespace, offers: list[Offer]) -> ModelRef | None:
    """The model named, else the card's default. Raises BadInput for a name that is not among them."""
    wanted, provider = arguments.model or core.catalog.default_model, arguments.provider
    refs = [one.ref for one in offers if one.ref.model == wanted and provider in (None, one.ref.provider)]
    if not refs and (arguments.model or provider):
        raise BadInput(
            f"“{wanted[:40]}” is not among the models" + (f" of {provider[:40]}." if provider else "."),
            "Leave out --model, or see: nexu-desktop models.",
        )
    return refs[0] if refs else None


def _dearness(estimate: Estimate) -> tuple[bool, int, str]:
    """A credit is a cent: dollars and credits compare."""
    if estimate.cost is None:
        return True, 0, estimate.ref.model
    cents = estimate.cost.likely * (1 if estimate.ref.lane.spends_credits else 100)
    return False, cents, estimate.ref.model


def _share(estimate: Estimate, reference: Estimate | None) -> str | None:
    """'0.18': this model's likely cost as a share of the reference's on the same lane."""
    if reference is None or not reference.cost or not estimate.cost or not reference.cost.likely:
        return None
    if estimate.ref.lane is not reference.ref.lane:
        return None
    hundredths = (estimate.cost.likely * 200 + reference.cost.likely) // (2 * reference.cost.likely)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _made_of(core: Core, asked: Question, estimate: Estimate) -> dict[str, Any]:
    counts = core.meter.counts(asked)
    rate, total = asked.offer.rate, estimate.input.tokens
    messages = [
        output.item(said.role, core.meter.said(asked.model, said), rate, total, asked.offer.ref.lane)
        for said in asked.context.messages
    ]
    return {
        "made_of": {
            "messages": messages,
            "files": counts.files.tokens,
            "draft": counts.draft,
            "template_and_tools": counts.template,
            "counted": counts.total,
        },
        "calibration": output.calibration(asked.calibration),
        "learned_from_answers": estimate.forecast.replies if estimate.forecast else 0,
        "budgets": [output.finding(found) for found in estimate.findings],
    }


def _tools(arguments: argparse.Namespace) -> str:
    path: Path | None = getattr(arguments, "tools", None)  # `ask` sends none
    if path is None:
        return ""
    try:
        if path.stat().st_size > TOOLS_MAX_BYTES:
            raise BadInput(f"{path} is larger than 4 MB.", "Give fewer tools.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read.", "Give a JSON file.") from error
