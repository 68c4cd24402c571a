"""ChatGPT's export: conversations.json, since 2026 also in numbered parts, a list of trees.

Facts: mitkury/chatgpt-export-parser docs/chatgpt-data-export-format.md (`mapping`, `current_node`, times in
seconds, `metadata.model_slug`), josephjohncox/chatgpt-json-to-md README.md (content types).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nexu_desktop.adapters.foreign_values import by_name, fields, items, line, moment, name, text, title
from nexu_desktop.adapters.import_making import Open, conversation, elements, fenced, node, paragraphs
from nexu_desktop.domain.chat import Attachment, Role
from nexu_desktop.domain.import_tree import Node
from nexu_desktop.domain.transfer import ImportedConversation, Left, Source, Tally

_MARKS = re.compile("\ue200[^\ue201]{0,500}\ue201")  # citations, which only ChatGPT's own page can show
_CONTEXT = ("user_editable_context", "model_editable_context")


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    stream = open_file()
    for first in elements(stream):
        item = fields(stream.build(first))
        if not isinstance(item.get("mapping"), dict):
            tally.count(Left.UNREADABLE)
        elif made := _conversation(item, tally):
            yield made


def _conversation(item: dict[str, Any], tally: Tally) -> ImportedConversation | None:
    nodes = [_node(key, fields(value), tally) for key, value in item["mapping"].items()]
    return conversation(
        Source.CHATGPT,
        tally,
        name(item.get("conversation_id")) or name(item.get("id")),
        title(item.get("title")),
        nodes,
        leaf=text(item.get("current_node")),
        created_ms=moment(item.get("create_time")),
        updated_ms=moment(item.get("update_time")),
        model=line(item.get("default_model_slug")),
    )


def _node(key: str, value: dict[str, Any], tally: Tally) -> Node:
    parent, message = text(value.get("parent")), fields(value.get("message"))
    content, metadata = fields(message.get("content")), fields(message.get("metadata"))
    kind, role = text(content.get("content_type")), text(fields(message.get("author")).get("role"))
    if not message or kind == "reasoning_recap":
        return Node(key, parent)
    if kind == "thoughts":
        return Node(key, parent, thoughts=_thoughts(content))
    said = _said(content)
    if metadata.get("is_visually_hidden_from_conversation") is True or kind in _CONTEXT:
        return _left(Left.HIDDEN, key, parent, said, tally)
    if role == "system":
        return _left(Left.SYSTEM, key, parent, said, tally)
    for_all = message.get("recipient") in ("all", None)
    if role not in ("user", "assistant") or not for_all or kind in ("execution_output", "system_error"):
        return _left(Left.TOOLS, key, parent, said or role, tally)
    return node(
        tally,
        key,
        parent,
        Role(role),
        said,
        created_ms=moment(message.get("create_time")),
        model=line(metadata.get("model_slug")),
        attachments=_files(content, metadata),
    )


def _left(why: Left, key: str, parent: str, said: str, tally: Tally) -> Node:
    """Every conversation begins with empty nodes that nobody misses."""
    tally.count(why, int(bool(said.strip())))
    return Node(key, parent)


def _said(content: dict[str, Any]) -> str:
    if content.get("content_type") == "code":
        language = line(content.get("language"))
        return fenced(text(content.get("text")), "" if language == "unknown" else language)
    parts = [text(part) or text(fields(part).get("text")) for part in items(content.get("parts"))]
    return _MARKS.sub("", paragraphs(parts) or text(content.get("text")) or text(content.get("result")))


def _thoughts(content: dict[str, Any]) -> str:
    thoughts = [fields(one) for one in items(content.get("thoughts"))]
    return paragraphs([paragraphs([text(one.get("summary")), text(one.get("content"))]) for one in thoughts])


def _files(content: dict[str, Any], metadata: dict[str, Any]) -> list[Attachment]:
    named = [line(fields(one).get("name")) for one in items(metadata.get("attachments"))]
    if not named:
        pointers = [fields(part).get("asset_pointer") for part in items(content.get("parts"))]
        named = ["image" for pointer in pointers if text(pointer)]
    return [by_name(one or "file") for one in named]
