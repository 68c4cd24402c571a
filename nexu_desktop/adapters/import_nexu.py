"""This program's own JSON, read back as `export_json` wrote it. Receipts and sums of money are passed over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
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
    messages = _after_parents([made for row in rows if (made := _message(row, files, tally))])
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
    )


def _after_parents(messages: list[ImportedMessage]) -> list[ImportedMessage]:
    """In the order of the file; one whose parent has not come, or whose id has, is left out."""
    seen = {""}
    result = []
    for message in messages:
        if message.id not in seen and message.parent in seen:
            seen.add(message.id)
            result.append(message)
    return result


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


def _rules(row: dict[str, Any]) -> ContextRules:
    last = row.get("keep_last")
    return ContextRules(
        last if type(last) is int and 0 <= last <= 100_000 else None,
        row.get("drop_files") is True,
        row.get("drop_system") is True,
    )
