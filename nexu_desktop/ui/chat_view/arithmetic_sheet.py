"""A pop-up on one receipt: why it differs from the estimate, and its sum, as text that can be copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nexu_desktop.markup.characters import visible, visible_code
from nexu_desktop.ui import buttons, theme

WIDTH_MAX, WIDTH_OF_WORDS = 620, 440
LINES_SHOWN = 14


class ArithmeticSheet(QFrame):
    """Closes on Escape or a click outside. `reasons` are sentences, the one that sums them up first."""

    accuracy_wanted = Signal()

    def __init__(
        self, parent: QWidget, lines: Sequence[str], c: theme.Colours, reasons: Sequence[str] = ()
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("arithmetic")
        self.setAccessibleName("The arithmetic of this receipt")
        self.setStyleSheet(
            f"#arithmetic {{ background: {c.card}; border: 1px solid {c.line}; }}"
            f"#sum {{ background: {c.card}; color: {c.text}; border: none; }}"
            f"QLabel {{ color: {c.text}; }}"
        )
        self.text = "\n".join((*reasons, "", *lines) if reasons else lines)
        self._field = self._sum(lines)
        if reasons:
            self._field.setFixedWidth(max(self._field.width(), WIDTH_OF_WORDS))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_M)
        for place, sentence in enumerate(reasons):
            rows.addWidget(self._sentence(sentence, first=not place))
        rows.addWidget(self._field)
        rows.addLayout(self._foot(c))

    def _sentence(self, text: str, *, first: bool) -> QLabel:
        label = QLabel(visible(text))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        weight = QFont.Weight.DemiBold if first else QFont.Weight.Normal
        label.setFont(theme.font(theme.SIZE_CONTROL, weight=weight))
        label.setFixedWidth(self._field.width())
        label.setFixedHeight(label.heightForWidth(self._field.width()))
        return label

    def _foot(self, c: theme.Colours) -> QHBoxLayout:
        accuracy = buttons.link("How good are the estimates?")
        accuracy.setStyleSheet(buttons.link_style(c))
        accuracy.clicked.connect(self._to_accuracy)
        copy = buttons.plain("Copy", "Copy the arithmetic")
        copy.setStyleSheet(buttons.plain_style(c))
        copy.clicked.connect(self._copy)
        foot = QHBoxLayout()
        foot.addWidget(accuracy)
        foot.addStretch(1)
        foot.addWidget(copy)
        return foot

    def _sum(self, lines: Sequence[str]) -> QPlainTextEdit:
        field = QPlainTextEdit(visible_code("\n".join(lines)))
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

    def _to_accuracy(self) -> None:
        self.close()
        self.accuracy_wanted.emit()
