"""What a screen reader meets in the conversation: a list of messages that can be read, and named controls."""

from __future__ import annotations

import gc

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import answer, asked, last_answer

ROLE, NAME = QAccessible.Role, QAccessible.Text.Name


def described(view: ChatView) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(view)
    assert found is not None
    return found


def controls(thing: QAccessibleInterface) -> list[tuple[QAccessible.Role, str]]:
    """Everything below that can be pressed or moved, in the order of the tree."""
    found = []
    for number in range(thing.childCount()):
        child = thing.child(number)
        if child.role() in (ROLE.Button, ROLE.CheckBox, ROLE.Slider, ROLE.ScrollBar):
            found.append((child.role(), child.text(NAME)))
        found += controls(child)
    return found


def test_every_message_is_an_item_of_the_list(view: ChatView) -> None:
    """Named by who says it, with its text, also where nothing of it is on the screen."""
    view.show_conversation([asked("Grüße 🌊", "q"), *(answer(f"answer {n}", str(n)) for n in range(500))])
    tree = described(view)
    assert (tree.role(), tree.text(NAME)) == (ROLE.List, "Conversation")
    for place, name, text in (
        (0, "You", "Grüße 🌊"),
        (1, "Answer from glm-5", "answer 0"),
        (500, "", "answer 499"),
    ):
        item = tree.child(place)
        assert item.role() is ROLE.ListItem
        assert item.text(NAME).startswith(name)
        words = item.textInterface()
        assert words.text(0, words.characterCount()) == text
        assert tree.indexOfChild(item) == place
        assert item.parent().role() is ROLE.List
    assert tree.child(0).state().offscreen
    assert tree.child(10_000) is None


def test_a_message_in_sight_has_its_controls(view: ChatView) -> None:
    """Each with a name, as a child of its message."""
    view.show_conversation([answer("```py\nx\n```")])
    names = controls(described(view).child(0))
    assert {name for _, name in names} >= {"Wrap long lines of this code", "Copy this code", "Ask again"}
    assert any(name.startswith("Receipt: ") for _, name in names)
    assert all(name for _, name in names)


def test_no_other_interface_is_promised(view: ChatView) -> None:
    """A wrong answer here ends the process as soon as a screen reader connects."""
    view.show_conversation([answer("x", str(n)) for n in range(200)])
    tree = described(view)
    for thing in (tree, tree.child(0), tree.child(199)):
        assert thing.tableCellInterface() is None
        assert thing.valueInterface() is None
        assert thing.editableTextInterface() is None
    assert tree.textInterface() is None


def test_descriptions_outlive_what_they_describe(qtbot: QtBot) -> None:
    """Rows go and come back while a screen reader knows their items by number; those of other messages end."""
    view = ChatView()
    view.resize(900, 600)
    view.show()
    view.show_conversation([answer(f"answer {n}", str(n)) for n in range(300)])
    tree, bar = described(view), view.verticalScrollBar()
    for value in (bar.maximum(), 0, bar.maximum() // 2):
        bar.setValue(value)
        held = [QAccessible.uniqueId(tree.child(place)) for place in range(0, 300, 9)]
        qtbot.waitUntil(lambda: not view._ahead.isActive())
        gc.collect()
        known = filter(None, map(QAccessible.accessibleInterface, held))
        assert {item.text(NAME) for item in known} == {"Answer from glm-5"}
    far = tree.child(0)
    view.show_conversation([])
    assert (far.isValid(), far.text(NAME), tree.child(0) is None) == (False, "", False)
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def test_the_item_at_a_point_is_the_message_there(view: ChatView) -> None:
    """For those who explore by touch."""
    view.show_conversation([asked("one", "1"), answer("two", "2")])
    row = last_answer(view)
    middle = row.mapToGlobal(row.rect().center())
    assert described(view).childAt(middle.x(), middle.y()).text(NAME) == "Answer from glm-5"
