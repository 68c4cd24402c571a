"""`estimate`: what a message would cost, and what would be left."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from nexu_desktop.cli import exit_codes, output, prompt, terminal
from nexu_desktop.cli.lane import offer
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import Context, Question

REPLIES_REMEMBERED = 200


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("estimate", parents=[parent], help="what a message would cost")
    sub.add_argument("--provider", metavar="NAME", help="price it on your own key")
    prompt.add_arguments(sub)
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    text = prompt.text(arguments)
    with opened(arguments) as core:
        estimate = core.meter.estimate_now(question(core, offer(core, arguments), arguments, text))
    if arguments.json:
        output.show(output.estimate(estimate))
    else:
        terminal.line("\n".join(output.estimate_lines(estimate)))
    return exit_codes.OK


def question(core: Core, what: Offer, arguments: argparse.Namespace, text: str) -> Question:
    """The same question the window asks. Raises BadInput for a history of no use, or --max-tokens out of range."""
    settings = core.settings.current
    if arguments.max_tokens is not None:
        settings = replace(settings, answer_limit_tokens=arguments.max_tokens)
    lane = what.ref.lane
    return Question(
        offer=what,
        context=Context(prompt.messages(arguments)),
        draft=text,
        limit=settings.answer_limit_tokens,
        balance=core.account.balance(lane) if lane.spends_credits else None,
        model_replies=core.chats.replies(what.ref, limit=REPLIES_REMEMBERED),
    )
