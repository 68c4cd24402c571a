"""What every import has in common: elements of a file, a message or its absence, and a whole conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nexu_desktop.adapters.json_stream import Event, JsonStream
from nexu_desktop.domain.chat import Attachment, Role, title_from
from nexu_desktop.domain.import_tree import Node, tree_of
from nexu_desktop.domain.transfer import (
    MESSAGES_MAX,
    TEXT_MAX,
    ImportedConversation,
    ImportedMessage,
    Left,
    Source,
    Tally,
)

Open = Callable[[], JsonStream]


def elements(stream: JsonStream) -> Iterator[Event]:
    """The first events of the elements of a list, of the one object, or of the lines of JSONL."""
    for first in stream.roots():
        if first[0] == "start_array":
            yield from stream.items()
        else:
            yield first


def node(
    tally: Tally,
    name: str,
    parent: str,
    role: Role,
    text: str,
    *,
    reasoning: str = "",
    created_ms: int | None = None,
    model: str = "",
    attachments: Sequence[Attachment] = (),
) -> Node:
    """Left out where it says nothing, or too much."""
    if len(text) > TEXT_MAX or len(reasoning) > TEXT_MAX:
        tally.count(Left.LONG)
        return Node(name, parent)
    text, reasoning = text.strip("\n"), reasoning.strip("\n")
    if not text.strip() and not attachments:
        return Node(name, parent, thoughts=reasoning)
    tally.count(Left.FILES, sum(one.dropped for one in attachments))
    message = ImportedMessage(
        name, role, text, parent, reasoning, created_ms, model if role is Role.ASSISTANT else "",
        tuple(attachments),
    )  # fmt: skip
    return Node(name, parent, message)


def conversation(
    source: Source,
    tally: Tally,
    name: str,
    title: str,
    nodes: Sequence[Node],
    *,
    leaf: str = "",
    created_ms: int | None = None,
    updated_ms: int | None = None,
    system: str = "",
    model: str = "",
) -> ImportedConversation | None:
    """None, and counted, where there is nothing to keep. Without a name the texts are one."""
    if len(nodes) > MESSAGES_MAX:
        tally.count(Left.OVERLONG)
        return None
    tree = tree_of(nodes, leaf)
    tally.count(Left.UNREADABLE, tree.lost)
    if not tree.messages:
        tally.count(Left.NO_MESSAGES)
        return None
    dates = [one.created_ms for one in tree.messages if one.created_ms is not None]
    made = ImportedConversation(
        source, name or _fingerprint(tree.messages), title, tree.messages, tree.leaf,
        created_ms or min(dates, default=None), updated_ms or max(dates, default=None), system, model,
    )  # fmt: skip
    return made if title else replace(made, title=_title(made))


def fenced(code: str, language: str) -> str:
    """Code of the file as a code block, whatever fences it holds."""
    if not code.strip():
        return ""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def paragraphs(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _title(made: ImportedConversation) -> str:
    return title_from(next((one.text for one in made.path() if one.role is Role.USER), ""))


def _fingerprint(messages: Sequence[ImportedMessage]) -> str:
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.role.value}\0{message.text}\0".encode())
    return f"sha256:{digest.hexdigest()}"
