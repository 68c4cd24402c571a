"""A foreign tree of messages made one of ours: what is left out is bridged, answers in pieces are joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.transfer import ImportedMessage


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the file. `message` None is left out; its `thoughts` go to the answer that follows."""

    id: str
    parent: str
    message: ImportedMessage | None = None
    thoughts: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """Messages after their parents; `leaf` ends the branch that was shown. `lost` nodes had no way to a root."""

    messages: tuple[ImportedMessage, ...]
    leaf: str
    lost: int = 0


def tree_of(nodes: Sequence[Node], leaf: str = "") -> Tree:
    """Without a usable `leaf` the last branch is the one shown. Siblings keep the order of `nodes`."""
    by_id = {node.id: node for node in reversed(nodes)}  # the first of two with one id stays
    kept, stands_for = _bridged(tuple(dict.fromkeys(node.id for node in nodes)), by_id)
    joined, into = _joined(kept)
    at = stands_for.get(leaf, "")
    at = into.get(at, at) or (joined[-1].id if joined else "")
    return Tree(tuple(joined), at, len(by_id) - len(stands_for))


def chain(messages: Sequence[Node]) -> list[Node]:
    """A plain list as a tree: each follows the one before."""
    before, result = "", []
    for node in messages:
        result.append(replace(node, parent=before))
        before = node.id
    return result


def _bridged(order: Sequence[str], by_id: dict[str, Node]) -> tuple[list[ImportedMessage], dict[str, str]]:
    """The kept messages with kept parents, parents first; and for every node reached the kept one at or over it.

    Nodes in a ring are never reached.
    """
    children: dict[str, list[str]] = {}
    for name in order:
        parent = by_id[name].parent
        children.setdefault(parent if parent in by_id else "", []).append(name)
    kept: list[ImportedMessage] = []
    stands_for: dict[str, str] = {}
    waiting = [(name, "", "") for name in reversed(children.get("", []))]
    while waiting:
        name, over, thoughts = waiting.pop()
        node = by_id[name]
        if node.message is None:
            thoughts = _both(thoughts, node.thoughts)
        else:
            answers = node.message.role is Role.ASSISTANT
            reasoning = _both(thoughts, node.message.reasoning) if answers else node.message.reasoning
            kept.append(replace(node.message, id=name, parent=over, reasoning=reasoning))
            over, thoughts = name, ""
        stands_for[name] = over
        waiting += [(child, over, thoughts) for child in reversed(children.get(name, []))]
    return kept, stands_for


def _joined(messages: Sequence[ImportedMessage]) -> tuple[list[ImportedMessage], dict[str, str]]:
    """An answer that alone continues another answer (after a tool, say) is joined to it; what became of which."""
    followers = Counter(message.parent for message in messages)
    result: dict[str, ImportedMessage] = {}
    into: dict[str, str] = {}
    for message in messages:
        parent = into.get(message.parent, message.parent)
        first = result.get(parent)
        goes_on = first is not None and first.role is message.role is Role.ASSISTANT
        if first is not None and goes_on and followers[message.parent] == 1:
            into[message.id] = parent
            result[parent] = replace(
                first,
                text=_both(first.text, message.text),
                reasoning=_both(first.reasoning, message.reasoning),
                model=message.model or first.model,
                attachments=first.attachments + message.attachments,
            )
        else:
            result[message.id] = replace(message, parent=parent)
    return list(result.values()), into


def _both(first: str, second: str) -> str:
    return f"{first}\n\n{second}" if first and second else first or second
