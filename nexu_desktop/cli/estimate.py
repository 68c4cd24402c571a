"""`estimate`: what a message would cost, on one model or on all, what it is made of, and what would be left."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nexu_desktop.cli import cheaper, exit_codes, output, prompt, terminal
from nexu_desktop.cli.lane import offer, wallet
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.domain.breakdown import Way
from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.comparing import dearness, share
from nexu_desktop.domain.context import Said
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.forecast import History
from nexu_desktop.services.catalog import NEXU, SANDBOX, Offer
from nexu_desktop.services.files import sees
from nexu_desktop.services.meter import Context, Question
from nexu_desktop.services.questions import REPLIES_REMEMBERED, SAMPLES_REMEMBERED, images

TOOLS_MAX_BYTES = 4 * 1024 * 1024


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("estimate", parents=[parent], help="what a message would cost")
    sub.add_argument("--provider", metavar="NAME", help="price it on your own key")
    sub.add_argument("--all-models", action="store_true", help="on every model and lane, the cheapest first")
    sub.add_argument("--tools", type=Path, metavar="FILE", help="JSON list of tools in OpenAI's format")
    prompt.add_arguments(sub, model_needed=False)
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    given = handed_in(arguments)
    with opened(arguments) as core:
        if arguments.all_models:
            return _all_models(core, arguments, given)
        _need_a_model(core, arguments)
        asked = question(core, offer(core, arguments), arguments, given)
        found = priced(core, asked)
        ways = _cheaper(core, arguments, given, asked, found.estimate)
        told = {**output.estimate(found.estimate, blind=found.blind), **_made_of(core, asked, found.estimate)}
    if arguments.json:
        output.show({**told, "cheaper": [output.way(one, asked.offer.ref.lane) for one in ways]})
    else:
        lines = output.estimate_lines(found.estimate, blind=found.blind)
        lines += [output.way_line(one, asked.offer.ref.lane) for one in ways]
        terminal.line("\n".join(lines))
    return exit_codes.OK


def _need_a_model(core: Core, arguments: argparse.Namespace) -> None:
    """The card's default, except with a key of one's own, whose models the card does not know."""
    if arguments.model:
        return
    if arguments.provider not in (None, NEXU):
        raise BadInput("There is no model.", "Give --model ID, or --all-models.")
    arguments.model = core.catalog.default_model


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


@dataclass(frozen=True, slots=True)
class Priced:
    """`blind`: an image would be sent to a model that does not see."""

    estimate: Estimate
    blind: bool

    @property
    def order(self) -> tuple[object, ...]:
        ref = self.estimate.ref
        return *dearness(self.estimate, refused=self.blind), ref.model, ref.provider


def priced(core: Core, asked: Question) -> Priced:
    return Priced(core.meter.estimate_now(asked), bool(images(asked)) and not sees(asked.offer))


def card_offers(core: Core, lane: Lane) -> list[Offer]:
    """What the card sells, on the lane that pays here."""
    provider = NEXU if lane is Lane.CREDITS else SANDBOX
    refs = (replace(one.ref, lane=lane, provider=provider) for one in core.catalog.card_offers())
    return [one for one in map(core.catalog.card_offer, refs) if one.sendable]


def _all_models(core: Core, arguments: argparse.Namespace, given: HandedIn) -> int:
    """Free ones first, then by cost, then without a price, then refused. --model names the reference."""
    own = [] if arguments.sandbox else [o for o in core.catalog.offers() if not o.ref.lane.spends_credits]
    offers = [*card_offers(core, wallet(core, arguments)), *own]
    named = _reference(core, arguments, offers)
    found = [priced(core, question(core, one, arguments, given)) for one in offers]
    found.sort(key=lambda one: one.order)
    reference = next((one.estimate for one in found if one.estimate.ref == named), None)
    shares = [share(one.estimate, reference) for one in found]
    if arguments.json:
        rows = [
            {**output.estimate(one.estimate, blind=one.blind), "of_reference": of or None}
            for one, of in zip(found, shares, strict=True)
        ]
        output.show({"reference": reference.ref.model if reference else None, "models": rows})
    else:
        lines = (
            output.model_line(one.estimate, of, blind=one.blind)
            for one, of in zip(found, shares, strict=True)
        )
        terminal.line("\n".join(lines))
    return exit_codes.OK


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


def _cheaper(
    core: Core, arguments: argparse.Namespace, given: HandedIn, asked: Question, now: Estimate
) -> tuple[Way, ...]:
    lane = asked.offer.ref.lane
    offers = (
        card_offers(core, lane)
        if lane.spends_credits
        else [one for one in core.catalog.offers() if one.ref.lane is lane and one.rate is not None]
    )
    return cheaper.ways(core, asked, now, offers, lambda one: question(core, one, arguments, given))


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
            "basis": {
                "files": counts.files.basis.value,
                "draft": core.meter.basis(asked.model).value,
                "template_and_tools": counts.template_basis.value,
            },
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
