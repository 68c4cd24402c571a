"""`meter export`: the answers kept here as a log that `meter evaluate` replays: numbers and flags, no text."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from nexu_desktop.adapters.reply_log import COLUMNS
from nexu_desktop.cli import exit_codes, terminal
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.domain.chat import Message, Outcome, Purpose, Receipt, Role
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.hints import FLAGS, Hints

NAME_CHARS = 16


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser(
        "export", parents=[parent], help="your own answers as a log for evaluate: numbers, no text"
    )
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """One JSON object a line, in the order the answers came. Raises BadInput where there are none."""
    with opened(arguments) as core:
        rows = sorted(_rows(core), key=lambda row: row[0])
    if not rows:
        raise BadInput("There is no answer to export yet.", "Ask something first.")
    terminal.line("\n".join(json.dumps(row) for _, row in rows))
    return exit_codes.OK


def _rows(core: Core) -> Iterator[tuple[tuple[int, str], dict[str, Any]]]:
    for conversation in core.chats.conversations():
        rows = {message.id: message for message in core.chats.tree(conversation.id)}
        for message in rows.values():
            receipt = _whole(message)
            if receipt is not None:
                asked = _question(rows, message)
                yield (receipt.finished_ms, receipt.attempt), _row(core, conversation.id, asked, receipt)


def _question(rows: dict[str, Message], answer: Message) -> str:
    """What it answers, on its own branch."""
    seen: set[str] = set()
    row = rows.get(answer.parent)
    while row is not None and row.role is not Role.USER and row.id not in seen:
        seen.add(row.id)
        row = rows.get(row.parent)
    return row.text if row is not None else ""


def _whole(message: Message) -> Receipt | None:
    """Only what the meter learns from."""
    receipt = message.receipt
    if receipt is None or receipt.outcome is not Outcome.COMPLETE or receipt.purpose is not Purpose.MESSAGE:
        return None
    return receipt if receipt.usage.total_output and receipt.limited is None else None


def _row(core: Core, conversation: str, asked: str, receipt: Receipt) -> dict[str, Any]:
    prompt = core.meter.output_tokens(receipt.ref.model, asked)
    hints = Hints.of(asked, prompt)
    return {
        "conv": hashlib.sha256(conversation.encode()).hexdigest()[:NAME_CHARS],
        "ctx_tokens": max(receipt.usage.total_input - prompt, 0),
        "prompt_tokens": prompt,
        "reply_tokens": receipt.usage.total_output,
        "reasoning_tokens": receipt.usage.reasoning,
        "model": str(receipt.ref),
        "effort": receipt.effort,
        "asked_words": hints.asked_words,
        "asked_items": hints.asked_items,
        **{COLUMNS.get(name, name): int(getattr(hints, name)) for name in FLAGS},
    }
