"""The line under an answer: what it cost at the left, what can be done with it at the right."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QDateTime, QLocale, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from nexu_desktop.domain.chat import Receipt
from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import theme, tooltips
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.looking import Looking
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.quiet_icon import QuietIcon
from nexu_desktop.ui.chat_view.receipt_words import Piece, Tone, pieces, retry_line, sentence
from nexu_desktop.ui.chat_view.stack import Part

HEIGHT = 28
GAP = 14
FOCUS_LINE = 2
COPIED_MS = 1_500
# What a narrow line does first: which pieces, and whether they go or are said shorter. What a receipt must tell is
# said shorter before any of it goes; the range and how the charge lies to it stand in the tooltip and behind a click.
FOLDING = (
    (2, False), (6, True), (3, False), (5, False), (4, False),
    (5, True), (1, True), (4, True), (3, True), (2, True),
)  # fmt: skip


def time_of_day(finished_ms: int) -> str:
    """Local time in the person's own short form."""
    moment = QDateTime.fromMSecsSinceEpoch(finished_ms)
    return QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)


def folded(line: tuple[Piece, ...], fold: int, *, goes: bool) -> tuple[Piece, ...]:
    if goes:
        return tuple(piece for piece in line if piece.fold != fold)
    return tuple(
        replace(piece, text=piece.short or piece.text) if piece.fold == fold else piece for piece in line
    )


class ReceiptLine(QAbstractButton):
    """Painted pieces; those that matter least are folded away where the line is too long. A click: the sum."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pieces: tuple[Piece, ...] = ()
        self._colours = theme.LIGHT
        self._bold = theme.font(theme.SIZE_CAPTION, weight=QFont.Weight.DemiBold)
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_receipt(self, receipt: Receipt) -> None:
        clock = time_of_day(receipt.finished_ms)
        self._pieces = pieces(receipt, clock)
        said = visible(sentence(receipt, clock))
        self.setAccessibleName(f"Receipt: {said}")
        self.setToolTip(tooltips.literal(f"{said}\nClick for the arithmetic and why."))
        self.update()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def shown(self, width: int) -> tuple[Piece, ...]:
        """The pieces that fit into `width`, the most important ones at least."""
        kept = self._pieces
        for fold, goes in FOLDING:
            if sum(map(self._extent, kept)) - GAP <= width:
                break
            kept = folded(kept, fold, goes=goes)
        return kept

    def sizeHint(self) -> QSize:
        return QSize(sum(map(self._extent, self._pieces)), HEIGHT)

    def _extent(self, piece: Piece) -> int:
        strong = QFontMetrics(self._bold).horizontalAdvance(f"{piece.strong} ") if piece.strong else 0
        return strong + self.fontMetrics().horizontalAdvance(piece.text) + GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, left = QPainter(self), 0
        for piece in self.shown(self.width()):
            extent = self._extent(piece)
            self._paint(painter, piece, QRect(left, 0, extent, self.height()))
            left += extent
        if self.hasFocus():
            # A frame would cross the first digit: the line begins where the text of the answer does.
            box = QRect(0, self.height() - FOCUS_LINE, min(left - GAP, self.width()), FOCUS_LINE)
            painter.fillRect(box, QColor(self._colours.accent))
        painter.end()

    def _paint(self, painter: QPainter, piece: Piece, box: QRect) -> None:
        c = self._colours
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if piece.strong:
            painter.setFont(self._bold)
            painter.setPen(QColor(c.text))
            painter.drawText(box, middle, piece.strong)
            box = box.adjusted(QFontMetrics(self._bold).horizontalAdvance(f"{piece.strong} "), 0, 0, 0)
        tones = {Tone.QUIET: c.muted, Tone.ACCENT: c.accent, Tone.WARNING: c.warning}
        painter.setFont(self.font())
        painter.setPen(
            QColor(c.text if self.underMouse() and piece.tone is Tone.QUIET else tones[piece.tone])
        )
        painter.drawText(box, middle, visible(piece.text))


class ReceiptRow(Part):
    """`retry_wanted`, `copy_wanted`, `arithmetic_wanted`, `more_wanted`: what was pressed.

    `price_wanted`: somebody looks at the button that asks again; `say_price` takes the answer.
    """

    retry_wanted = Signal()
    more_wanted = Signal()
    price_wanted = Signal()
    copy_wanted = Signal()
    arithmetic_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line = ReceiptLine(self)
        self.line.clicked.connect(self.arithmetic_wanted)
        self.copy = QuietButton("Copy", "Copy this answer as markdown")
        self.copy.setParent(self)
        self.copy.clicked.connect(self.copy_wanted)
        self.retry = QuietButton("Regenerate", "Ask again")
        self.retry.setParent(self)
        self.retry.clicked.connect(self.retry_wanted)
        Looking(self.retry).looked.connect(self.price_wanted)
        self.more = QuietIcon("ellipsis", "More for this answer", self)
        self.more.clicked.connect(self.more_wanted)
        self._before = ""

    def set_receipt(self, receipt: Receipt) -> None:
        self.line.set_receipt(receipt)
        self._before = retry_line(receipt)
        self.say_price("Ask again; this costs anew")

    def say_price(self, words: str) -> None:
        """What another answer would cost."""
        self.retry.setToolTip(tooltips.literal(f"{words}. {self._before}"))
        self.retry.setAccessibleDescription(f"{words}. {self._before}")

    def fit(self, width: int) -> int:
        right = width
        for button in (self.more, self.retry, self.copy):
            if not button.isHidden():
                right -= button.width()
                button.move(right, (HEIGHT - button.height()) // 2)
        self.line.setGeometry(0, 0, min(right - GAP, self.line.sizeHint().width()), HEIGHT)
        self.resize(width, HEIGHT)
        return HEIGHT

    def restyle(self, formats: Formats) -> None:
        self.line.apply_theme(formats.colours)
        self.copy.apply_theme(formats.colours)
        self.retry.apply_theme(formats.colours)
        self.more.apply_theme(formats.colours)
