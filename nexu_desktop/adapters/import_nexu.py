"""This program's own JSON, read back as `export_json` wrote it. Receipts and sums of money are passed over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nexu_desktop.adapters.foreign_values import fields, items, line, moment, name, text, title
from nexu_desktop.adapters.import_making import Open, elements
from nexu_desktop.domain.chat import EFFORTS, Attachment, AttachmentKind, ContextRules, Role
from nexu_desktop.domain.transfer import (
    MESSAGES_MAX,
    TEXT_MAX,
    ImportedConversation,
    ImportedMessage,
    Left,
    Source,
    Tally,
)

FILE_BYTES = 64 * 1024 * 1024
SUMMARIES_MAX = 1_000
_ROLES = {role.value: role for role in Role}


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    stream = open_file()
    for first in elements(stream):
        made = _conversation(fields(stream.build(first)), tally)
        if made is not None:
            yield made


def _conversation(item: dict[str, Any], tally: Tally) -> ImportedConversation | None:
    rows = [fields(one) for one in items(item.get("messages"))]
    if len(rows) > MESSAGES_MAX:
        tally.count(Left.OVERLONG)
        return None
    files: dict[str, bytes] = {}
    messages = _tied([made for row in rows if (made := _message(row, files, tally))])
    key = name(item.get("id"))
    if not messages or not key:
        tally.count(Left.NO_MESSAGES if not messages else Left.UNREADABLE)
        return None
    tally.count(Left.UNREADABLE, len(rows) - len(messages))
    leaf, effort = text(item.get("leaf")), text(item.get("effort"))
    return ImportedConversation(
        Source.NEXU,
        key,
        title(item.get("title")),
        tuple(messages),
        leaf if any(one.id == leaf for one in messages) else messages[-1].id,
        moment(item.get("created_ms")),
        moment(item.get("updated_ms")),
        text(item.get("system")),
        line(item.get("model")),
        effort if effort in EFFORTS else "",
        _rules(fields(item.get("rules"))),
        _within(item.get("temperature"), 0, 200),
        _within(item.get("output_limit"), 1, 1_000_000),
        files,
    )


def _message(row: dict[str, Any], files: dict[str, bytes], tally: Tally) -> ImportedMessage | None:
    role, said, reasoning = (
        _ROLES.get(text(row.get("role"))),
        text(row.get("text")),
        text(row.get("reasoning")),
    )
    if role is None or not name(row.get("id")):
        return None
    if max(len(said), len(reasoning)) > TEXT_MAX:
        tally.count(Left.LONG)
        said = reasoning = ""
    return ImportedMessage(
        name(row.get("id")),
        role,
        said,
        name(row.get("parent")),
        reasoning,
        moment(row.get("created_ms")),
        line(row.get("model")),
        tuple(_file(fields(one), files) for one in items(row.get("attachments"))),
        row.get("dropped") is True,
        tuple(name(one) for one in items(row.get("summaries"))[:SUMMARIES_MAX] if name(one)),
    )


def _tied(messages: list[ImportedMessage]) -> list[ImportedMessage]:
    """Each id once, and nothing follows what is not there. A summary can stand after what follows it."""
    by_id = {message.id: message for message in reversed(messages)}
    first = dict.fromkeys(message.id for message in messages)
    return [
        one if one.parent in by_id else replace(one, parent="") for one in (by_id[name] for name in first)
    ]


def _file(row: dict[str, Any], files: dict[str, bytes]) -> Attachment:
    key, data = name(row.get("id")), _bytes(row.get("data"))
    if key and data:
        files[key] = data
    image = row.get("kind") == AttachmentKind.IMAGE.value and bool(data)
    return Attachment(
        key,
        AttachmentKind.IMAGE if image else AttachmentKind.TEXT,
        line(row.get("name")) or "file",
        line(row.get("media_type")),
        _count(row.get("size")),
        text(row.get("text")),
        _count(row.get("width")),
        _count(row.get("height")),
        row.get("dropped") is True,
    )


def _bytes(value: object) -> bytes:
    if len(text(value)) > FILE_BYTES:
        return b""
    try:
        return base64.b64decode(text(value), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value <= FILE_BYTES else 0


def _within(value: object, low: int, high: int) -> int | None:
    return value if type(value) is int and low <= value <= high else None


def _rules(row: dict[str, Any]) -> ContextRules:
    return ContextRules(
        _within(row.get("keep_last"), 0, 100_000),
        row.get("drop_files") is True,
        row.get("drop_system") is True,
    )
