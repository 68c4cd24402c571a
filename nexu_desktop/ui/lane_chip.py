"""Who pays, as a word on a soft ground: one colour for each lane, the same in every part of the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.ui import theme

NAMES = {
    Lane.CREDITS: "Credits",
    Lane.BYOK: "Your key",
    Lane.LOCAL: "Local",
    Lane.SANDBOX: "Sandbox",
}
PROVIDERS = {"openai": "OpenAI", "openrouter": "OpenRouter", "deepseek": "DeepSeek", "nexu": "Nexu"}
HEIGHT, PADDING = 20, 8


def provider_name(provider: str) -> str:
    """The name people know; that of an unknown provider is what it was saved as."""
    return PROVIDERS.get(provider, provider)


def who_pays(ref: ModelRef) -> str:
    """A short phrase: 'paid with credits', 'paid with your OpenAI key', 'play credits'."""
    if ref.lane is Lane.BYOK:
        return f"paid with your {provider_name(ref.provider)} key"
    if ref.lane is Lane.LOCAL:
        return "free, on this machine"
    return "paid with credits" if ref.lane is Lane.CREDITS else "play credits"


def chip_text(ref: ModelRef) -> str:
    """'OpenAI key' beside 'custom key': the same model may be there on several keys."""
    return f"{provider_name(ref.provider)} key" if ref.lane is Lane.BYOK else NAMES[ref.lane]


def lane_colours(lane: Lane, c: theme.Colours) -> tuple[str, str]:
    """Ground and ink."""
    return {
        Lane.CREDITS: (c.accent_soft, c.accent),
        Lane.BYOK: (c.warning_soft, c.warning),
        Lane.LOCAL: (c.panel, c.muted),
        Lane.SANDBOX: (c.selection, c.text),
    }[lane]


def chip_size(text: str) -> QSize:
    metrics = QFontMetrics(theme.font(theme.SIZE_CAPTION))
    return QSize(metrics.horizontalAdvance(text) + 2 * PADDING, HEIGHT)


def widest_chip() -> int:
    """In pixels, of all that `chip_text` can say of the known providers."""
    keys = [f"{name} key" for name in (*PROVIDERS.values(), "custom")]
    return max(chip_size(text).width() for text in (*NAMES.values(), *keys))


def paint_chip(painter: QPainter, rect: QRect, ref: ModelRef, c: theme.Colours, *, ground: str) -> None:
    """Draw the chip into `rect`, which has the size of `chip_size`; never in the colour of its `ground`."""
    fill, ink = lane_colours(ref.lane, c)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(c.card if fill == ground else fill))
    painter.drawRoundedRect(rect, HEIGHT / 2, HEIGHT / 2)
    painter.setPen(QColor(ink))
    painter.setFont(theme.font(theme.SIZE_CAPTION))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chip_text(ref))
    painter.restore()


class LaneChip(QLabel):
    """As wide as the widest of them, so that changing the lane moves nothing."""

    def __init__(self, lane: Lane = Lane.CREDITS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._colours = theme.LIGHT
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setFixedSize(max(chip_size(name).width() for name in NAMES.values()), HEIGHT)
        self.set_lane(lane)

    def lane(self) -> Lane:
        return self._lane

    def set_lane(self, lane: Lane) -> None:
        self._lane = lane
        self.setText(NAMES[lane])
        self.setAccessibleName(NAMES[lane])
        self.apply_theme(self._colours)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        ground, ink = lane_colours(self._lane, c)
        self.setStyleSheet(
            f"QLabel {{ background: {ground}; color: {ink}; border: 0; border-radius: {HEIGHT // 2}px; }}"
        )
