"""A card laid over its window: a click beside it or Escape closes it, and the focus goes back where it was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from nexu_desktop.ui import theme

AROUND, ABOVE = 16, 8  # px to the window's edge, and to what it was opened from
SHADOW = 22  # px


class Layer(QWidget):
    """Covers `parent` while open, so that no shortcut below fires. Children go into `card`."""

    closed = Signal()

    def __init__(self, parent: QWidget, name: str, widest: int) -> None:
        super().__init__(parent)
        self._widest = widest
        self._anchor: QWidget | None = None
        self._came_from: QWidget | None = None
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.card.setAccessibleName(name)
        parent.installEventFilter(self)
        self.hide()

    def open_at(self, anchor: QWidget, focus: QWidget) -> None:
        """Above `anchor` where there is room; `focus` gets the keys."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
        self._anchor = anchor
        self.place()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_layer(self) -> None:
        if self.isVisible():
            self.hide()
            if self._came_from is not None:
                self._came_from.setFocus(Qt.FocusReason.PopupFocusReason)
            self._anchor = self._came_from = None
            self.closed.emit()

    def wanted_height(self, width: int) -> int:
        """Of the card, in pixels; a child says it."""
        return self.card.sizeHint().height()

    def place(self) -> None:
        window, anchor = self.parentWidget(), self._anchor
        if window is None or anchor is None:
            return
        self.setGeometry(window.rect())
        corner = anchor.mapTo(window, QPoint(0, 0))
        width = min(self._widest, window.width() - 2 * AROUND)
        height = min(self.wanted_height(width), window.height() - 2 * AROUND)
        left = max(min(corner.x(), window.width() - width - AROUND), AROUND)
        top = corner.y() - ABOVE - height
        if top < AROUND:
            top = (
                max(window.height() - height - AROUND, AROUND)
                if corner.y() > window.height() // 2
                else AROUND
            )
        self.card.setGeometry(QRect(left, top, width, height))

    def card_style(self, c: theme.Colours) -> str:
        return (
            f"#card {{ background: {c.card}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CARD}px; }}"
        )

    def event(self, event: QEvent) -> bool:
        """Shortcuts of the window below wait until this is closed."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_layer()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        inside = [w for w in self.card.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
        # The line of a spin box hands the focus on to its box: as a stop of its own it would hold Tab there.
        stops = [w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.focusProxy() is None]
        if not stops:
            return True
        here = QApplication.focusWidget()
        at = stops.index(here) if here in stops else -1
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_layer()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft shadow of thin rings; an effect would blur the whole card on every repaint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 2))
        for ring in range(1, SHADOW + 1):
            edge = self.card.geometry().adjusted(-ring, -ring + 6, ring, ring + 6)
            painter.drawRoundedRect(edge, theme.RADIUS_CARD + ring, theme.RADIUS_CARD + ring)
