"""One row per message: what a person wrote, what was answered, what the program noted."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.chat import Outcome, Receipt, Role
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.attachment_row import AttachmentRow
from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.branch_strip import BranchStrip
from nexu_desktop.ui.chat_view.edit_box import EditBox
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.question_foot import QuestionFoot
from nexu_desktop.ui.chat_view.quiet_icon import SIZE
from nexu_desktop.ui.chat_view.receipt_row import ReceiptRow
from nexu_desktop.ui.chat_view.receipt_words import retry_is_uncertain, retry_line
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.small_parts import Coming, Question, Trouble, UnsentMark, Veil, Words
from nexu_desktop.ui.chat_view.stack import Stack
from nexu_desktop.ui.chat_view.summary_row import SummaryRow
from nexu_desktop.ui.chat_view.thoughts import Thoughts
from nexu_desktop.ui.chat_view.wishes import Want

CARD_PAD_X, CARD_PAD_TOP, CARD_PAD_BOTTOM = 14, 11, 7  # the leading of the last line is room as well
CARD_PERCENT = 70
TYPED_CHARS = 8_000  # of what a person pasted; the rest waits behind "Show more"


class UserRow(Row):
    """A soft card at the right, never wider than its text."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self._body = Body(pool, self, plain=True, limit=TYPED_CHARS)
        self._body.grew.connect(self.grew)
        self._card = QRectF()
        self._colours = pool.formats.colours
        self._veil = Veil(self)
        self.files = AttachmentRow(self)
        self.mark = UnsentMark(self, at_right=True)
        self.mark.restore_wanted.connect(self.restore)
        self.foot = QuestionFoot(self)
        self.foot.copy_wanted.connect(self.copy)
        self.foot.more_wanted.connect(lambda: self.menu().popup(self.foot.more.mapToGlobal(QPoint(0, SIZE))))
        self.foot.edit_wanted.connect(lambda: self.want(Want.EDIT))
        self.foot.step_wanted.connect(lambda step: self.want(Want.NEXT if step > 0 else Want.PREVIOUS))
        self.editor: EditBox | None = None
        self.setAccessibleName("You")

    def show_entry(self, entry: Entry) -> None:
        super().show_entry(entry)
        self.files.show_files(entry.message.attachments)
        self._body.show_text(entry.message.text, final=True)
        self._show_mark(self.mark, entry)
        self.foot.show_place(entry.branch)
        self._show_editor(entry.edited)

    def _show_editor(self, text: str | None) -> None:
        """The edit box takes the place of the card; it is made when a question is first edited."""
        self._body.setVisible(text is None)
        self.foot.setVisible(text is None)
        if text is None:
            if self.editor is not None:
                self.editor.deleteLater()
                self.editor = None
        elif self.editor is None:
            editor = self.editor = EditBox(self)
            editor.restyle(Formats(self._colours))
            editor.typed.connect(lambda now: self.want(Want.TYPED, now, editor.say_price))
            editor.sent.connect(lambda now: self.want(Want.RESEND, now))
            editor.cancelled.connect(lambda now: self.want(Want.CANCEL, now))
            editor.grew.connect(self.grew)
            editor.set_busy(self.busy)
            editor.show()
            editor.edit(text)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.foot.set_busy(busy)
        if self.editor is not None:
            self.editor.set_busy(busy)

    def fit(self, width: int) -> int:
        if self.editor is not None:
            return self._fit_editor(width, self.editor)
        most = max(width * CARD_PERCENT // 100 - 2 * CARD_PAD_X, 120)
        inner = self._body.natural_width(most)
        height = self._body.fit(inner) + CARD_PAD_TOP + CARD_PAD_BOTTOM
        left = width - inner - 2 * CARD_PAD_X
        top = self.files.fit(width) + theme.GAP_S if self.files.chips else 0
        self._body.move(left + CARD_PAD_X, top + CARD_PAD_TOP)
        self._card = QRectF(left, top, inner + 2 * CARD_PAD_X, height)
        height += top
        self._veil.cover(self._card.toRect(), lies=bool(self.entry and self.entry.unsent))
        if not self.mark.isHidden():
            self.mark.move(0, height)
            height += self.mark.fit(width)
        self.foot.move(0, height)
        height += self.foot.fit(width)
        self.resize(width, height)
        return height

    def _fit_editor(self, width: int, editor: EditBox) -> int:
        top = self.files.fit(width) + theme.GAP_S if self.files.chips else 0
        self._card = QRectF()
        self._veil.cover(QRect(), lies=False)
        self.mark.hide()
        editor.move(0, top)
        height = top + editor.fit(width)
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._colours = formats.colours
        for part in (self.files, self._body, self._veil, self.mark, self.foot):
            part.restyle(formats)
        if self.editor is not None:
            self.editor.restyle(formats)

    def selected(self) -> str:
        return self._body.selected()

    def release(self) -> None:
        self._body.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.panel))
        painter.drawRoundedRect(self._card, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.end()


class NoteRow(Row):
    """Said by the program, small and in the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = Words(self, theme.SIZE_CAPTION, centred=True)

    def show_entry(self, entry: Entry) -> None:
        super().show_entry(entry)
        self._words.say(entry.message.text)

    def fit(self, width: int) -> int:
        height = self._words.fit(width)
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._words.colour(formats.colours.muted)


class AnswerRow(Row):
    """Thoughts, text, trouble if any, the mark of more to come, and the receipt."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = Stack(self, gap=2)
        self._stack.grew.connect(self.grew)
        self.thoughts = Thoughts(pool, self)
        self.body = Body(pool, self)
        self.trouble = Trouble(self)
        self.coming = Coming(self)
        self.receipt = ReceiptRow(self)
        self.branches = BranchStrip(self)
        self.question = Question(self)
        self.mark = UnsentMark(self)
        texts = (self.thoughts, self.body, self.trouble, self.coming)
        for part in (*texts, self.receipt, self.branches, self.question, self.mark):
            self._stack.add(part)
            part.hide()
        self._veil = Veil(self)
        self._connect()

    def _connect(self) -> None:
        self.trouble.retry_wanted.connect(self._retry)
        self.receipt.retry_wanted.connect(self._ask)
        self.receipt.copy_wanted.connect(self.copy)
        self.receipt.arithmetic_wanted.connect(self._arithmetic)
        self.trouble.price_wanted.connect(lambda: self.want(Want.PRICE, say=self.trouble.say_price))
        self.receipt.price_wanted.connect(lambda: self.want(Want.PRICE, say=self.receipt.say_price))
        self.receipt.more_wanted.connect(
            lambda: self.menu().popup(self.receipt.more.mapToGlobal(QPoint(0, SIZE)))
        )
        self.branches.step_wanted.connect(lambda step: self.want(Want.NEXT if step > 0 else Want.PREVIOUS))
        self.question.agreed.connect(self._retry)
        self.question.declined.connect(self._leave)
        self.mark.restore_wanted.connect(self.restore)

    def show_entry(self, entry: Entry) -> None:
        super().show_entry(entry)
        message = entry.message
        model = message.ref.model if message.ref else ""
        self.setAccessibleName(f"Answer from {model}" if model else "Answer")
        self.thoughts.setVisible(bool(message.reasoning))
        self.thoughts.show_message(message)
        self.body.setVisible(bool(message.text))
        self.body.show_text(message.text, final=not message.streaming)
        self.coming.setVisible(message.streaming)
        waiting = not message.text and not message.reasoning
        self.coming.say(f"Waiting for {model}…" if waiting and model else "")
        self._show_end(entry, message.receipt)
        self._show_mark(self.mark, entry)
        self.branches.show_place(entry.branch)

    def _show_end(self, entry: Entry, receipt: Receipt | None) -> None:
        title, hint = entry.title, entry.hint
        failed = receipt is not None and receipt.outcome in (Outcome.FAILED, Outcome.CUT, Outcome.REFUSED)
        if receipt is not None and failed and not title:
            title, hint = _two_parts(receipt.error or "No answer came.")
        self.trouble.setVisible(bool(title))
        self.receipt.setVisible(receipt is not None)
        self.receipt.retry.setVisible(not title)
        if receipt is None:
            self.question.hide()
            self.trouble.say(title, hint, "")
            return
        self.trouble.say(title, hint, retry_line(receipt))
        self.receipt.set_receipt(receipt)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.branches.set_busy(busy)
        self.receipt.retry.setEnabled(not busy)
        self.trouble.retry.setEnabled(not busy)
        self.question.yes.setEnabled(not busy)

    def fit(self, width: int) -> int:
        height = self._stack.fit(width)
        said = height if self.receipt.isHidden() else self.receipt.y()
        self._veil.cover(QRect(0, 0, width, said), lies=bool(self.entry and self.entry.unsent))
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._stack.restyle(formats)
        self._veil.restyle(formats)

    def selected(self) -> str:
        return "\n".join(filter(None, (self.thoughts.body.selected(), self.body.selected())))

    def release(self) -> None:
        self.body.clear()
        self.thoughts.body.clear()

    def line_place(self) -> QPoint:
        """Where a pop-up about the receipt begins, on the screen."""
        return self.receipt.line.mapToGlobal(QPoint(0, self.receipt.line.height()))

    def _ask(self) -> None:
        receipt = self.entry.message.receipt if self.entry else None
        if receipt is not None and retry_is_uncertain(receipt):
            self.question.ask(retry_line(receipt))
        else:
            self._retry()

    def _retry(self) -> None:
        self.question.hide()
        if self.entry is not None:
            self.retry_wanted.emit(self.entry.message.id)
        self.grew.emit()

    def _leave(self) -> None:
        self.receipt.retry.setFocus()
        self.question.hide()
        self.grew.emit()

    def _arithmetic(self) -> None:
        if self.entry is not None and self.entry.message.receipt is not None:
            self.arithmetic_wanted.emit(self.entry.message.receipt.attempt)


def _two_parts(sentence: str) -> tuple[str, str]:
    """A stored error sentence as what happened and what to do."""
    title, stop, hint = sentence.partition(". ")
    return title + stop.strip(), hint


def row_for(entry: Entry, pool: Pool, parent: QWidget) -> Row:
    """The row widget for this message, filled and coloured."""
    row: Row
    match entry.message.role:
        case Role.USER:
            row = UserRow(pool, parent)
        case Role.ASSISTANT:
            row = AnswerRow(pool, parent)
        case Role.SYSTEM:
            row = SummaryRow(pool, parent)
        case Role.NOTE:
            row = NoteRow(parent)
    row.restyle(pool.formats)
    row.show_entry(entry)
    return row
