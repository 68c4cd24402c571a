"""The estimate under the draft: likely cost, bar, range, tokens, what is left; folds when it gets narrow."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import buttons, theme, tooltips
from nexu_desktop.ui.composer.cost_bar import HEIGHT, NARROWEST, WIDEST, CostBar
from nexu_desktop.ui.composer.wording import PENDING, Words, words

STRIP_HEIGHT, PADDING = 40, 16


class MeterStrip(QWidget):
    """Places its fields itself: which ones fit is a question of width, not of a layout."""

    cheaper_requested = Signal()
    pick_requested = Signal()
    details_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Words()
        self._colours = theme.LIGHT
        self.setObjectName("strip")
        self.setAccessibleName("Estimate")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.figure = Field(self, "0.00", theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold))
        self.unit = Field(self, "credits likely")
        self.bar = CostBar(self)
        self.link = buttons.link("A cheaper model")
        self.link.setParent(self)
        self.span = Field(self, "0.00 to 0.00, at most 0.00")
        self.tokens = Field(self, "0,000 in, about 0,000 out")
        self.leaves = Field(
            self, "leaves 000.00", theme.font(theme.SIZE_CAPTION, weight=QFont.Weight.DemiBold)
        )
        for field in (self.tokens, self.leaves):
            field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.link.clicked.connect(self._go)
        self._say(Words())

    def show_estimate(self, offer: Offer | None, estimate: Estimate | None, *, empty: bool) -> None:
        said = words(offer, estimate, empty=empty)
        if said != self._words:
            self._say(said)

    def sentence(self) -> str:
        """The whole estimate for ears and tooltips."""
        return self._words.sentence

    def words(self) -> Words:
        return self._words

    def sizeHint(self) -> QSize:
        return QSize(WIDEST, STRIP_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, STRIP_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.details_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.details_requested.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring of the focus; the fields paint themselves."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._colours.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 6, 6)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        said = self._words
        self.bar.apply_theme(c)
        self.link.setStyleSheet(buttons.link_style(c))
        self.figure.colour(c.warning if said.reached or (said.warning and not said.band) else c.text)
        self.unit.colour(c.muted)
        self.span.colour(c.warning if said.warning and said.band else c.muted)
        self.tokens.colour(c.muted)
        self.leaves.colour(c.text)

    def _say(self, said: Words) -> None:
        recolour = _coloured(said) != _coloured(self._words)
        self._words = said
        self.figure.say(said.figure)
        self.unit.say(said.unit)
        self.span.say(said.span)
        self.tokens.say(said.tokens)
        self.leaves.say(said.leaves)
        self.bar.set_band(said.band, reached=said.reached)
        self.link.setText(said.link)
        self.link.setAccessibleName(said.link)
        self.setAccessibleDescription(said.sentence)
        self.setToolTip(tooltips.literal(said.exactly))
        if recolour:
            self.apply_theme(self._colours)
        self._arrange()

    def _arrange(self) -> None:
        """Left to right; the first to give way are the tokens, then the bar, then the range."""
        shown = self._fitting(self.width() - 2 * PADDING)
        x, right, baseline_shift = PADDING, self.width() - PADDING, 1
        for field in (self.leaves, self.tokens):
            field.setVisible(field in shown)
            if field in shown:
                field.setGeometry(right - field.wanted(), baseline_shift, field.wanted(), self.height() - 1)
                right -= field.wanted() + theme.GAP_L
        for part in (self.figure, self.unit, self.bar, self.link, self.span):
            part.setVisible(part in shown)
            if part in shown:
                width = min(self._width(part, shown), max(right - x, 0))
                part.setGeometry(self._spot(part, x, width, baseline_shift))
                x += width + (theme.GAP_S - 2 if part is self.figure else theme.GAP_L)

    def _spot(self, part: QWidget, x: int, width: int, shift: int) -> QRect:
        if part is self.bar:
            return QRect(x, (self.height() - HEIGHT) // 2, width, HEIGHT)
        if part is self.link:
            return QRect(x, 6, width, self.height() - 12)
        return QRect(x, shift, width, self.height() - 1)

    def _fitting(self, room: int) -> list[QWidget]:
        said = self._words
        present: list[tuple[QWidget, bool]] = [
            (self.figure, bool(said.figure)),
            (self.unit, bool(said.unit)),
            (self.bar, bool(said.span) and not said.link),
            (self.link, bool(said.link)),
            (self.span, bool(said.span)),
            (self.tokens, bool(said.tokens)),
            (self.leaves, bool(said.leaves)),
        ]
        shown = [part for part, wanted in present if wanted]
        needed_most = self.span if said.warning and not said.link else self.figure
        for part in (self.tokens, self.bar, self.span, self.leaves, self.unit):
            if self._needed(shown) <= room:
                break
            if part in shown and part is not needed_most:
                shown.remove(part)
        lone_bar = [*shown, self.bar] if said.band and self.bar not in shown else shown
        return lone_bar if self._needed(lone_bar) <= room else shown

    def _needed(self, shown: list[QWidget]) -> int:
        gaps = theme.GAP_L * max(len(shown) - 1, 0)
        return sum(self._least(part) for part in shown) + gaps

    def _least(self, part: QWidget) -> int:
        if isinstance(part, Field):
            return part.wanted()
        return NARROWEST if part is self.bar else part.sizeHint().width()

    def _width(self, part: QWidget, shown: list[QWidget]) -> int:
        if part is not self.bar:
            return self._least(part)
        spare = self.width() - 2 * PADDING - self._needed(shown)
        return NARROWEST + max(min(spare, WIDEST - NARROWEST), 0)

    def _go(self) -> None:
        (self.cheaper_requested if self._words.wants == "cheaper" else self.pick_requested).emit()


class Field(QLabel):
    """A figure whose place only ever grows: digits change, neighbours stay where they are.

    Texts of one kind (the same words around the figures) share a width; `~` takes that of the text before it.
    """

    def __init__(self, parent: QWidget, widest: str, font: QFont | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font or theme.font(theme.SIZE_CAPTION))
        self._kind = _kind(widest)
        self._widths = {self._kind: self.fontMetrics().horizontalAdvance(widest)}

    def say(self, text: str) -> None:
        if text and PENDING not in text:
            self._kind = _kind(text)
        needed = self.fontMetrics().horizontalAdvance(text)
        self._widths[self._kind] = max(self._widths.get(self._kind, 0), needed)
        self.setText(text)

    def wanted(self) -> int:
        return self._widths[self._kind] + 2

    def colour(self, ink: str) -> None:
        self.setStyleSheet(f"QLabel {{ color: {ink}; background: transparent; }}")


def _coloured(said: Words) -> tuple[bool, bool, bool]:
    """What the colours depend on."""
    return said.warning, said.reached, said.band is None


def _kind(text: str) -> str:
    """The words of a text without its figures: '2,140 in, about 900 out' -> 'in, about out'."""
    return " ".join(word for word in text.split() if not any(map(str.isdigit, word)))
