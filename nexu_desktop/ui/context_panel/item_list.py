"""The list of items: rows to click, their buttons, several at once with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.context_panel.delegate import ItemDelegate
from nexu_desktop.ui.context_panel.model import ItemModel
from nexu_desktop.ui.context_panel.rows import Row

SEVERAL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ItemList(QListView):
    """`pressed_button` carries the Row, `opened` the Row that was clicked or entered; `delete_pressed` nothing."""

    pressed_button = Signal(object)
    opened = Signal(object)
    delete_pressed = Signal()

    def __init__(self, model: ItemModel) -> None:
        super().__init__()
        self._items = model
        self.painter_of_rows = ItemDelegate(self)
        self._armed = -1  # the position whose button the mouse went down on
        self._pressed = -1
        self.setModel(model)
        self.setItemDelegate(self.painter_of_rows)
        self.setObjectName("items")
        self.setAccessibleName("What goes before the draft")
        self.setAccessibleDescription("Space drops or restores, Delete drops, Enter shows it in the chat.")
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)

    def chosen(self) -> list[Row]:
        """What is selected, in the order shown."""
        positions = sorted(index.row() for index in self.selectedIndexes())
        return [row for row in map(self._items.row, positions) if row is not None]

    def current(self) -> Row | None:
        return self._items.row(self.currentIndex().row())

    def apply_theme(self, c: theme.Colours) -> None:
        self.painter_of_rows.apply_theme(c)
        self.setStyleSheet(
            f"#items {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {theme.RADIUS_CONTROL}px;"
            f" outline: 0; }}" + scroll_bars.style(c)
        )
        self.viewport().update()

    # --- mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        self._armed = self._button_at(event.position().toPoint()) if left else -1
        self._pressed = self.indexAt(event.position().toPoint()).row() if left else -1
        if self._armed < 0:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        armed, self._armed = self._armed, -1
        if armed >= 0:
            if self._button_at(place) == armed:
                self.pressed_button.emit(self._items.row(armed))
            return
        super().mouseReleaseEvent(event)
        here = self.indexAt(place).row()
        row = self._items.row(here)
        if row is not None and here == self._pressed and not event.modifiers() & SEVERAL:
            self.opened.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._button_at(event.position().toPoint()))
        if self._armed < 0:
            super().mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two quick clicks on a button is a click as well."""
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)
        super().leaveEvent(event)

    def _button_at(self, place: QPoint) -> int:
        index = self.indexAt(place)
        inside = index.isValid() and self.painter_of_rows.button_rect(self.visualRect(index)).contains(place)
        return index.row() if inside else -1

    def _point(self, position: int) -> None:
        if position != self.painter_of_rows.pointed:
            self.painter_of_rows.pointed = position
            self.viewport().update()
        shape = Qt.CursorShape.PointingHandCursor if position >= 0 else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.key() == Qt.Key.Key_Space and row is not None:
            self.pressed_button.emit(row)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row)
        else:
            super().keyPressEvent(event)
