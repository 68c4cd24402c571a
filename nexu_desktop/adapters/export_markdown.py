"""A conversation as Markdown that reads the same again: answers keep their Markdown, nothing of them ends a section."""

from __future__ import annotations

import re

from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.export import Export, cost_line, moment, speaker, total_line

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def markdown_of(export: Export) -> str:
    parts = [f"# {_plain(export.title)}", _facts(export)]
    if export.conversation.system.strip():
        parts += ["## System prompt", _whole(export.conversation.system)]
    for message in export.said:
        parts += _message(export, message)
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(export: Export) -> str:
    facts = [moment(export.conversation.created_ms), f"{len(export.said):,} messages"]
    if export.options.receipts and (total := total_line(export.conversation)):
        facts.append(total)
    return f"*{' · '.join(facts)}*"


def _message(export: Export, message: Message) -> list[str]:
    parts = ["---", f"## {_plain(speaker(message))} · {moment(message.created_ms)}"]
    parts += [f"*File: {_plain(one.name)}*" for one in message.attachments]
    if export.options.reasoning and message.reasoning.strip():
        quoted = "\n".join(f"> {line}".rstrip() for line in _whole(message.reasoning).splitlines())
        parts.append(f"> **Reasoning**\n>\n{quoted}")
    if message.text.strip():
        parts.append(_whole(message.text))
    if export.options.receipts and message.receipt and message.role is Role.ASSISTANT:
        parts.append(f"*{_plain(cost_line(message.receipt))}*")
    return parts


def _whole(text: str) -> str:
    """A code block that was never closed is closed, or it would swallow every message after it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    open_fence = ""
    for found in _FENCE.finditer(text):
        fence = found[1]
        rest = text[found.end() :].split("\n", 1)[0]
        if not open_fence:
            open_fence = "" if fence[0] == "`" and "`" in rest else fence
        elif fence[0] == open_fence[0] and len(fence) >= len(open_fence) and not rest.strip():
            open_fence = ""
    return f"{text}\n{open_fence}" if open_fence else text


def _plain(text: str) -> str:
    """Words that are no Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
