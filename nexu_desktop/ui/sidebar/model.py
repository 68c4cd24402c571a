"""The rows of the sidebar as a Qt model that hands them out in pages, and as what is dragged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from nexu_desktop.ui.sidebar.rows import Heading, HitLine, Line, Row, title_of
from nexu_desktop.ui.tooltips import literal

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
MIME_TYPE = "application/x-nexu-conversations"
PAGE = 400  # rows that the view lays out at once; the next follow when it is scrolled to their end
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class LibraryList(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._shown = 0

    def show(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._shown = min(PAGE, len(self._rows))
        self.endResetModel()

    def row(self, index: Index) -> Row | None:
        return self._rows[index.row()] if index.isValid() else None

    def row_of(self, cid: str) -> int:
        """Where that conversation stands, -1 where it does not; what is before it is loaded."""
        for number, row in enumerate(self._rows):
            if isinstance(row, Line) and row.entry.id == cid:
                if number >= self._shown:
                    self._load(number + 1 - self._shown)
                return number
        return -1

    def rows_of(self, cids: set[str]) -> list[int]:
        """Of those that are loaded."""
        return [
            number
            for number, row in enumerate(self._rows[: self._shown])
            if isinstance(row, Line) and row.entry.id in cids
        ]

    def place_of(self, row: Row) -> list[int]:
        """Where the row stands now, perhaps changed; empty where it is not loaded."""
        return [number for number, one in enumerate(self._rows[: self._shown]) if one.key == row.key][:1]

    def ids(self) -> list[str]:
        """All conversations that are listed, loaded or not."""
        return [row.entry.id for row in self._rows if isinstance(row, Line)]

    def load_all(self) -> None:
        if self._shown < len(self._rows):
            self._load(len(self._rows))

    # --- what Qt asks ---

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._shown

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._shown < len(self._rows)

    def fetchMore(self, parent: Index) -> None:
        self._load(PAGE)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, Line):
            return literal("\n".join((title_of(row.entry), *row.chips)))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index)
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if isinstance(row, Line):
            return usable | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled
        if isinstance(row, HitLine):
            return usable
        if isinstance(row, Heading) and row.folder is not None:
            return usable | Qt.ItemFlag.ItemIsDropEnabled
        return Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        ids = [row.entry.id for row in map(self.row, indexes) if isinstance(row, Line)]
        data = QMimeData()
        data.setData(MIME_TYPE, "\n".join(ids).encode())
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def _load(self, count: int) -> None:
        end = min(self._shown + count, len(self._rows))
        self.beginInsertRows(NOWHERE, self._shown, end - 1)
        self._shown = end
        self.endInsertRows()


def _text(row: Row) -> str:
    if isinstance(row, Heading):
        return row.title
    return title_of(row.entry) if isinstance(row, Line) else row.hit.snippet
