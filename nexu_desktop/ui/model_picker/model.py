"""The table model of the picker: filters and orders few hundred rows in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import tooltips
from nexu_desktop.ui.lane_chip import chip_text
from nexu_desktop.ui.model_picker.rows import Row, arranged, cheap_keys

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
MODEL, RATE, TYPICAL, DRAFT, CONTEXT, CAN, PAID = range(7)
TITLES = ("Model", "Rate", "Typical chat", "This draft", "Context", "Can", "Paid by")
SORTED_BY = {MODEL: "name", RATE: "rate", DRAFT: "draft"}
FIGURES = (RATE, TYPICAL, DRAFT, CONTEXT)
ROOT = QModelIndex()


class PickerModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[str, Row] = {}
        self._shown: tuple[Row, ...] = ()
        self._sort, self._query = "draft", ""

    @property
    def sort_name(self) -> str:
        return self._sort

    def fill(
        self,
        offers: Sequence[Offer],
        costs: dict[ModelRef, Estimate | None],
        favourites: Sequence[str],
        sort: str,
        default_model: str,
    ) -> None:
        cheap = cheap_keys(offers)
        rows = [
            Row(
                offer,
                costs.get(offer.ref),
                favourite=str(offer.ref) in favourites,
                default=offer.ref.model == default_model and offer.ref.lane.spends_credits,
                cheap=str(offer.ref) in cheap,
            )
            for offer in offers
        ]
        self._all = {row.key: row for row in rows}
        self._sort, self._query = sort, ""
        self.arrange()

    def arrange(self) -> None:
        self.beginResetModel()
        self._shown = arranged(self._all.values(), self._sort, self._query)
        self.endResetModel()

    def set_query(self, query: str) -> None:
        self._query = query
        self.arrange()

    def set_sort(self, sort: str) -> None:
        self._sort = sort
        self.arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(TITLES) - 1)

    def set_cost(self, ref: ModelRef, estimate: Estimate | None) -> None:
        """The figure changes in its place; the order waits for `arrange`."""
        row = self._all.get(str(ref))
        if row is not None:
            self._replace(replace(row, estimate=estimate))

    def toggle(self, key: str) -> None:
        row = self._all[key]
        self._replace(replace(row, favourite=not row.favourite))

    def favourites(self) -> set[str]:
        return {row.key for row in self._all.values() if row.favourite}

    def row(self, position: int) -> Row | None:
        return self._shown[position] if 0 <= position < len(self._shown) else None

    def position(self, key: str) -> int:
        """-1 where it is not shown."""
        return next((at for at, row in enumerate(self._shown) if row.key == key), -1)

    def rows(self) -> tuple[Row, ...]:
        return self._shown

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return texts(row)[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken if index.column() == MODEL else texts(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltips.literal(row.basis)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section] + (" ▾" if SORTED_BY.get(section) == self._sort else "")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Order by this (F3)" if section in SORTED_BY else None
        return None

    def _replace(self, row: Row) -> None:
        self._all[row.key] = row
        at = self.position(row.key)
        if at >= 0:
            self._shown = (*self._shown[:at], row, *self._shown[at + 1 :])
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(TITLES) - 1))


def texts(row: Row) -> tuple[str, ...]:
    """One text for each column."""
    lane = chip_text(row.offer.ref)
    return (row.offer.ref.model, row.rate, row.typical, row.draft, row.context, row.can, lane)
