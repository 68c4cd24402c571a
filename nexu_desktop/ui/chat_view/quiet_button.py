"""A word that can be pressed: muted, no frame, a focus ring, as wide as its widest word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from nexu_desktop.ui import theme


class QuietButton(QAbstractButton):
    """Painted by hand: a style sheet would cost more than the rest of a code card."""

    def __init__(self, text: str, name: str, *, widest: str = "", checkable: bool = False) -> None:
        super().__init__()
        self._colours = theme.LIGHT
        self.setText(text)
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        metrics = QFontMetrics(self.font())
        self.setFixedSize(max(map(metrics.horizontalAdvance, (text, widest))) + 16, 24)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, box = QPainter(self), self.rect().toRectF().adjusted(1, 1, -1, -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = self.underMouse() and self.isEnabled()
        painter.setPen(QPen(QColor(self._colours.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.selection) if hovered else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        self.paint_face(painter, self._ink(hovered))
        painter.end()

    def paint_face(self, painter: QPainter, ink: str) -> None:
        """What stands on the ground, in the colour of its state."""
        painter.setPen(QColor(ink))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _ink(self, hovered: bool) -> str:
        c = self._colours
        if not self.isEnabled():
            return c.faint
        return c.accent if self.isChecked() else c.text if hovered else c.muted
