"""Claude's export: conversations.json, a list of conversations with `chat_messages`.

Facts: Sinity/polylogue docs/providers/claude-ai.md (senders, blocks, attachments with extracted text),
socketteer/Claude-Conversation-Exporter README.md (no model in the official export; branches by parent).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nexu_desktop.adapters.foreign_values import (
    by_name,
    fields,
    items,
    line,
    moment,
    name,
    text,
    title,
    with_text,
)
from nexu_desktop.adapters.import_making import Open, conversation, elements, node, paragraphs
from nexu_desktop.domain.chat import Attachment, Role
from nexu_desktop.domain.import_tree import Node, chain
from nexu_desktop.domain.transfer import ImportedConversation, Left, Source, Tally

_ROLES = {"human": Role.USER, "user": Role.USER, "assistant": Role.ASSISTANT}
_TOOLS = ("tool_use", "tool_result", "server_tool_use", "web_search_tool_result")


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    stream = open_file()
    for first in elements(stream):
        item = fields(stream.build(first))
        if not isinstance(item.get("chat_messages"), list):
            tally.count(Left.UNREADABLE)
        elif made := _conversation(item, tally):
            yield made


def _conversation(item: dict[str, Any], tally: Tally) -> ImportedConversation | None:
    rows = [fields(one) for one in item["chat_messages"]]
    nodes = [_node(number, row, tally) for number, row in enumerate(rows)]
    if not any(text(row.get("parent_message_uuid")) for row in rows):
        nodes = chain(nodes)
    return conversation(
        Source.CLAUDE,
        tally,
        name(item.get("uuid")),
        title(item.get("name")),
        nodes,
        leaf=text(item.get("current_leaf_message_uuid")),
        created_ms=moment(item.get("created_at")),
        updated_ms=moment(item.get("updated_at")),
        model=line(item.get("model")),
    )


def _node(number: int, row: dict[str, Any], tally: Tally) -> Node:
    key, parent = name(row.get("uuid")) or f"#{number}", text(row.get("parent_message_uuid"))
    role = _ROLES.get(text(row.get("sender")))
    if role is None:
        tally.count(Left.UNREADABLE)
        return Node(key, parent)
    blocks = [fields(one) for one in items(row.get("content"))]
    kinds = [text(block.get("type")) for block in blocks]
    tally.count(Left.TOOLS, sum(kind in _TOOLS for kind in kinds))
    said = paragraphs([text(block.get("text")) for block in blocks if block.get("type") == "text"])
    return node(
        tally,
        key,
        parent,
        role,
        said or ("" if blocks else text(row.get("text"))),
        reasoning=paragraphs([text(block.get("thinking")) for block in blocks]),
        created_ms=moment(row.get("created_at")),
        model=line(row.get("model")),
        attachments=_files(row),
    )


def _files(row: dict[str, Any]) -> list[Attachment]:
    """Of texts the export has the content, of other files the name."""
    rows = [fields(one) for one in items(row.get("attachments"))]
    with_content = [
        with_text(line(one.get("file_name")) or "pasted text", text(one.get("extracted_content")))
        for one in rows
        if text(one.get("extracted_content"))
    ]
    rest = [one for one in rows if not text(one.get("extracted_content"))]
    rest += [fields(one) for one in items(row.get("files"))]
    return with_content + [by_name(line(one.get("file_name")) or "file") for one in rest]
