"""Saved prompts above the composer, filtered while the person types; whatever fits nothing is given back as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.layer import Layer
from nexu_desktop.ui.prompt_menu.rows import ROW_HEIGHT, PromptPainter, PromptRow, PromptRows

WIDTH, ROWS_SHOWN = 560, 7  # px
KEYS = "Enter inserts, Esc closes"
EMPTY = "No prompts yet"
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class PromptMenu(Layer):
    """`picked` carries the Prompt. `given_back`: the "/" was meant as text, with what was typed after it."""

    picked = Signal(object)
    given_back = Signal(str)
    manage_wanted = Signal()

    def __init__(self, parent: QWidget, find: Callable[[str], Sequence[PromptRow]]) -> None:
        super().__init__(parent, "Prompts", WIDTH)
        self._find = find
        self._composing = False
        self.model = PromptRows()
        self.painter = PromptPainter()
        self.filter = QLineEdit()
        self.list = QListView()
        self.note = QLabel()
        self.manage = buttons.link("Manage prompts…")
        self._arrange()
        self.filter.installEventFilter(self)
        self.filter.textChanged.connect(self._typed)
        self.list.clicked.connect(lambda _: self._pick())
        self.manage.clicked.connect(self._manage)

    def open_above(self, anchor: QWidget) -> None:
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._show(self._find(""))
        self.open_at(anchor, self.filter)

    def refresh(self) -> None:
        """Counts have come in."""
        if self.isVisible():
            row = self.list.currentIndex().row()
            self._show(self._find(self.filter.text()))
            self.list.setCurrentIndex(self.model.index(max(row, 0)))

    def wanted_height(self, width: int) -> int:
        rows = min(max(len(self.model.rows), 1), ROWS_SHOWN)
        rest = self.filter.sizeHint().height() + self.manage.sizeHint().height()
        return rows * ROW_HEIGHT + rest + 2 * theme.GAP_M + 2 * theme.GAP_S

    def apply_theme(self, c: theme.Colours) -> None:
        self.painter.colours = c
        self.card.setStyleSheet(
            self.card_style(c)
            + f"QLineEdit {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 7px 12px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 6px 11px; }}"
            f"QListView {{ background: {c.card}; border: 0; outline: 0; }}"
            f"QLabel {{ color: {c.muted}; background: transparent; }}" + buttons.link_style(c)
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
        if event.key() == Qt.Key.Key_Escape:
            self._give_back(self.filter.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.manage.hasFocus():
            self._manage()
        event.accept()

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in MOVES:
            QApplication.sendEvent(self.list, event)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick()
            return True
        if key == Qt.Key.Key_Backspace and not self.filter.text():
            self._give_back(None)
            return True
        return False

    def _typed(self, text: str) -> None:
        """Text that finds nothing, a path for instance, goes on as text where it was begun."""
        found = self._find(text)
        if found and not text.startswith(" "):
            self._show(found)
            self.place()
        else:
            self._give_back(text)

    def _show(self, rows: Sequence[PromptRow]) -> None:
        self.model.show(rows)
        self.list.setCurrentIndex(self.model.index(0))
        self.note.setText(KEYS if rows else EMPTY)
        self.filter.setAccessibleDescription(rows[0].spoken if rows else EMPTY)

    def _pick(self) -> None:
        place = self.list.currentIndex().row()
        if 0 <= place < len(self.model.rows):
            self.close_layer()
            self.picked.emit(self.model.rows[place].prompt)

    def _give_back(self, text: str | None) -> None:
        """None: the "/" itself was taken back."""
        self.close_layer()
        self.given_back.emit("" if text is None else f"/{text}")

    def _manage(self) -> None:
        self.close_layer()
        self.manage_wanted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside it leaves what was typed in the composer."""
        place = event.position().toPoint()
        if not self.card.geometry().contains(place):
            self._give_back(self.filter.text())

    def _arrange(self) -> None:
        self.filter.setPlaceholderText("Search prompts")
        self.filter.setAccessibleName("Search prompts")
        self.filter.setFont(theme.font(theme.SIZE_CONTROL))
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.painter)
        self.list.setAccessibleName("Prompts")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setFont(theme.font(theme.SIZE_CAPTION))
        self.manage.setFont(theme.font(theme.SIZE_CAPTION))
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GAP_M, 0, 0, 0)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.manage)
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_S)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.filter)
        rows.addWidget(self.list, 1)
        rows.addLayout(foot)
