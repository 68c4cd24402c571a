"""The bar of find in conversation: what is looked for, which match of how many, and the way from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from nexu_desktop.ui import icons, theme

WIDTH, HEIGHT = 340, 44


class FindBar(QWidget):
    """`stepped(1)`: the next match, `stepped(-1)`: the previous one. Escape closes it."""

    changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self.field = QLineEdit()
        self.field.setObjectName("find")
        self.field.setPlaceholderText("Find in this conversation")
        self.field.setAccessibleName("Find in this conversation")
        self.field.setFont(theme.font(theme.SIZE_CONTROL))
        self.field.setFrame(False)
        self.count = QLabel()
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setFont(theme.font(theme.SIZE_CAPTION))
        self.previous = self._button(
            "chevron-up", "Previous match (Shift+Enter)", lambda: self.stepped.emit(-1)
        )
        self.next = self._button("chevron-down", "Next match (Enter)", lambda: self.stepped.emit(1))
        self.close_button = self._button("x", "Close (Escape)", self.closed.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_M, 6, 6, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        for widget in (self.count, self.previous, self.next, self.close_button):
            row.addWidget(widget)
        self.field.textChanged.connect(self.changed)
        self.resize(WIDTH, HEIGHT)
        self.hide()

    def _button(self, icon: str, name: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(icon)
        button.setAccessibleName(name.partition(" (")[0])
        button.setToolTip(name)
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(28, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(act)
        return button

    def begin(self) -> None:
        """Show it; what was looked for last is there to be typed over."""
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def say(self, place: int, total: int, *, complete: bool) -> None:
        """`place` from 1, 0 for none; not `complete`: more may be found."""
        more = "" if complete else "+"
        found = f"{place:,} / {total:,}{more}" if total else ("No match" if complete else "…")
        self.count.setText(found if self.field.text() else "")
        self.count.setAccessibleName(f"Match {place} of {total}" if total else found)
        for button in (self.previous, self.next):
            button.setEnabled(total > 0)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        for name, button in (
            ("chevron-up", self.previous),
            ("chevron-down", self.next),
            ("x", self.close_button),
        ):
            button.setIcon(icons.icon(name, c.muted))
        self.setStyleSheet(
            f"QLineEdit {{ background: transparent; color: {c.text}; border: none;"
            f" selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}"
            f"QLabel {{ color: {c.muted}; background: transparent; }}"
            "QToolButton { background: transparent; border: 2px solid transparent; border-radius: 6px; }"
            f"QToolButton:hover {{ background: {c.selection}; }} QToolButton:focus {{ border-color: {c.accent}; }}"
        )
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self.stepped.emit(-1 if back else 1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        event.accept()  # nothing typed here scrolls the conversation

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        stops = [self.field, *(b for b in (self.previous, self.next, self.close_button) if b.isEnabled())]
        at = next((number for number, one in enumerate(stops) if one.hasFocus()), 0)
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.line), 1))
        painter.setBrush(QColor(self._colours.card))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.end()
