"""The items as a list model; ten thousand of them are a tuple and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nexu_desktop.ui import tooltips
from nexu_desktop.ui.context_panel.rows import Row
from nexu_desktop.ui.context_panel.wording import WHAT_BUTTONS_DO

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
ROOT = QModelIndex()


class ItemModel(QAbstractListModel):
    """In the order of the conversation, or the dearest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._order: list[int] = []
        self._dearest = False
        self._counted = False

    def fill(self, rows: Sequence[Row]) -> None:
        """The same items again keep their places, so that the same button takes a drop back."""
        same = [row.item.id for row in rows] == [row.item.id for row in self._rows]
        came = not self._counted and any(row.count is not None for row in rows)
        self._rows = tuple(rows)
        self._counted = any(row.count is not None for row in rows)
        if not same or (self._dearest and came):
            self._arrange()
        elif self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def set_dearest(self, dearest: bool) -> None:
        self._dearest = dearest
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        self._order = list(range(len(self._rows)))
        if self._dearest:
            self._order.sort(key=lambda place: -_size(self._rows[place]))
        self.endResetModel()

    @property
    def rows(self) -> tuple[Row, ...]:
        """As the conversation goes, whatever order is shown."""
        return self._rows

    def row(self, position: int) -> Row | None:
        return self._rows[self._order[position]] if 0 <= position < len(self._order) else None

    def position(self, item_id: str) -> int:
        """-1 where it is not."""
        return next((at for at, place in enumerate(self._order) if self._rows[place].item.id == item_id), -1)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        match role:
            case _ if role == ROW_ROLE:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.item.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return f"{row.button}: {WHAT_BUTTONS_DO[row.item.unsent]}"
            case Qt.ItemDataRole.ToolTipRole:
                return tooltips.literal(f"{row.item.title}\n{row.button}: {WHAT_BUTTONS_DO[row.item.unsent]}")
        return None


def _size(row: Row) -> int:
    """Costs follow the tokens, and tokens are known where no price is."""
    return row.count.tokens if row.count else 0
