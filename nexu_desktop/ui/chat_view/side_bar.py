"""The thin bar that scrolls one wide block sideways; painted by hand, a styled scroll bar costs more than its block."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QWidget

from nexu_desktop.ui import theme

HEIGHT = 10
HANDLE_MIN = 32


class SideBar(QAbstractSlider):
    """The arrow keys move it while it has the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self._grip = 0
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Scroll this block sideways")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSingleStep(40)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def reach(self, most: int, room: int) -> None:
        """How far it goes, and how much is seen at once, in pixels."""
        self.setRange(0, most)
        self.setPageStep(room)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def _handle(self) -> QRectF:
        whole = self.maximum() + self.pageStep()
        width = max(self.width() * self.pageStep() // max(whole, 1), HANDLE_MIN)
        left = (self.width() - width) * self.value() / max(self.maximum(), 1)
        return QRectF(left, 2, width, HEIGHT - 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle, x = self._handle(), int(event.position().x())
        inside = handle.left() <= x <= handle.right()
        self._grip = x - int(handle.left()) if inside else int(handle.width()) // 2
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            free = max(self.width() - int(self._handle().width()), 1)
            self.setValue((int(event.position().x()) - self._grip) * self.maximum() // free)

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        super().sliderChange(change)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c, painter = self._colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = (
            c.accent if self.hasFocus() else c.faint if self.underMouse() or self.isSliderDown() else c.line
        )
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(self._handle(), 3, 3)
        painter.end()
