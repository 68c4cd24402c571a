"""Chatbox's export: one object with a key `session:…` per session, or older with all of them in a list.

Facts: chatboxai/chatbox src/shared/types/session.ts (sessions, threads, forks, content parts); its exporter
writes `__exported_items` and the stored keys. Settings, which may hold keys, are passed over unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nexu_desktop.adapters.foreign_values import by_name, fields, items, line, moment, name, text, title
from nexu_desktop.adapters.import_making import Open, conversation, node, paragraphs
from nexu_desktop.adapters.json_stream import JsonStream
from nexu_desktop.domain.chat import Attachment, Role
from nexu_desktop.domain.import_tree import Node, chain
from nexu_desktop.domain.transfer import ImportedConversation, Left, Source, Tally

LISTS = ("chat-sessions", "chat-sessions-list")
_OF_A_SESSION = ("id", "name", "type", "messages", "threads", "threadName", "messageForksHash")


def read(open_file: Open, tally: Tally) -> Iterator[ImportedConversation]:
    for session in _sessions(open_file()):
        yield from _of_session(session, tally)


def _sessions(stream: JsonStream) -> Iterator[dict[str, Any]]:
    for root in stream.roots():
        if root[0] != "start_map":
            stream.skip(root)
            continue
        itself: dict[str, Any] = {}
        for key, first in stream.pairs():
            if key.startswith("session:"):
                yield fields(stream.build(first))
            elif key in LISTS and first[0] == "start_array":
                listed = (fields(stream.build(one)) for one in stream.items())
                yield from (one for one in listed if "messages" in one)
            elif key in _OF_A_SESSION:
                itself[key] = stream.build(first)
            else:
                stream.skip(first)
        if "messages" in itself:
            yield itself


def _of_session(session: dict[str, Any], tally: Tally) -> Iterator[ImportedConversation]:
    """The thread that is open and each earlier one are conversations of their own."""
    key, called = name(session.get("id")), title(session.get("name"))
    forks = fields(session.get("messageForksHash"))
    threads = [(key, called, items(session.get("messages")))]
    for thread in (fields(one) for one in items(session.get("threads"))):
        named = title(f"{called}: {text(thread.get('name'))}") if text(thread.get("name")) else called
        threads.append((f"{key}/{name(thread.get('id'))}", named, items(thread.get("messages"))))
    for thread_key, named, messages in threads:
        system, nodes = _nodes(messages, tally)
        branches = nodes + _forks(forks, {one.id for one in nodes}, tally)
        leaf = nodes[-1].id if nodes else ""
        made = conversation(Source.CHATBOX, tally, thread_key, named, branches, leaf=leaf, system=system)
        if made:
            yield made


def _nodes(messages: list[Any], tally: Tally) -> tuple[str, list[Node]]:
    """The prompt in front, and the rest as a chain."""
    rows = [fields(one) for one in messages]
    front = 1 if rows and rows[0].get("role") == "system" else 0
    system = _said(rows[0]) if front else ""
    return system, chain([_node(number, row, tally) for number, row in enumerate(rows) if number >= front])


def _forks(forks: dict[str, Any], known: set[str], tally: Tally) -> list[Node]:
    """Other continuations of a message, each a chain that begins at it."""
    result: list[Node] = []
    waiting = [(after, fields(fork)) for after, fork in forks.items() if after in known]
    for after, fork in waiting:
        for one in items(fork.get("lists")):
            _, nodes = _nodes(items(fields(one).get("messages")), tally)
            result += [
                Node(n.id, n.parent or after, n.message, n.thoughts) for n in nodes if n.id not in known
            ]
    return result


def _node(number: int, row: dict[str, Any], tally: Tally) -> Node:
    key, role = name(row.get("id")) or f"#{number}", text(row.get("role"))
    parts = [fields(one) for one in items(row.get("contentParts"))]
    kinds = [text(part.get("type")) for part in parts]
    tally.count(Left.TOOLS, kinds.count("tool-call"))
    tally.count(Left.EXTRAS, kinds.count("info"))
    said = _said(row)
    if role not in ("user", "assistant"):
        tally.count(Left.SYSTEM if role == "system" else Left.TOOLS, int(bool(said)))
        return Node(key, "")
    thought = paragraphs([text(part.get("text")) for part in parts if part.get("type") == "reasoning"])
    return node(
        tally,
        key,
        "",
        Role(role),
        said,
        reasoning=thought or text(row.get("reasoningContent")),
        created_ms=moment(row.get("timestamp")),
        model=line(row.get("model")),
        attachments=_files(row, kinds),
    )


def _said(row: dict[str, Any]) -> str:
    parts = [fields(one) for one in items(row.get("contentParts"))]
    return paragraphs([text(part.get("text")) for part in parts if part.get("type") == "text"]) or text(
        row.get("content")
    )


def _files(row: dict[str, Any], kinds: list[str]) -> list[Attachment]:
    named = [line(fields(one).get("name")) or "file" for one in items(row.get("files"))]
    named += [line(fields(one).get("title")) or "link" for one in items(row.get("links"))]
    pictures = kinds.count("image") + len(items(row.get("pictures")))
    return [by_name(one) for one in named + ["image"] * pictures]
