"""The very draft on every model and lane, the cheapest first; Enter or a click switches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.comparing import dearness, share
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.lane_chip import chip_size, chip_text, paint_chip, widest_chip

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
MODEL, LIKELY, SHARE, RANGE, LANE = range(5)
TITLES = ("Model", "Likely", "Of this", "Range and most", "Paid by")
ROW_HEIGHT, PADDING = 32, 8
PENDING = "~"


@dataclass(frozen=True, slots=True)
class PricedModel:
    """`estimate` None is still being counted."""

    ref: ModelRef
    estimate: Estimate | None


def texts(row: PricedModel, current: Estimate | None) -> tuple[str, ...]:
    """One text for each column."""
    lane = chip_text(row.ref)
    if row.estimate is None:
        return (row.ref.model, PENDING, "", "", lane)
    cost = row.estimate.cost
    if cost is None:
        return (row.ref.model, "unknown", "", "no price known", lane)
    show = show_cost if row.ref.lane.spends_credits else show_dollars
    likely = "free" if row.ref.lane is Lane.LOCAL else show(cost.likely)
    span = (
        ""
        if row.ref.lane is Lane.LOCAL
        else f"{show(cost.low)} to {show(cost.high)}, at most {show(cost.most)}"
    )
    if row.estimate.over_context:
        span = f"{row.estimate.over_context:,} tokens too long"
    elif row.estimate.shortfall:
        span = f"{show_cost(row.estimate.shortfall)} credits short"
    return (row.ref.model, likely, share_of(row, current), span, lane)


def share_of(row: PricedModel, current: Estimate | None) -> str:
    """'0.18x' of what the draft costs on the model of the conversation; a credit is a cent."""
    if current is not None and row.ref == current.ref:
        return "this"
    times = share(row.estimate, current)
    return f"{times}x" if times else ""


class OtherModels(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[PricedModel] = []
        self._current: ModelRef | None = None

    def fill(self, rows: Sequence[PricedModel], current: ModelRef) -> None:
        self.beginResetModel()
        self._current = current
        self._rows = sorted(rows, key=lambda row: (*dearness(row.estimate), row.ref.model, row.ref.provider))
        self.endResetModel()

    def rows(self) -> tuple[PricedModel, ...]:
        return tuple(self._rows)

    def row(self, position: int) -> PricedModel | None:
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def position(self, ref: ModelRef) -> int:
        return next((at for at, row in enumerate(self._rows) if row.ref == ref), 0)

    def current_estimate(self) -> Estimate | None:
        return next((row.estimate for row in self._rows if row.ref == self._current), None)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        told = texts(row, self.current_estimate())
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == MODEL:
            return ", ".join(text for text in told if text)
        return told[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in (LIKELY, SHARE) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class OtherModelsDelegate(QStyledItemDelegate):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c, rect = self._colours, option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        ground = c.selection if chosen else c.card
        painter.save()
        painter.fillRect(rect, QColor(ground))
        painter.setPen(QColor(c.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = index.model()
        row = model.row(index.row()) if isinstance(model, OtherModels) else None
        if row is not None and index.column() == LANE:
            size = chip_size(chip_text(row.ref))
            spot = QPoint(rect.left() + PADDING, rect.center().y() + 1 - size.height() // 2)
            paint_chip(painter, QRect(spot, size), row.ref, c, ground=ground)
        elif row is not None:
            self._text(painter, rect, index, chosen)
        painter.restore()

    def _text(self, painter: QPainter, rect: QRect, index: Index, chosen: bool) -> None:
        c, column = self._colours, index.column()
        font = font_of(column)
        painter.setFont(font)
        quiet = c.text if chosen else c.muted
        painter.setPen(QColor({SHARE: c.text if chosen else c.accent, RANGE: quiet}.get(column, c.text)))
        side = Qt.AlignmentFlag.AlignRight if column in (LIKELY, SHARE) else Qt.AlignmentFlag.AlignLeft
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        mode = Qt.TextElideMode.ElideMiddle if column == MODEL else Qt.TextElideMode.ElideRight
        said = QFontMetrics(font).elidedText(index.data() or "", mode, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side, said)


def font_of(column: int) -> QFont:
    bold = QFont.Weight.DemiBold if column == LIKELY else QFont.Weight.Normal
    return theme.font(theme.SIZE_CAPTION if column == RANGE else theme.SIZE_CONTROL, weight=bold)


class OtherModelsTable(QTableView):
    """`picked` carries the ModelRef of the row."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows = OtherModels(self)
        self._colours = theme.LIGHT
        self._cells = OtherModelsDelegate(self)
        self.setObjectName("others")
        self.setAccessibleName("This draft on other models")
        self.setModel(self._rows)
        self.setItemDelegate(self._cells)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self._headers()
        self.entered.connect(lambda index: self.selectRow(index.row()))

    def fill(self, rows: Sequence[PricedModel], current: ModelRef) -> None:
        here = self._rows.row(self.currentIndex().row())
        self._rows.fill(rows, current)
        self.selectRow(self._rows.position(here.ref if here else current))

    def rows(self) -> tuple[PricedModel, ...]:
        return self._rows.rows()

    def wanted_height(self) -> int:
        return self._rows.rowCount() * ROW_HEIGHT + self.horizontalHeader().height() + 2

    def fit(self, width: int) -> None:
        """Figures as wide as their widest value; the range gives way first."""
        widths = {
            LIKELY: self._widest(LIKELY, "$00.0000") + 2 * PADDING,
            SHARE: self._widest(SHARE, "00.00x") + 3 * PADDING,
            LANE: widest_chip() + 2 * PADDING,
        }
        rest = width - sum(widths.values())
        span = min(self._widest(RANGE, "") + 2 * PADDING, max(rest - 200, 0))
        self.setColumnHidden(RANGE, span < 150)
        widths[RANGE] = 0 if span < 150 else span
        widths[MODEL] = max(rest - widths[RANGE], 120)
        for column, wide in widths.items():
            self.setColumnWidth(column, wide)

    def _widest(self, column: int, least: str) -> int:
        metrics = QFontMetrics(font_of(column))
        told = (str(self._rows.index(at, column).data() or "") for at in range(self._rows.rowCount()))
        return max(map(metrics.horizontalAdvance, (least, *told)))

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self._cells.apply_theme(c)
        self.setStyleSheet(
            f"#others {{ background: {c.card}; color: {c.text}; border: 0; }}"
            f"QHeaderView, QHeaderView::section {{ background: {c.card}; color: {c.muted}; border: 0; }}"
            f"QHeaderView::section {{ border-bottom: 1px solid {c.line}; padding: 0 {PADDING}px; }}"
            + scroll_bars.style(c)
        )
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self._pick(index.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.currentIndex().isValid():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._colours.accent), 2))
            top = self.rowViewportPosition(self.currentIndex().row())
            painter.drawRect(QRect(1, top + 1, self.viewport().width() - 2, ROW_HEIGHT - 3))

    def _pick(self, position: int) -> None:
        row = self._rows.row(position)
        if row is not None:
            self.picked.emit(row.ref)

    def _headers(self) -> None:
        head = self.horizontalHeader()
        head.setFont(theme.font(theme.SIZE_CAPTION))
        head.setFixedHeight(28)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(0)
        side = self.verticalHeader()
        side.setVisible(False)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(ROW_HEIGHT)
