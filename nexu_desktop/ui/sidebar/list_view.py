"""The list of the sidebar: which clicks and keys open, select, fold and move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar.delegate import LibraryDelegate
from nexu_desktop.ui.sidebar.model import MIME_TYPE, NOWHERE, LibraryList
from nexu_desktop.ui.sidebar.rows import Heading, HitLine, Line, Row

_MANY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LibraryView(QListView):
    """`opened` carries a Line or HitLine, `fold_wanted` a folder id and whether to fold it, `moved` ids and a
    folder id or None, `menu_wanted` the place on the screen. With `opens_at_once` an arrow key opens what it
    comes to; else Enter does.
    """

    opened = Signal(object)
    fold_wanted = Signal(str, bool)
    moved = Signal(list, object)
    menu_wanted = Signal(QPoint)
    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = LibraryList()
        self.painter = LibraryDelegate(theme.LIGHT)
        self.opens_at_once = True
        self._quiet = False
        self._pressed = False
        self.setModel(self.rows)
        self.setItemDelegate(self.painter)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)  # the folder it would go to is coloured
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._clicked)

    # --- what is shown and selected ---

    def show_rows(self, rows: list[Row], current: str, *, uniform: bool) -> None:
        """Replace them; what was selected stays so, else `current`; nothing is announced."""
        kept, before = set(self.selected_ids()), self.current_row()
        top = self.verticalScrollBar().value()
        self._quiet = True
        self.setUniformItemSizes(uniform)
        self.rows.show(rows)
        if len(kept) > 1:
            self._select(self.rows.rows_of(kept))
        elif isinstance(before, Heading):
            self._select(self.rows.place_of(before))  # who folds it by key stays on it
        if not self.selectedIndexes():
            self.select(current)
        if not self.selectedIndexes() and before is not None:
            self._select(self.rows.place_of(before))
        self._quiet = False
        self.verticalScrollBar().setValue(top)
        self.picked.emit()

    def select(self, cid: str) -> None:
        """That one alone, without opening it; none where it is not listed."""
        quiet, self._quiet = self._quiet, True
        row = self.rows.row_of(cid)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row))
        else:
            self.setCurrentIndex(NOWHERE)
            self.clearSelection()
        self._quiet = quiet
        self.picked.emit()

    def select_first(self) -> None:
        """Of what can be opened, without opening it."""
        self._quiet = True
        self._step_from(-1, 1)
        self._quiet = False

    def step(self, steps: int) -> None:
        """One up (-1) or down (1), past headings, as the arrow keys of another field do."""
        self._step_from(self.currentIndex().row(), steps)

    def current_row(self) -> Row | None:
        return self.rows.row(self.currentIndex())

    def selected_ids(self) -> list[str]:
        """In the order of the list."""
        chosen = sorted(self.selectedIndexes(), key=QModelIndex.row)
        ids = (row.entry.id for row in map(self.rows.row, chosen) if isinstance(row, Line))
        return list(dict.fromkeys(ids))  # a search can list one twice

    def selectAll(self) -> None:
        """Also what is not loaded yet."""
        self.rows.load_all()
        super().selectAll()

    def open_current(self) -> None:
        row = self.current_row()
        if isinstance(row, Line | HitLine):
            self.opened.emit(row)
        elif isinstance(row, Heading) and row.folder is not None:
            self.fold_wanted.emit(row.folder.id, not row.folder.folded)

    def _select(self, numbers: list[int]) -> None:
        chosen = QItemSelection()
        for number in numbers:
            index = self.rows.index(number)
            chosen.select(index, index)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if numbers:
            self.selectionModel().setCurrentIndex(
                self.rows.index(numbers[-1]), QItemSelectionModel.SelectionFlag.NoUpdate
            )

    def _step_from(self, number: int, steps: int) -> None:
        number += steps
        while 0 <= number < self.rows.rowCount():
            index = self.rows.index(number)
            if isinstance(self.rows.row(index), Line | HitLine):
                self.setCurrentIndex(index)
                return
            number += steps

    # --- clicks and keys ---

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._quiet:
            return
        self.picked.emit()
        row = self.current_row()
        one = len(self.selectedIndexes()) == 1
        if one and self.opens_at_once and not self._pressed and isinstance(row, Line):
            self.opened.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed = False

    def _clicked(self, index: QModelIndex) -> None:
        """On release, so that dragging a conversation does not open it."""
        if len(self.selectedIndexes()) == 1 and self.selectionModel().isSelected(index):
            self.open_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current_row()
        if event.key() in _ENTER and not event.modifiers() & _MANY:
            self.open_current()
        elif event.key() == Qt.Key.Key_Escape and len(self.selectedIndexes()) > 1:
            self.setCurrentIndex(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and isinstance(row, Heading) and row.folder:
            self.fold_wanted.emit(row.folder.id, event.key() == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse where it was clicked, by key at the current row."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return
        if not self.selectionModel().isSelected(index):
            self._quiet = True
            self.setCurrentIndex(index)
            self._quiet = False
            self.picked.emit()
        place = event.pos() if by_mouse else self.visualRect(index).bottomLeft()
        self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    # --- dragging onto a folder ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME_TYPE):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """`super()` scrolls at the edges; where it may drop is decided here."""
        super().dragMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        fits = event.mimeData().hasFormat(MIME_TYPE) and index.isValid()
        self._show_drop(self._folder_row(index.row()) if fits else -1)
        event.setAccepted(fits)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_drop(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Onto a folder or what is in it; anywhere else it is taken out of its folder."""
        index = self.indexAt(event.position().toPoint())
        self._show_drop(-1)
        self.setState(QAbstractItemView.State.NoState)
        self.stopAutoScroll()
        ids = bytes(event.mimeData().data(MIME_TYPE).data()).decode().split()
        if ids and index.isValid():
            event.acceptProposedAction()
            heading = self.rows.row(self.rows.index(self._folder_row(index.row())))
            folder = heading.folder if isinstance(heading, Heading) else None
            self.moved.emit(ids, folder.id if folder else None)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._pressed = False
        return super().viewportEvent(event)

    def _folder_row(self, number: int) -> int:
        """The heading a row stands under; the row itself where it is one."""
        while number > 0 and not isinstance(self.rows.row(self.rows.index(number)), Heading):
            number -= 1
        return number

    def _show_drop(self, number: int) -> None:
        if number != self.painter.drop_row:
            self.painter.drop_row = number
            self.viewport().update()
