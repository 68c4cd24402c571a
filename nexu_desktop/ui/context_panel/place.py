"""Where the inspector lies: beside the chat while there is room for both, else over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.context_panel.panel import ContextPanel

WIDTH, FLOATING_WIDTH = 376, 440
CHAT_LEAST = 620  # what the chat and the composer need beside it
AROUND, SHADOW = 16, 22


class Ground(QWidget):
    """Covers the window under a floating panel; a click beside the panel is `clicked_beside`."""

    clicked_beside = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.hide()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        inside = [one for one in self.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
        stops = [one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        here = self.window().focusWidget()
        if stops:
            at = stops.index(here) if here in stops else -1
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked_beside.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft shadow of thin rings; an effect would blur the whole list on every repaint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 2))
        for child in self.findChildren(ContextPanel, options=Qt.FindChildOption.FindDirectChildrenOnly):
            for ring in range(1, SHADOW + 1):
                edge = child.geometry().adjusted(-ring, -ring + 6, ring, ring + 6)
                painter.drawRoundedRect(edge, theme.RADIUS_CARD + ring, theme.RADIUS_CARD + ring)
        painter.end()


class ContextPlace(QObject):
    """`column` is the chat's column, `row` the layout it lies in. `opened`: fill the panel now."""

    opened = Signal()

    def __init__(self, panel: ContextPanel, window: QWidget, column: QWidget, row: QHBoxLayout) -> None:
        super().__init__(window)
        self._panel, self._window, self._column, self._row = panel, window, column, row
        self._came_from: QWidget | None = None
        # A layout that is just being carried out must not be changed: that crashes.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._again)
        self._ground = Ground(window)
        self._ground.clicked_beside.connect(self.close)
        panel.hide()
        panel.closed.connect(self.close)
        for watched in (window, column):
            watched.installEventFilter(self)

    @property
    def panel(self) -> ContextPanel:
        return self._panel

    @property
    def is_open(self) -> bool:
        return not self._panel.isHidden() and self._panel.parentWidget() is not None

    @property
    def floating(self) -> bool:
        return self._panel.parentWidget() is self._ground

    def toggle(self) -> None:
        self.close() if self.is_open else self.open()

    def open(self) -> None:
        self._came_from = QApplication.focusWidget()
        self.opened.emit()
        self._put(floats=self._is_narrow())
        self._panel.focus_list()

    def close(self) -> None:
        """What is being edited is kept; the focus goes back to where it was."""
        if not self.is_open:
            return
        self._panel.system.keep()
        self._panel.hide()
        self._ground.hide()
        if self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus(Qt.FocusReason.PopupFocusReason)
        self._came_from = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.is_open:
            self._later.start()
        return super().eventFilter(watched, event)

    def _again(self) -> None:
        if not self.is_open:
            return
        narrow = self._is_narrow()
        if narrow == self.floating:
            self._fit()
            return
        had_focus = self._panel.isAncestorOf(QApplication.focusWidget() or self._window)
        self._put(floats=narrow)
        if had_focus:
            self._panel.focus_list()

    def _is_narrow(self) -> bool:
        docked = self.is_open and not self.floating
        room = self._column.width() + (self._panel.width() if docked else 0)
        return room - WIDTH < CHAT_LEAST

    def _put(self, *, floats: bool) -> None:
        panel = self._panel
        panel.setProperty("floating", floats)
        if floats:
            self._row.removeWidget(panel)
            panel.setParent(self._ground)
            panel.setMinimumWidth(0)
        else:
            self._ground.hide()
            self._row.addWidget(panel)
            panel.setFixedWidth(WIDTH)
        panel.style().unpolish(panel)
        panel.style().polish(panel)
        self._fit()
        panel.show()
        self._ground.setVisible(floats)
        self._ground.raise_()

    def _fit(self) -> None:
        if not self.floating:
            return
        self._ground.setGeometry(self._window.rect())
        inner = self._ground.rect().adjusted(AROUND, AROUND, -AROUND, -AROUND)
        width = min(FLOATING_WIDTH, inner.width())
        self._panel.setFixedWidth(width)
        self._panel.setGeometry(QRect(inner.right() - width + 1, inner.top(), width, inner.height()))
        self._ground.update()
