"""What a file holds, to choose from: counts, a list with ticks, and what would be left out."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.services.imports import Preview, State
from nexu_desktop.ui import theme
from nexu_desktop.ui.transfer.look import count, label
from nexu_desktop.ui.transfer.rows import ImportRows

ROW_HEIGHT = 32


class PreviewPage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.rows = ImportRows()
        self.head = label("", theme.SIZE_TITLE, bold=True)
        self.facts = label("", theme.SIZE_CAPTION, name="quiet")
        self.left_out = label("", theme.SIZE_CAPTION, name="quiet")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter by title")
        self.search.setAccessibleName("Filter by title")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(280)
        self.all = QCheckBox("All")
        self.all.setAccessibleName("Choose all conversations in the list")
        self.all.setFont(theme.font(theme.SIZE_CONTROL))
        self.table = self._table()
        self._arrange()
        self.search.textChanged.connect(self._filter)
        self.all.clicked.connect(self._tick_all)
        self.rows.chosen_changed.connect(self._show_all)
        self.table.clicked.connect(self._clicked)

    def show_preview(self, preview: Preview) -> None:
        sources = ", ".join(source.shown for source in preview.sources)
        self.head.setText(sources or "Nothing to import")
        same = sum(row.state is State.SAME for row in preview.rows)
        trashed = sum(row.state is State.TRASHED for row in preview.rows)
        facts = [
            preview.path.name,
            count(len(preview.rows), "conversation"),
            count(preview.messages, "message"),
        ]
        facts += [f"{same:,} here already"] if same else []
        facts += [f"{trashed:,} in the trash"] if trashed else []
        self.facts.setText(" · ".join(facts))
        parts = ", ".join(f"{number:,} {what.value}" for what, number in preview.left_out)
        self.left_out.setText(f"Left out: {parts}." if parts else "")
        self.left_out.setVisible(bool(parts))
        self.search.clear()
        self.rows.fill(preview.rows, preview.wanted)
        self.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        self.table.selectRow(0)

    def _filter(self, text: str) -> None:
        self.rows.filter(text)
        self._show_all()

    def _tick_all(self) -> None:
        self.rows.tick(self.rows.ticked() is not Qt.CheckState.Checked)

    def _show_all(self) -> None:
        self.all.setTristate(self.rows.ticked() is Qt.CheckState.PartiallyChecked)
        self.all.setCheckState(self.rows.ticked())

    def _clicked(self, index: QModelIndex) -> None:
        """Anywhere in a row but on its box, which ticks by itself."""
        self.table.setCurrentIndex(index.siblingAtColumn(0))

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.rows)
        table.setAccessibleName("Conversations in the file; Space ticks one")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSortingEnabled(True)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 96), (2, 116), (3, 140)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        table.setFont(theme.font(theme.SIZE_CONTROL))
        return table

    def _arrange(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self.all)
        tools.addStretch(1)
        tools.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_S)
        column.addWidget(self.head)
        column.addWidget(self.facts)
        column.addSpacing(4)
        column.addLayout(tools)
        column.addWidget(self.table, 1)
        column.addWidget(self.left_out)
