"""Every action once: its words and its keys, for the palette, the sheet of keys, the menus and the README."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Action:
    """`keys` as Qt writes them; all of them work, the first is shown. `also`: words that find it too."""

    id: str
    words: str
    keys: tuple[str, ...] = ()
    also: str = ""

    @property
    def shown_keys(self) -> str:
        """As this system writes them, empty for none."""
        return (
            QKeySequence(self.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if self.keys else ""
        )


ACTIONS = (
    Action("search", "Search everything", ("Ctrl+Shift+F",), "titles messages"),
    Action("palette", "Find any action or conversation", ("Ctrl+K",), "command palette"),
    Action("new", "New conversation", ("Ctrl+N",), "chat"),
    Action("find", "Find in this conversation", ("Ctrl+F",)),
    Action("model", "Choose a model", ("Ctrl+M",), "switch"),
    Action(
        "assistant", "Choose an assistant for this conversation", ("Ctrl+J",), "system prompt temperature"
    ),
    Action("prompt", "Insert a saved prompt", ("Ctrl+Shift+P",)),
    Action("estimate", "What the estimate is made of, and cheaper ways", ("Ctrl+E",), "cost price details"),
    Action("context", "The context: what each item costs on every send", ("Ctrl+I",), "files tokens"),
    Action("accuracy", "How good are the estimates?", ("Ctrl+Shift+E",), "accuracy"),
    Action("composer", "To the composer", ("Ctrl+L",), "write draft"),
    Action("sidebar", "Show or hide the conversations", ("Ctrl+B",), "sidebar toggle"),
    Action("export", "Export…", ("Ctrl+Shift+S",), "save markdown pdf html json"),
    Action("import", "Import conversations…", ("Ctrl+Shift+O",)),
    Action("print", "Print…", ("Ctrl+P",), "paper"),
    Action("settings", "Keys and settings…", ("Ctrl+,",), "options preferences provider"),
    Action("budgets", "Budgets…", (), "limits spending"),
    Action("library", "Prompts and assistants…", (), "presets saved manage"),
    Action("theme-system", "Theme: As the system", (), "colours appearance"),
    Action("theme-light", "Theme: Light", (), "colours appearance"),
    Action("theme-dark", "Theme: Dark", (), "colours appearance night"),
    Action("theme-contrast", "Theme: High contrast", (), "colours appearance accessibility"),
    Action("keys", "All keys", ("F1", "Ctrl+/"), "help keyboard shortcuts sheet"),
    Action("quit", "Quit", ("Ctrl+Q",), "close exit"),
)

# Keys that mean something only where the focus is: the sheet and the README name them, nothing runs them.
IN_PLACE = (
    ("Enter, Shift+Enter", "Send, new line"),
    ("Esc", "Stop the answer, close a pop-up"),
    ("F2, F3 in the list of models", "Keep on top, change the order"),
    ("F2, Delete in the conversations", "Rename, delete (with undo)"),
)

_BY_ID = {action.id: action for action in ACTIONS}


def action(name: str) -> Action:
    return _BY_ID[name]


def menu_text(name: str) -> str:
    """For a menu, its keys at the right."""
    known = _BY_ID[name]
    return f"{known.words}\t{known.shown_keys}" if known.keys else known.words


def tip(name: str) -> str:
    """For a button, its keys in brackets."""
    known = _BY_ID[name]
    return f"{known.words} ({known.shown_keys})" if known.keys else known.words


def key_table() -> tuple[tuple[str, str], ...]:
    """Keys and what they do, first what works everywhere in the window."""
    return (*((", ".join(one.keys), one.words) for one in ACTIONS if one.keys), *IN_PLACE)


class Commands(QObject):
    """What each action does in one window; its keys work from the moment it is bound."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._calls: dict[str, Callable[[], object]] = {}

    def bind(self, name: str, call: Callable[[], object]) -> None:
        self._calls[name] = call
        for keys in _BY_ID[name].keys:
            # The latest binding counts, whenever the keys are pressed.
            QShortcut(QKeySequence(keys), self._window).activated.connect(lambda: self.run(name))

    def run(self, name: str) -> None:
        self._calls[name]()

    def bound(self) -> tuple[Action, ...]:
        """In the order in which they are declared."""
        return tuple(one for one in ACTIONS if one.id in self._calls)
