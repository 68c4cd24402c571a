"""Cherry Studio's backup up to version 5: data.json with `localStorage` and the tables of `indexedDB`.

Facts: CherryHQ/cherry-studio src/renderer/src/databases/index.ts (tables), types/newMessage.ts (messages and
blocks), services/BackupService.ts (version 6 copies database folders instead). Of the settings, which hold
keys, only names and prompts of assistants are looked at.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nexu_desktop.adapters.foreign_values import by_name, fields, items, line, moment, name, text, title
from nexu_desktop.adapters.import_making import Open, conversation, fenced, node, paragraphs
from nexu_desktop.adapters.json_stream import Broken, Event, JsonStream
from nexu_desktop.domain.chat import Attachment, Role
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.import_tree import Node
from nexu_desktop.domain.transfer import ImportedConversation, Left, Source, Tally

BLOCK_CHARS = 256 * 1024 * 1024  # all blocks are held at once, for messages name theirs by id
_EXTRAS = ("translation", "citation", "error", "compact")
_FILES = ("image", "file", "video")
STORE = "persist:cherry-studio"


@dataclass(slots=True)
class _Block:
    kind: str
    content: str


@dataclass(slots=True)
class _Around:
    """What stands beside the topics: their names, prompts and blocks."""

    names: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, _Block] = field(default_factory=dict)


class _Silent:
    def read(self, count: int) -> None:
        """The outer file is watched already."""


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    """Two passes: blocks stand after the topics that need them."""
    around = _Around()
    for table, stream, first in _tables(open_file()):
        if table == "message_blocks":
            _keep_blocks(stream, first, around)
        elif table == STORE:
            _keep_names(text(stream.build(first)), around)
        else:
            stream.skip(first)
    for table, stream, first in _tables(open_file()):
        if table != "topics" or first[0] != "start_array":
            stream.skip(first)
            continue
        for one in stream.items():
            if made := _conversation(fields(stream.build(one)), around, tally):
                yield made


def _tables(stream: JsonStream) -> Iterator[tuple[str, JsonStream, Event]]:
    for root in stream.roots():
        if root[0] != "start_map":
            stream.skip(root)
            continue
        for key, first in stream.pairs():
            if key in ("indexedDB", "localStorage") and first[0] == "start_map":
                for table, inner in stream.pairs():
                    yield table, stream, inner
            else:
                stream.skip(first)


def _keep_blocks(stream: JsonStream, first: Event, around: _Around) -> None:
    if first[0] != "start_array":
        stream.skip(first)
        return
    total = 0
    for one in stream.items():
        block = fields(stream.build(one))
        kept = _block(block)
        total += len(kept.content) + 100
        if total > BLOCK_CHARS:
            raise BadInput(
                "This backup is too big to be read at once.", "Export fewer topics, then import them."
            )
        around.blocks[text(block.get("id"))] = kept


def _block(block: dict[str, Any]) -> _Block:
    kind, content = text(block.get("type")), text(block.get("content"))
    if kind == "code":
        return _Block("main_text", fenced(content, line(block.get("language"))))
    if kind in _FILES:
        file = fields(block.get("file"))
        return _Block(kind, line(file.get("origin_name")) or line(file.get("name")) or kind)
    return _Block(kind, content if kind in ("main_text", "thinking") else "")


def _keep_names(store: str, around: _Around) -> None:
    """The store is JSON in a text, and each slice of it again."""
    try:
        for assistant in _assistants(store):
            prompt = text(assistant.get("prompt"))
            for topic in (fields(one) for one in items(assistant.get("topics"))):
                around.names[text(topic.get("id"))] = title(topic.get("name"))
                around.prompts[text(topic.get("id"))] = text(topic.get("prompt")) or prompt
    except (Broken, EOFError):
        return  # topics are then named by their first message


def _assistants(store: str) -> Iterator[dict[str, Any]]:
    stream = JsonStream(io.BytesIO(store.encode()), _Silent())
    if stream.next()[0] != "start_map":
        return
    for key, first in stream.pairs():
        if key != "assistants":
            stream.skip(first)
            continue
        inner = JsonStream(io.BytesIO(text(stream.build(first)).encode()), _Silent())
        yield from map(fields, items(fields(inner.build(inner.next())).get("assistants")))


def _conversation(topic: dict[str, Any], around: _Around, tally: Tally) -> ImportedConversation | None:
    rows = [fields(one) for one in items(topic.get("messages"))]
    nodes, leaf = _branches([row for row in rows if row.get("type") != "clear"], around, tally)
    key = name(topic.get("id"))
    return conversation(
        Source.CHERRY,
        tally,
        key,
        around.names.get(key, ""),
        nodes,
        leaf=leaf,
        system=around.prompts.get(key, ""),
    )


def _branches(rows: list[dict[str, Any]], around: _Around, tally: Tally) -> tuple[list[Node], str]:
    """Answers of several models to one question stand beside each other; the unfolded one goes on."""
    nodes: list[Node] = []
    at = before = group = ""
    for number, row in enumerate(rows):
        key = name(row.get("id")) or f"#{number}"
        asked = text(row.get("askId")) if row.get("role") == "assistant" else ""
        if asked and asked == group:
            nodes.append(_node(key, before, row, around, tally))
            at = key if row.get("foldSelected") is True or row.get("useful") is True else at
            continue
        nodes.append(_node(key, at, row, around, tally))
        at, before, group = key, at, asked
    return nodes, at


def _node(key: str, parent: str, row: dict[str, Any], around: _Around, tally: Tally) -> Node:
    role = text(row.get("role"))
    blocks = [around.blocks[one] for one in map(text, items(row.get("blocks"))) if one in around.blocks]
    tally.count(Left.TOOLS, sum(block.kind == "tool" for block in blocks))
    tally.count(Left.EXTRAS, sum(block.kind in _EXTRAS for block in blocks))
    said = paragraphs([block.content for block in blocks if block.kind == "main_text"])
    said = said or text(row.get("content"))  # where a message of an old version still has it
    if role not in ("user", "assistant"):
        tally.count(Left.SYSTEM, int(bool(said)))
        return Node(key, parent)
    thought = paragraphs([block.content for block in blocks if block.kind == "thinking"])
    model = fields(row.get("model"))
    return node(
        tally,
        key,
        parent,
        Role(role),
        said,
        reasoning=thought or text(row.get("reasoning_content")),
        created_ms=moment(row.get("createdAt")),
        model=line(model.get("name")) or line(model.get("id")) or line(row.get("modelId")),
        attachments=_files(row, blocks),
    )


def _files(row: dict[str, Any], blocks: list[_Block]) -> list[Attachment]:
    old = [line(fields(one).get("origin_name")) or "file" for one in items(row.get("files"))]
    return [by_name(one) for one in [block.content for block in blocks if block.kind in _FILES] + old]
