"""The conversations of a file as rows that can be ticked, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from nexu_desktop.markup.characters import visible
from nexu_desktop.services.imports import Row, State
from nexu_desktop.ui import tooltips

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
COLUMNS = ("Title", "Messages", "Last message", "Here")
_KEYS: tuple[Callable[[Row], Any], ...] = (
    lambda row: row.title.casefold(),
    lambda row: row.messages,
    lambda row: row.updated_ms or 0,
    lambda row: row.state.value,
)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def here(row: Row) -> str:
    """What an import would do with it, in a word or three."""
    match row.state:
        case State.NEW:
            return "New"
        case State.MORE:
            return f"{row.fresh:,} new messages" if row.fresh != 1 else "1 new message"
        case State.TRASHED:
            return "In the trash"
        case State.SAME:
            return "Here already"


class ImportRows(QAbstractTableModel):
    """`chosen_changed` whenever a tick changes."""

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Row, ...] = ()
        self.rows: list[Row] = []
        self.chosen: set[str] = set()
        self._filter = ""

    def fill(self, rows: Sequence[Row], chosen: Iterable[str]) -> None:
        self.beginResetModel()
        self._all, self.rows, self.chosen, self._filter = tuple(rows), list(rows), set(chosen), ""
        self.endResetModel()
        self.chosen_changed.emit()

    def filter(self, text: str) -> None:
        """Rows whose title has `text` in it; what is ticked stays ticked."""
        self._filter = text.strip().casefold()
        self.beginResetModel()
        self.rows = [row for row in self._all if self._filter in row.title.casefold()]
        self.endResetModel()

    def tick(self, on: bool) -> None:
        """All rows in sight that would change something."""
        ids = {row.id for row in self.rows if row.state is not State.SAME}
        self.chosen = self.chosen | ids if on else self.chosen - ids
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.chosen_changed.emit()

    def ticked(self) -> Qt.CheckState:
        """Of the rows in sight together."""
        ids = {row.id for row in self.rows if row.state is not State.SAME}
        on = len(ids & self.chosen)
        if not on:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if on == len(ids) else Qt.CheckState.PartiallyChecked

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        down = order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        self._all = tuple(sorted(self._all, key=_KEYS[column], reverse=down))
        self.rows = [row for row in self._all if self._filter in row.title.casefold()]
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.rows[index.row()]
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        tickable = index.column() == 0 and row.state is not State.SAME
        return flags | Qt.ItemFlag.ItemIsUserCheckable if tickable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.ToolTipRole if column == 0:
                return tooltips.literal(_text(row, 0))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{COLUMNS[column]}: {_text(row, column)}"
            case Qt.ItemDataRole.CheckStateRole if column == 0 and row.state is not State.SAME:
                return Qt.CheckState.Checked if row.id in self.chosen else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if column == 1:
                return RIGHT
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        name = self.rows[index.row()].id
        self.chosen ^= {name}
        self.dataChanged.emit(index, index)
        self.chosen_changed.emit()
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section == 1 else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None


def _text(row: Row, column: int) -> str:
    if column == 0:
        return visible(row.title).replace("\n", " ") or "Untitled"
    if column == 1:
        return f"{row.messages:,}"
    if column == 2:
        return (
            ""
            if row.updated_ms is None
            else datetime.fromtimestamp(row.updated_ms // 1000).strftime("%Y-%m-%d")
        )
    return here(row)
