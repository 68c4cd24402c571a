"""A layer with a field that filters a list: the one shape of the palette and of the saved prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QStyledItemDelegate, QWidget

from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.layer import Layer

ROW_ROLE = Qt.ItemDataRole.UserRole
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
Index = QModelIndex | QPersistentModelIndex


class Listed(Protocol):
    """A row: `words` name it, `spoken` is what a screen reader says."""

    @property
    def words(self) -> str: ...

    @property
    def spoken(self) -> str: ...


AnyRow = TypeVar("AnyRow", bound=Listed)


class FilteredRows(QAbstractListModel, Generic[AnyRow]):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[AnyRow] = ()

    def show(self, rows: Sequence[AnyRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return visible_code(row.words)
        return row.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None


class FilterPainter(QStyledItemDelegate):
    def __init__(self) -> None:
        super().__init__()
        self.colours = theme.LIGHT


class FilterLayer(Layer, Generic[AnyRow]):
    """Arrow keys move in the list while the focus stays in the field; Enter takes the row, unless a word is
    still being composed. Of its own a layer brings what a row is, where it stands and what Enter does.
    """

    def __init__(self, parent: QWidget, title: str, width: int, painter: FilterPainter) -> None:
        super().__init__(parent, title, width)
        self._composing = False
        self.model: FilteredRows[AnyRow] = FilteredRows()
        self.painter = painter
        self.filter = QLineEdit()
        self.list = QListView()
        self.note = QLabel()
        self.filter.installEventFilter(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(painter)
        self.list.setAccessibleName(title)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda _: self.take())
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setFont(theme.font(theme.SIZE_CAPTION))

    @property
    def chosen(self) -> AnyRow | None:
        place = self.list.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def take(self) -> None:
        """Do what the chosen row stands for."""

    def choose(self, place: int) -> None:
        self.list.setCurrentIndex(self.model.index(place))
        self._say_chosen()

    def apply_theme(self, c: theme.Colours) -> None:
        self.painter.colours = c
        self.card.setStyleSheet(
            self.card_style(c)
            + f"QLineEdit {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 7px 12px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 6px 11px; }}"
            f"QListView {{ background: {c.card}; border: 0; outline: 0; }}"
            f"QLabel {{ color: {c.muted}; background: transparent; }}"
        )
        self.list.verticalScrollBar().setStyleSheet(scroll_bars.style(c))
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.filter:
            if isinstance(event, QInputMethodEvent):
                self._composing = bool(event.preeditString())
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not self._composing:
                return self.pressed(event)
        return super().eventFilter(watched, event)

    def pressed(self, event: QKeyEvent) -> bool:
        """A key in the field; whether it is done with."""
        if event.key() in MOVES:
            QApplication.sendEvent(self.list, event)
            self._say_chosen()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            return True
        return False

    def _say_chosen(self) -> None:
        """A screen reader learns the row from the description of the field."""
        row = self.chosen
        self.filter.setAccessibleDescription(row.spoken if row is not None else self.note.text())
