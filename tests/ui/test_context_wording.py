"""The words of the context inspector: reasons, buttons, kinds, and the marks for the transcript."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.chat import (
    ContextRules,
    Lane,
    Message,
    Role,
)
from nexu_desktop.domain.context import SYSTEM_ID, ItemKind, Unsent
from nexu_desktop.ui.context_panel import wording
from nexu_desktop.ui.context_panel.rows import Shown, rows_of
from tests.ui.context_values import SIX, listed


def test_reasons_are_words() -> None:
    """Each unsent row says why, and what its button does."""
    rows = (SIX[0], replace(SIX[1], dropped=True), *SIX[2:])
    rules = ContextRules(keep_last=3, drop_files=True)
    shown = Shown(rules, Lane.CREDITS)
    found = {
        row.item.id: (row.caption.split(", ")[0], row.button)
        for row in rows_of(None, listed(rules, rows), shown)
    }
    assert found == {
        SYSTEM_ID: ("System prompt", "Drop"),
        "f": ("before the last 3", "From here"),
        "p": ("before the last 3", "From here"),
        "u1": ("before the last 3", "From here"),
        "a1": ("dropped", "Restore"),
        "u2": ("You", "Drop"),
        "a2": ("dropped", "Restore"),
        "a3": ("Answer", "Drop"),
        "u3": ("You", "Drop"),
    }
    assert wording.reason(Unsent.USED, rules) == "file used already"
    assert wording.reason(Unsent.OLD, ContextRules(keep_last=0)) == "no message is kept"


def test_marks_name_messages_and_files() -> None:
    """Files of a message that is not sent itself are not named again."""
    rules = ContextRules(drop_files=True)
    rows, files = wording.marks(listed(rules), rules)
    assert rows == {"a2": "dropped"}
    assert files == {"u1": "report.csv (file used already), 图.png (file used already)"}
    old = ContextRules(keep_last=1)
    assert wording.marks(listed(old), old)[1] == {}


def test_kinds_have_names() -> None:
    """Every kind of item is named and pictured."""
    found = listed(rows=(Message("s", "c", Role.SYSTEM, "Summary", 0), *SIX))
    assert {item.kind for item in found} == set(ItemKind)
    assert [wording.kind(item) for item in found[:5]] == ["System prompt", "Summary", "File", "Image", "You"]
    assert [wording.icon(item) for item in found[:6]] == [
        *("terminal", "scroll-text", "file-text", "image", "user"),
        "bot",
    ]
