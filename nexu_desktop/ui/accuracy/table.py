"""Rows of figures in columns; the first tells when, the rest is set flush right where it is a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import theme, tooltips
from nexu_desktop.ui.chat_view import scroll_bars

ROW_HEIGHT, PADDING = 30, 10
TEXT_MARGIN = 3  # px that Qt adds beside the text of a cell, but not of a header
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Rows(QAbstractTableModel):
    def __init__(self, titles: Sequence[str], words: Sequence[str]) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._words = frozenset(words)
        self.rows: tuple[tuple[str, ...], ...] = ()

    def fill(self, rows: Sequence[tuple[str, ...]]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text = visible(self.rows[index.row()][index.column()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._titles[index.column()]}: {text}"
            case Qt.ItemDataRole.ToolTipRole:
                return tooltips.literal(text)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return LEFT if self._titles[column] in self._words else RIGHT


class FigureTable(QTableView):
    """`words` are the titles of columns that hold words; the widest of them takes what room is left."""

    def __init__(self, name: str, titles: Sequence[str], words: Sequence[str], widest: str) -> None:
        super().__init__()
        self._rows = _Rows(titles, words)
        self.setObjectName("figures")
        self.setAccessibleName(name)
        self.setModel(self._rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self._headers(list(titles).index(widest))

    def fill(self, rows: Sequence[tuple[str, ...]]) -> None:
        self._rows.fill(rows)
        if rows:
            self.setCurrentIndex(self._rows.index(0, 0))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        return self._rows.rows

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#figures {{ background: {c.card}; color: {c.text}; border: 2px solid {c.card};"
            f" selection-background-color: {c.selection}; selection-color: {c.text}; outline: 0; }}"
            f"#figures:focus {{ border-color: {c.accent}; }}"
            f"#figures::item {{ border-bottom: 1px solid {c.line}; padding: 0 {PADDING}px; }}"
            f"QHeaderView {{ background: {c.card}; border: 0; }}"
            f"QHeaderView::section {{ background: {c.card}; color: {c.muted}; border: 0;"
            f" border-bottom: 1px solid {c.line}; padding: 4px {PADDING + TEXT_MARGIN}px; }}"
            + scroll_bars.style(c)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the dialog, not a selection."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _headers(self, widest: int) -> None:
        head = self.horizontalHeader()
        head.setFont(theme.font(theme.SIZE_CAPTION))
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)
        side = self.verticalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(ROW_HEIGHT)
