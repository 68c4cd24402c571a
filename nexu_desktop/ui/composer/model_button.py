"""The chosen model, its rate and its lane as one button that opens the picker."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy

from nexu_desktop.domain.chat import Lane
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import icons, theme, tooltips
from nexu_desktop.ui.lane_chip import NAMES, LaneChip

HEIGHT, ICON = 34, 14
NAME_MOST, NAME_LEAST = 280, 64


def rate_text(offer: Offer) -> str:
    """'1.00x', 'rate unknown' on credits, nothing on an own key: there the draft's price says it."""
    if offer.published is not None:
        return f"{offer.published.rate}x"
    return "" if offer.sendable else "rate unknown"


class ModelButton(QPushButton):
    def __init__(self) -> None:
        super().__init__()
        self._full_name = "Pick a model"
        self.setObjectName("model")
        self.setAccessibleName("Pick a model")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.name = _label(theme.font(theme.SIZE_CONTROL))
        self.rate = _label(theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold))
        self.chip = LaneChip(Lane.SANDBOX)
        self.chip.setVisible(False)
        self.chevron = _label(theme.font(theme.SIZE_CAPTION))
        self.chevron.setFixedWidth(ICON)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_M, 0, 10, 0)
        row.setSpacing(theme.GAP_S)
        for part in (self.name, self.rate, self.chip, self.chevron):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part, 1 if part is self.name else 0)
        self.name.setText(self._full_name)

    def set_offer(self, offer: Offer) -> None:
        rate = rate_text(offer)
        self._full_name = offer.ref.model
        self.rate.setText(rate)
        self.rate.setVisible(bool(rate))
        self.chip.set_lane(offer.ref.lane)
        self.chip.setVisible(True)
        said = ", ".join(part for part in (offer.ref.model, rate, NAMES[offer.ref.lane]) if part)
        self.setAccessibleName(f"Model: {said}. Pick another model")
        self.setToolTip(tooltips.literal(f"{said}\nPick another model"))
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._rest() + min(self._name_width(), NAME_MOST), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._rest() + min(self._name_width(), NAME_LEAST), HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#model {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {HEIGHT // 2}px; }}"
            f"#model:hover {{ background: {c.panel}; }}"
            f"#model:focus {{ border: 2px solid {c.accent}; }}"
        )
        self.name.setStyleSheet(f"QLabel {{ color: {c.text}; background: transparent; }}")
        self.rate.setStyleSheet(f"QLabel {{ color: {c.accent}; background: transparent; }}")
        self.chevron.setStyleSheet("QLabel { background: transparent; }")
        self.chevron.setPixmap(icons.pixmap("chevron-down", c.muted, ICON))
        self.chip.apply_theme(c)

    def _name_width(self) -> int:
        return self.name.fontMetrics().horizontalAdvance(self._full_name) + 2

    def _rest(self) -> int:
        """Everything but the name: margins, gaps, rate, chip, chevron."""
        parts = [part for part in (self.rate, self.chip) if not part.isHidden()]
        widths = sum(part.sizeHint().width() if part is self.rate else part.width() for part in parts)
        return theme.GAP_M + 10 + widths + ICON + theme.GAP_S * (len(parts) + 1)

    def _elide(self) -> None:
        room = max(min(self.width() - self._rest(), NAME_MOST), NAME_LEAST)
        mode = Qt.TextElideMode.ElideMiddle
        self.name.setText(self.name.fontMetrics().elidedText(self._full_name, mode, room))


def _label(font: QFont) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font)
    label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
    return label
