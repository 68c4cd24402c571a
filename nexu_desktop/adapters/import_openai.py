"""Messages in the format of OpenAI's chat API: a list, an object with `messages`, lists of those, or JSONL.

Facts: openai/openai-python src/openai/types/chat (roles and content parts); LibreChat's export names the
same things `isCreatedByUser`, `text`, `messageId` and `parentMessageId`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nexu_desktop.adapters.foreign_values import by_name, fields, items, line, moment, name, text, title
from nexu_desktop.adapters.import_making import Open, conversation, elements, node, paragraphs
from nexu_desktop.adapters.json_stream import Broken, JsonStream
from nexu_desktop.domain.chat import Attachment, Role
from nexu_desktop.domain.import_tree import Node, chain
from nexu_desktop.domain.transfer import MESSAGES_MAX, ImportedConversation, Left, Source, Tally

_PROMPTS = ("system", "developer")
_TEXTS = ("text", "input_text", "output_text")


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    """Messages that stand alone, in a list or on lines, are one conversation."""
    alone: list[dict[str, Any]] = []
    broken: Broken | None = None
    try:
        yield from _each(open_file(), alone, tally)
    except Broken as error:
        broken = error
    if alone and (made := _conversation({"messages": alone}, tally)):
        yield made
    if broken is not None:
        raise broken


def _each(stream: JsonStream, alone: list[dict[str, Any]], tally: Tally) -> Iterator[ImportedConversation]:
    for first in elements(stream):
        item = stream.build(first)
        if isinstance(item, list):
            item = {"messages": item}
        if isinstance(fields(item).get("messages"), list):
            if made := _conversation(item, tally):
                yield made
        elif _role(fields(item)) and len(alone) <= MESSAGES_MAX:
            alone.append(item)
        else:
            tally.count(Left.UNREADABLE)


def _conversation(item: dict[str, Any], tally: Tally) -> ImportedConversation | None:
    rows = [fields(one) for one in item["messages"]]
    front = next((n for n, row in enumerate(rows) if _role(row) not in _PROMPTS), len(rows))
    nodes = [_node(number, row, tally) for number, row in enumerate(rows) if number >= front]
    if not any(text(row.get("parentMessageId")) for row in rows):
        nodes = chain(nodes)
    return conversation(
        Source.OPENAI,
        tally,
        name(item.get("id")) or name(item.get("conversationId")),
        title(item.get("title")) or title(item.get("name")),
        nodes,
        created_ms=_when(item),
        updated_ms=moment(item.get("updated_at")) or moment(item.get("updatedAt")),
        system=paragraphs([_said(row) for row in rows[:front]]),
        model=line(item.get("model")),
    )


def _node(number: int, row: dict[str, Any], tally: Tally) -> Node:
    key = name(row.get("id")) or name(row.get("messageId")) or f"#{number}"
    parent, role, said = text(row.get("parentMessageId")), _role(row), _said(row)
    if role in _PROMPTS:
        tally.count(Left.SYSTEM, int(bool(said)))
        return Node(key, parent)
    tally.count(Left.TOOLS, len(items(row.get("tool_calls"))) + int(role in ("tool", "function")))
    if role not in ("user", "assistant"):
        tally.count(Left.UNREADABLE, int(role not in ("tool", "function")))
        return Node(key, parent)
    return node(
        tally,
        key,
        parent,
        Role(role),
        said,
        reasoning=text(row.get("reasoning_content")) or text(row.get("reasoning")),
        created_ms=_when(row),
        model=line(row.get("model")),
        attachments=_files(row),
    )


def _role(row: dict[str, Any]) -> str:
    role, by_user = text(row.get("role")), row.get("isCreatedByUser")
    return role or ("user" if by_user is True else "assistant" if by_user is False else "")


def _said(row: dict[str, Any]) -> str:
    content = row.get("content")
    parts = [fields(one) for one in items(content)]
    spoken = [text(part.get("text")) for part in parts if text(part.get("type")) in _TEXTS]
    return text(content) or paragraphs(spoken) or text(row.get("text"))


def _files(row: dict[str, Any]) -> list[Attachment]:
    parts = [fields(one) for one in items(row.get("content"))]
    named = [
        line(fields(part.get("file")).get("filename")) or text(part.get("type")).partition("_")[0] or "file"
        for part in parts
        if text(part.get("type")) not in (*_TEXTS, "refusal", "")
    ]
    return [by_name(one) for one in named]


def _when(row: dict[str, Any]) -> int | None:
    keys = ("created_at", "createdAt", "create_time", "created", "timestamp")
    return next((found for found in map(moment, map(row.get, keys)) if found is not None), None)
