"""What both pages of the library are made of: names at the left, the fields of the chosen one at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.assistant.manner_form import caption
from nexu_desktop.ui.library_dialog.names_list import NamesList

SETTLED_MS = 400


class LibraryPage(QWidget):
    """Kept as it is typed. Of its own a page brings its fields, and what becomes of the names."""

    changed = Signal()

    def __init__(self, desk: Desk, what: str, name_chars: int) -> None:
        super().__init__()
        self._desk = desk
        self.names = NamesList(what)
        self.name = QLineEdit()
        self.name.setAccessibleName(f"Name of the {what.lower()}")
        self.name.setMaxLength(name_chars)
        self.name.setFont(theme.font(theme.SIZE_CONTROL))
        self.about = caption("")
        self.state = caption("")
        self.state.setWordWrap(True)
        self.state.setObjectName("state")
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self.flush)
        self.name.textChanged.connect(lambda _: self._timer.start())
        self.name.editingFinished.connect(self.flush)
        self.names.chosen.connect(self._choose)
        self.names.new_wanted.connect(self._new)
        self.names.copy_wanted.connect(lambda _: self._copy())
        self.names.delete_wanted.connect(lambda _: self._delete())

    def fill(self, current: str = "") -> None:
        """The names anew, with `current` chosen."""

    def flush(self) -> None:
        """Keep what was typed last. What can't be kept is told and stays in the fields."""

    def _choose(self, identity: str) -> None:
        """Show that one; '' where there is none."""

    def _new(self) -> None:
        """One with a name to type over."""

    def _copy(self) -> None:
        """Of what is shown."""

    def _delete(self) -> None:
        """What is shown, with a way back."""

    def _made(self, identity: str) -> None:
        """It is there: its name comes first."""
        self.fill(identity)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()
        self.changed.emit()

    def _fields(self) -> QVBoxLayout:
        """Puts the names in their place; returns the column beside them, begun with the name."""
        column = QVBoxLayout()
        column.setSpacing(theme.GAP_S)
        column.addWidget(caption("Name", muted=False))
        column.addWidget(self.name)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_M)
        row.setSpacing(theme.GAP_L)
        row.addWidget(self.names)
        row.addLayout(column, 1)
        return column
