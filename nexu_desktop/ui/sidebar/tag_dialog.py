"""Asks which tags conversations shall have: those there are, each on, off or as it is, and a new one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.library import Entry
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.sidebar.rows import title_of

WIDTH = 320
_TAG = Qt.ItemDataRole.UserRole


class TagDialog(QDialog):
    """`added` and `removed` hold what was decided, once it is accepted."""

    def __init__(self, entries: Sequence[Entry], tags: Sequence[tuple[str, int]], parent: QWidget) -> None:
        super().__init__(parent)
        what = f"“{title_of(entries[0])}”" if len(entries) == 1 else f"{len(entries)} conversations"
        self.setWindowTitle("Tags")
        self._before: dict[str, Qt.CheckState] = {}
        self.new = QLineEdit()
        self.new.setPlaceholderText("New tags, with commas between them")
        self.new.setAccessibleName("New tags")
        self.list = QListWidget()
        self.list.setAccessibleName("Tags")
        for tag, count in tags:
            self._add(tag, count, sum(tag in entry.tags for entry in entries), len(entries))
        self.list.setVisible(bool(tags))
        title = QLabel(f"Tags of {what}")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for text, done in (("Cancel", self.reject), ("Set the tags", self.accept)):
            button = buttons.plain(text)
            button.clicked.connect(done)
            foot.addWidget(button)
        button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_L)
        column.setSpacing(theme.GAP_M)
        for widget in (title, self.new, self.list):
            column.addWidget(widget)
        column.addLayout(foot)
        self.setMinimumWidth(WIDTH)
        self.new.setFocus()

    def apply_theme(self, c: theme.Colours) -> None:
        check = "QListWidget::indicator"
        self.setStyleSheet(
            f"QDialog {{ background: {c.background}; }} QLabel {{ color: {c.text}; }}"
            f"QLineEdit, QListWidget {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 8px; }}"
            f"QLineEdit:focus, QListWidget:focus {{ border: 2px solid {c.accent}; padding: 5px 7px; }}"
            f"QListWidget::item {{ padding: 4px 0; color: {c.text}; }}"
            f"QListWidget::item:selected {{ background: {c.selection}; }}"
            f"{check} {{ width: 12px; height: 12px; border: 1px solid {c.muted}; border-radius: 3px; }}"
            f"{check}:checked {{ background: {c.accent}; border-color: {c.accent}; }}"
            f"{check}:indeterminate {{ background: {c.accent_soft}; border-color: {c.accent}; }}"
            + buttons.plain_style(c)
        )

    @property
    def added(self) -> list[str]:
        typed = self.new.text().replace("，", ",").split(",")
        checked = [tag for tag, state in self._changed() if state is Qt.CheckState.Checked]
        return checked + [tag.strip() for tag in typed if tag.strip()]

    @property
    def removed(self) -> list[str]:
        return [tag for tag, state in self._changed() if state is Qt.CheckState.Unchecked]

    def _add(self, tag: str, count: int, having: int, of: int) -> None:
        item = QListWidgetItem(f"{tag}  ({count})")
        item.setData(_TAG, tag)
        state = Qt.CheckState.PartiallyChecked
        if having in (0, of):
            state = Qt.CheckState.Checked if having else Qt.CheckState.Unchecked
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        )
        item.setCheckState(state)
        self._before[tag] = state
        self.list.addItem(item)

    def _changed(self) -> list[tuple[str, Qt.CheckState]]:
        items = [self.list.item(number) for number in range(self.list.count())]
        now = [(str(item.data(_TAG)), item.checkState()) for item in items]
        return [(tag, state) for tag, state in now if state is not self._before[tag]]
