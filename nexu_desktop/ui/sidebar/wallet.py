"""The wallet card: what is left, how much of it is held, whose credits they are."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Balance, exact, show_balance, show_cost
from nexu_desktop.ui import theme

CAPTIONS = {
    Lane.SANDBOX: "Play credits",
    Lane.CREDITS: "Nexu credits",
    Lane.BYOK: "Your own key spends no credits",
}


class WalletCard(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("wallet")
        self._title = _label("Balance")
        self._amount = _label("")
        self._unit = _label("credits")
        self._bar = _Bar()
        self._held = _label("")
        self._caption = _label("")
        figure = QHBoxLayout()
        figure.setSpacing(4)
        figure.addWidget(self._amount, 0, Qt.AlignmentFlag.AlignBaseline)
        figure.addWidget(self._unit, 1, Qt.AlignmentFlag.AlignBaseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_M)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(figure)
        column.addWidget(self._bar)
        column.addWidget(self._held)
        column.addWidget(self._caption)
        self._fonts()

    def show_balance(self, lane: Lane, balance: Balance) -> None:
        """Two numbers when something is held; the line of the second always keeps its room."""
        self._amount.setText(show_balance(balance.settled))
        self._amount.setToolTip(f"{exact(balance.settled)} credits")
        self._held.setText(f"{show_cost(balance.held)} held" if balance.held else "Nothing held")
        self._caption.setText(CAPTIONS[lane])
        self._bar.set(balance)
        spoken = f"Balance {show_balance(balance.settled)} credits, {self._held.text()}. {CAPTIONS[lane]}"
        self.setAccessibleName(spoken)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#wallet {{ background: {c.card}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CARD}px; }}"
            f"QLabel {{ color: {c.muted}; background: transparent; border: 0; }}"
        )
        self._amount.setStyleSheet(f"color: {c.text};")
        self._unit.setStyleSheet(f"color: {c.text};")
        self._bar.colours = c
        self._bar.update()

    def _fonts(self) -> None:
        for small in (self._title, self._held, self._caption):
            small.setFont(theme.font(theme.SIZE_CAPTION))
        self._unit.setFont(theme.font(theme.SIZE_CONTROL))
        self._amount.setFont(theme.font(theme.SIZE_DISPLAY, weight=QFont.Weight.DemiBold))


class _Bar(QWidget):
    """Share of the settled balance that is free to spend."""

    def __init__(self) -> None:
        super().__init__()
        self.colours = theme.LIGHT
        self._free = 1.0
        self.setFixedHeight(8)

    def set(self, balance: Balance) -> None:
        self._free = max(balance.available, 0) / balance.settled if balance.settled > 0 else 0.0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, colour in ((1.0, self.colours.track), (self._free, self.colours.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 2, self.width() * share, 4), 2, 2)
        painter.end()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
