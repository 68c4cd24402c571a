"""A conversation with files and an answer left out, as the context inspector is told of it."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.chat import Attachment, AttachmentKind, ContextRules, Conversation, Message
from nexu_desktop.domain.context import ContextItem, items
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.services.contexts import ItemCost
from tests.ui.chat_values import answer, asked

FILE = Attachment("f", AttachmentKind.TEXT, "report.csv", "text/plain", 9, "a,b\n1,2\n")
PHOTO = Attachment("p", AttachmentKind.IMAGE, "图.png", "image/png", 9, width=640, height=480)
NO_RULES = ContextRules()
SIX = (
    replace(asked("What is in it?", "u1"), attachments=(FILE, PHOTO)),
    answer("Numbers.", "a1"),
    asked("<b>再问一次</b>", "u2"),
    answer("One answer.", "a2", dropped=True),
    answer("Another answer.", "a3"),
    asked("And now?", "u3"),
)


def listed(rules: ContextRules = NO_RULES, rows: tuple[Message, ...] = SIX) -> tuple[ContextItem, ...]:
    return items(Conversation("c", "", None, 0, 0, system="Be brief.", rules=rules), rows)


def priced(found: tuple[ContextItem, ...], basis: CountBasis = CountBasis.EXACT) -> tuple[ItemCost, ...]:
    """A hundred tokens for the first item, 200 for the second and so on, a thousandth of a credit each."""
    counts = [TokenCount(100 * n, basis) for n in range(1, len(found) + 1)]
    return tuple(
        ItemCost(item, count, count.tokens * 1_000_000) for item, count in zip(found, counts, strict=True)
    )
