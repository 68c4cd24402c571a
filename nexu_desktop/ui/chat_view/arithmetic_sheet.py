"""A pop-up that redoes the sum of one receipt, as text that can be copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view.characters import visible_code

WIDTH_MAX = 620
LINES_SHOWN = 14


class ArithmeticSheet(QFrame):
    """Closes on Escape or a click outside."""

    def __init__(self, parent: QWidget, lines: Sequence[str], c: theme.Colours) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("arithmetic")
        self.setAccessibleName("The arithmetic of this receipt")
        self.setStyleSheet(
            f"#arithmetic {{ background: {c.card}; border: 1px solid {c.line}; }}"
            f"#sum {{ background: {c.card}; color: {c.text}; border: none; }}"
        )
        self.text = "\n".join(lines)
        self._field = self._sum(lines)
        copy = buttons.plain("Copy", "Copy the arithmetic")
        copy.setStyleSheet(buttons.plain_style(c))
        copy.clicked.connect(self._copy)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_M)
        rows.addWidget(self._field)
        rows.addWidget(copy, 0, Qt.AlignmentFlag.AlignRight)

    def _sum(self, lines: Sequence[str]) -> QPlainTextEdit:
        field = QPlainTextEdit(visible_code(self.text))
        field.setObjectName("sum")
        field.setReadOnly(True)
        field.setTabChangesFocus(True)
        field.setFrameShape(QFrame.Shape.NoFrame)
        field.setFont(theme.code_font(theme.SIZE_CAPTION))
        metrics = QFontMetrics(field.font())
        wide = max((metrics.horizontalAdvance(line) for line in lines), default=0) + 32
        field.setFixedWidth(min(max(wide, 240), WIDTH_MAX))
        wraps = 1 if wide <= WIDTH_MAX else 2
        field.setFixedHeight(min(len(lines) * wraps, LINES_SHOWN) * metrics.lineSpacing() + 20)
        return field

    def open_at(self, place: QPoint) -> None:
        """Below `place` (a point of the screen) where there is room, else above it."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(min(place.x(), room.right() - self.width()), room.left())
        below = place.y() + 4
        fits = below + self.height() <= room.bottom()
        self.move(left, below if fits else max(place.y() - 32 - self.height(), room.top()))
        self.show()
        self._field.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.close()
