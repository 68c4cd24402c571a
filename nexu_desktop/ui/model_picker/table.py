"""The table view of the picker: rows as one thing, a star to click, columns that fold when it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.model_picker.delegate import PADDING, ROW_HEIGHT, STAR_WIDTH, PickerDelegate
from nexu_desktop.ui.model_picker.model import (
    CAN,
    CONTEXT,
    DRAFT,
    MODEL,
    PAID,
    RATE,
    SORTED_BY,
    TITLES,
    TYPICAL,
    PickerModel,
    texts,
)

WIDEST = {
    RATE: "0.00x",
    TYPICAL: "00.00",
    DRAFT: "$0.0000",
    CONTEXT: "000k",
    CAN: "tools",
    PAID: "OpenRouter key",
}
NAME_LEAST = 200
FOLDS = (CAN, TYPICAL, CONTEXT)
HEADER_HEIGHT = 34


class PickerTable(QTableView):
    """`picked` and `star_clicked` carry the row's position; `typed` a key meant for the search field."""

    picked = Signal(int)
    star_clicked = Signal(int)
    typed = Signal(str)

    def __init__(self, model: PickerModel) -> None:
        super().__init__()
        self._rows = model
        self._colours = theme.LIGHT
        self.setObjectName("table")
        self.setAccessibleName("Models")
        self.painter_of_cells = PickerDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self.painter_of_cells)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self._headers()
        self.entered.connect(lambda index: self.select(index.row()))

    def select(self, position: int) -> None:
        if 0 <= position < self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(position, MODEL))

    def fit_columns(self, width: int) -> None:
        """Each as wide as its widest value; the name takes the rest, and columns fold to leave it room."""
        widths = {column: self._widest(column) for column in WIDEST}
        hidden: set[int] = set()
        for column in FOLDS:
            if width - sum(widths.values()) >= NAME_LEAST:
                break
            hidden.add(column)
            widths.pop(column)
        for column in WIDEST:
            self.setColumnHidden(column, column in hidden)
            self.setColumnWidth(column, widths.get(column, 0))
        self.setColumnWidth(MODEL, max(width - sum(widths.values()), NAME_LEAST))

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.painter_of_cells.apply_theme(c)
        self.setStyleSheet(
            f"#table {{ background: {c.card}; color: {c.text}; border: 0; selection-background-color: {c.selection}; }}"
            f"QHeaderView {{ background: {c.card}; border: 0; }}"
            f"QHeaderView::section {{ background: {c.card}; color: {c.muted}; border: 0;"
            f" border-bottom: 1px solid {c.line}; padding: 0 {PADDING}px; }}"
            f"QHeaderView::section:hover {{ color: {c.text}; }}" + scroll_bars.style(c)
        )
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks, Space marks with a star, letters go to the search."""
        here = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit(here)
        elif event.key() == Qt.Key.Key_Space:
            self.star_clicked.emit(here)
        elif event.text().isprintable() and event.text():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        on_star = index.column() == MODEL and event.position().x() < STAR_WIDTH
        (self.star_clicked if on_star else self.picked).emit(index.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        row = self.currentIndex().row()
        if self.hasFocus() and row >= 0:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._colours.accent), 2))
            top = self.rowViewportPosition(row)
            painter.drawRect(QRect(1, top + 1, self.viewport().width() - 2, ROW_HEIGHT - 3))

    def _widest(self, column: int) -> int:
        shown = (texts(row)[column] for row in self._rows.rows())
        widths = [self.painter_of_cells.width_of(column, text) for text in {WIDEST[column], *shown}]
        title = TITLES[column] + (" ▾" if column in SORTED_BY else "")
        widths.append(self.fontMetrics().horizontalAdvance(title) + 2 * PADDING)
        return max(widths) + (2 * PADDING if column == PAID else 4)

    def _headers(self) -> None:
        head = self.horizontalHeader()
        head.setFont(theme.font(theme.SIZE_CAPTION))
        head.setFixedHeight(HEADER_HEIGHT)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(True)
        head.setMinimumSectionSize(0)
        side = self.verticalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(ROW_HEIGHT)
