"""A field and a list over the window: type to filter, Enter does it, Escape closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.layer import AROUND, Layer
from nexu_desktop.ui.palette.rows import Row, RowPainter, Rows, row_height

WIDTH, ROWS_SHOWN, FROM_TOP = 600, 12, 72  # px, and at most so many rows
NOTHING = "Nothing has these words."
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(Layer):
    """`find` gives the rows for what was typed, the best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Actions", WIDTH)
        self._find: Callable[[str], Sequence[Row]] = lambda _: ()
        self._composing = False
        self.model = Rows()
        self.painter = RowPainter()
        self.filter = QLineEdit()
        self.list = QListView()
        self.note = QLabel()
        self._arrange()
        self.filter.installEventFilter(self)
        self.filter.textChanged.connect(self._typed)
        self.list.clicked.connect(lambda _: self.run())

    def open_for(self, find: Callable[[str], Sequence[Row]], placeholder: str, note: str) -> None:
        """Opened again, it shows the other list."""
        self._find = find
        self.filter.setPlaceholderText(placeholder)
        self.filter.setAccessibleName(placeholder)
        self.note.setText(note)
        self.filter.clear()
        self._typed("")
        self.open_at(self, self.filter)

    def run(self) -> None:
        """What the chosen row says, with the focus back where it was before."""
        place = self.list.currentIndex().row()
        call = self.model.rows[place].call if 0 <= place < len(self.model.rows) else None
        if call is not None:
            self.close_layer()
            call()

    def place(self) -> None:
        """At the top, in the middle, as high as its rows need and the window allows."""
        window = self.parentWidget()
        if window is None:
            return
        self.setGeometry(window.rect())
        width = min(self._widest, window.width() - 2 * AROUND)
        top = min(FROM_TOP, window.height() // 8)
        height = min(self.wanted_height(width), window.height() - top - AROUND)
        self.card.setGeometry(QRect((window.width() - width) // 2, top, width, height))

    def wanted_height(self, width: int) -> int:
        rest = self.filter.sizeHint().height() + self.note.sizeHint().height()
        return ROWS_SHOWN * row_height() + rest + 2 * theme.GAP_M + 2 * theme.GAP_S

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
                return self._key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run()
        super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in MOVES:
            QApplication.sendEvent(self.list, event)
            self._say_chosen()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run()
            return True
        return False

    def _typed(self, text: str) -> None:
        rows = self._find(text) or (Row(NOTHING),)
        self.model.show(rows)
        self.list.setCurrentIndex(self.model.index(int(rows[0].waits and len(rows) > 1)))
        self._say_chosen()

    def _say_chosen(self) -> None:
        """The focus stays in the field: a screen reader learns the row from its description."""
        place = self.list.currentIndex().row()
        self.filter.setAccessibleDescription(self.model.rows[place].spoken)

    def _arrange(self) -> None:
        self.filter.setFont(theme.font(theme.SIZE_TEXT))
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.painter)
        self.list.setAccessibleName("Actions")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setFont(theme.font(theme.SIZE_CAPTION))
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_S)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.filter)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.note)
