"""The left half of a page of the library: names, and what can be done with the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.composer.offer_line import OfferLine

WIDTH = 248


class NamesList(QWidget):
    """Signals carry the id of the chosen row; `chosen` is '' where there is none."""

    chosen = Signal(str)
    new_wanted = Signal()
    copy_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.list = QListWidget()
        self.list.setAccessibleName(f"{what}s")
        self.list.setFont(theme.font(theme.SIZE_CONTROL))
        self.new_button = buttons.plain("New", f"New {what.lower()}")
        self.copy_button = buttons.plain("Duplicate", f"Duplicate this {what.lower()}")
        self.delete_button = buttons.plain("Delete", f"Delete this {what.lower()}")
        self.undo = OfferLine()
        self._arrange()
        self.list.currentItemChanged.connect(lambda now, _: self.chosen.emit(self._id(now)))
        self.new_button.clicked.connect(self.new_wanted)
        self.copy_button.clicked.connect(lambda: self._with_current(self.copy_wanted.emit))
        self.delete_button.clicked.connect(lambda: self._with_current(self.delete_wanted.emit))
        shortcut = QShortcut(QKeySequence("Delete"), self.list)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.delete_button.click)

    def show_names(self, rows: Sequence[tuple[str, str]], current: str) -> None:
        """(id, name) of each; without a word about which is chosen, for whoever calls knows."""
        self.list.blockSignals(True)
        place = max(self.list.currentRow(), 0)
        self.list.clear()
        for identity, name in rows:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, identity)
            self.list.addItem(item)
        ids = [identity for identity, _ in rows]
        self.list.setCurrentRow(ids.index(current) if current in ids else min(place, len(rows) - 1))
        self.list.blockSignals(False)
        for button in (self.copy_button, self.delete_button):
            button.setEnabled(bool(rows))

    def current(self) -> str:
        return self._id(self.list.currentItem())

    def _id(self, item: QListWidgetItem | None) -> str:
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def _with_current(self, act: Callable[[str], object]) -> None:
        if self.current():
            act(self.current())

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_S)
        for button in (self.new_button, self.copy_button, self.delete_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.undo)
        rows.addLayout(row)
