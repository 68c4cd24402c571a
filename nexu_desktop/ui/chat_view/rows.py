"""One row per message: what a person wrote, what was answered, what the program noted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.chat import Message, Outcome, Receipt, Role
from nexu_desktop.domain.ended import ended_by_limit
from nexu_desktop.domain.errors import Step
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
from nexu_desktop.ui.chat_view.row import BODY, OVER, UNDER, Row
from nexu_desktop.ui.chat_view.small_parts import Coming, Question, Trouble, UnsentMark, Veil, Words
from nexu_desktop.ui.chat_view.stack import Part, unchain
from nexu_desktop.ui.chat_view.summary_row import SummaryRow
from nexu_desktop.ui.chat_view.thoughts import Thoughts
from nexu_desktop.ui.chat_view.wishes import Want

CARD_PAD_X, CARD_PAD_TOP, CARD_PAD_BOTTOM = 14, 11, 7  # the leading of the last line is room as well
CARD_PERCENT = 70
TYPED_CHARS = 8_000  # of what a person pasted; the rest waits behind "Show more"


class Card(Part):
    """What a person wrote, on a soft card at the right that is never wider than its text."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self.body = Body(pool, self, plain=True, limit=TYPED_CHARS)
        self.body.grew.connect(self.grew)
        self.veiled = False
        self._veil = Veil(self)
        self._box = QRectF()
        self._colours = pool.formats.colours
        self._measured = ("", 0, 0, 0)  # text, characters hidden of it, room, and the width it takes

    def fit(self, width: int) -> int:
        inner = self._inner(max(width * CARD_PERCENT // 100 - 2 * CARD_PAD_X, 120))
        height = self.body.fit(inner) + CARD_PAD_TOP + CARD_PAD_BOTTOM
        left = width - inner - 2 * CARD_PAD_X
        self.body.move(left + CARD_PAD_X, CARD_PAD_TOP)
        self._box = QRectF(left, 0, inner + 2 * CARD_PAD_X, height)
        self._veil.cover(self._box.toRect(), lies=self.veiled)
        self.resize(width, height)
        return height

    def _inner(self, most: int) -> int:
        """Laying the text out to see how wide it is happens once per text and room."""
        now = (self.body.text, self.body.hidden_chars, most)
        if self._measured[:3] != now:
            self._measured = (*now, self.body.natural_width(most))
        return self._measured[3]

    def restyle(self, formats: Formats) -> None:
        self._colours = formats.colours
        self._measured = ("", 0, 0, 0)
        self.body.restyle(formats)
        self._veil.restyle(formats)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.panel))
        painter.drawRoundedRect(self._box, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.end()


class UserRow(Row):
    """The files it was sent with, and the words."""

    gap = 0

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(pool, parent)
        self.card = Card(pool, self)
        self._stack.add(self.card, BODY)
        self.foot = QuestionFoot(self)
        self.foot.restyle(pool.formats)
        self.foot.copy_wanted.connect(self.copy)
        self.foot.more_wanted.connect(lambda: self.menu().popup(self.foot.more.mapToGlobal(QPoint(0, SIZE))))
        self.foot.edit_wanted.connect(lambda: self.want(Want.EDIT))
        self.foot.step_wanted.connect(lambda step: self.want(Want.NEXT if step > 0 else Want.PREVIOUS))
        self._stack.add(self.foot, UNDER + 8)
        self.editor: EditBox | None = None
        unchain(self)
        self.setAccessibleName("You")

    @cached_property
    def files(self) -> AttachmentRow:
        return self._made(AttachmentRow(self), OVER)

    @cached_property
    def mark(self) -> UnsentMark:
        mark = self._made(UnsentMark(self, at_right=True), UNDER + 5)
        mark.restore_wanted.connect(self.restore)
        return mark

    def _begin(self, entry: Entry) -> None:
        self.card.body.clear()

    def _fill(self, entry: Entry) -> None:
        if entry.message.attachments or "files" in self.__dict__:
            self.files.show_files(entry.message.attachments)
            unchain(self.files)
        self.card.body.show_text(entry.message.text, final=True)
        self.card.veiled = bool(entry.unsent)
        if entry.unsent or entry.files or "mark" in self.__dict__:
            self._show_mark(self.mark, entry)
        self.foot.show_place(entry.branch)
        self._show_editor(entry.edited)

    def _show_editor(self, text: str | None) -> None:
        """The edit box takes the place of the card; it is made when a question is first edited."""
        self.show_text(text is None)
        self.foot.setVisible(text is None)
        if text is None:
            if self.editor is not None:
                self.take_out(self.editor)
                self.editor = None
        elif self.editor is None:
            editor = self.editor = EditBox(self)
            editor.typed.connect(lambda now: self.want(Want.TYPED, now, editor.say_price))
            editor.sent.connect(lambda now: self.want(Want.RESEND, now))
            editor.cancelled.connect(lambda now: self.want(Want.CANCEL, now))
            editor.set_busy(self.busy)
            self.put(editor, BODY)
            editor.edit(text)

    def release(self) -> None:
        self.editor = None
        super().release()

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.foot.set_busy(busy)
        if self.editor is not None:
            self.editor.set_busy(busy)

    def show_text(self, shown: bool) -> None:
        self.card.setVisible(shown)

    def texts(self, *, hidden: bool = False) -> Iterator[Body]:
        if hidden or not self.card.isHidden():
            yield self.card.body


class NoteRow(Row):
    """Said by the program, small and in the middle."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(pool, parent)
        self._words = Words(self, theme.SIZE_CAPTION, centred=True)
        self._stack.add(self._words, BODY)
        self.setAccessibleName("Note")

    def _fill(self, entry: Entry) -> None:
        self._words.say(entry.message.text)

    def restyle(self, formats: Formats) -> None:
        super().restyle(formats)
        self._words.colour(formats.colours.muted)


class AnswerRow(Row):
    """Thoughts, text, trouble if any, the mark of more to come, and the receipt; most are made when needed."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(pool, parent)
        self.body = Body(pool, self)
        self._stack.add(self.body, BODY)
        unchain(self)
        self.receipt = self._made(ReceiptRow(self), UNDER + 3)
        self.receipt.retry_wanted.connect(self._ask)
        self.receipt.copy_wanted.connect(self.copy)
        self.receipt.arithmetic_wanted.connect(self._arithmetic)
        self.receipt.price_wanted.connect(lambda: self.want(Want.PRICE, say=self.receipt.say_price))
        self.receipt.more_wanted.connect(
            lambda: self.menu().popup(self.receipt.more.mapToGlobal(QPoint(0, SIZE)))
        )
        self._veil = Veil(self)
        self._veil.restyle(pool.formats)
        self._covered = False

    @cached_property
    def thoughts(self) -> Thoughts:
        return self._made(Thoughts(self._pool, self), OVER)

    @cached_property
    def trouble(self) -> Trouble:
        trouble = self._made(Trouble(self), UNDER)
        trouble.retry_wanted.connect(self._retry)
        trouble.step_wanted.connect(self._step)
        trouble.price_wanted.connect(lambda: self.want(Want.PRICE, say=trouble.say_price))
        return trouble

    @cached_property
    def branches(self) -> BranchStrip:
        branches = self._made(BranchStrip(self), UNDER + 3)
        branches.step_wanted.connect(lambda step: self.want(Want.NEXT if step > 0 else Want.PREVIOUS))
        return branches

    @cached_property
    def coming(self) -> Coming:
        return self._made(Coming(self), UNDER + 1)

    @cached_property
    def question(self) -> Question:
        question = self._made(Question(self), UNDER + 4)
        question.agreed.connect(self._retry)
        question.declined.connect(self._leave)
        return question

    @cached_property
    def mark(self) -> UnsentMark:
        mark = self._made(UnsentMark(self), UNDER + 5)
        mark.restore_wanted.connect(self.restore)
        return mark

    def _has(self, name: str) -> bool:
        """Whether that part has been made."""
        return name in self.__dict__

    def _begin(self, entry: Entry) -> None:
        self.body.clear()
        if self._has("question"):
            self.question.hide()
        if entry.message.reasoning or self._has("thoughts"):
            self.thoughts.begin(entry.message)

    def _fill(self, entry: Entry) -> None:
        message = entry.message
        model = message.ref.model if message.ref else ""
        self.setAccessibleName(name_of(message))
        if message.reasoning or self._has("thoughts"):
            self.thoughts.setVisible(bool(message.reasoning))
            self.thoughts.show_message(message)
            self.thoughts.body.place = self.place
        self.body.setVisible(bool(message.text) and not self._covered)
        self.body.show_text(message.text, final=not message.streaming)
        if message.streaming or self._has("coming"):
            self.coming.setVisible(message.streaming)
            waiting = not message.text and not message.reasoning
            self.coming.say(f"Waiting for {model}…" if waiting and model else "")
        self._show_end(entry, message.receipt)
        if entry.unsent or entry.files or self._has("mark"):
            self._show_mark(self.mark, entry)
        if entry.branch is not None or self._has("branches"):
            self.branches.show_place(entry.branch)

    def _show_end(self, entry: Entry, receipt: Receipt | None) -> None:
        title, hint = entry.title, entry.hint
        failed = receipt is not None and receipt.outcome in (Outcome.FAILED, Outcome.CUT, Outcome.REFUSED)
        if receipt is not None and failed and not title:
            title, hint = _two_parts(receipt.error or "No answer came.")
        elif receipt is not None and not title:
            title, hint = ended_by_limit(receipt)
        if title or self._has("trouble"):
            self.trouble.setVisible(bool(title))
            retry, step = (retry_line(receipt), receipt.step) if receipt is not None else ("", Step.NONE)
            self.trouble.say(title, hint, retry, step)
        self.receipt.setVisible(receipt is not None)
        self.receipt.retry.setVisible(not title)
        if receipt is not None:
            self.receipt.set_receipt(receipt)
        elif self._has("question"):
            self.question.hide()
        self.receipt.copy.setVisible(bool(entry.message.text))
        self.set_busy(self.busy)

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        if self._has("branches"):
            self.branches.set_busy(busy)
        self.receipt.retry.setEnabled(not busy)
        if self._has("trouble"):
            self.trouble.retry.setEnabled(not busy)
        if self._has("question"):
            self.question.yes.setEnabled(not busy)

    def show_text(self, shown: bool) -> None:
        self._covered = not shown
        self.body.setVisible(shown and bool(self.body.text))

    def texts(self, *, hidden: bool = False) -> Iterator[Body]:
        if self._has("thoughts") and (hidden or self.thoughts.opened):
            yield self.thoughts.body
        if hidden or not self.body.isHidden():
            yield self.body

    def fit(self, width: int) -> int:
        height = super().fit(width)
        said = height if self.receipt.isHidden() else self.receipt.y()
        self._veil.cover(QRect(0, 0, width, said), lies=bool(self.entry and self.entry.unsent))
        return height

    def restyle(self, formats: Formats) -> None:
        super().restyle(formats)
        self._veil.restyle(formats)

    def line_place(self) -> QPoint:
        return self.receipt.line.mapToGlobal(QPoint(0, self.receipt.line.height()))

    def _ask(self) -> None:
        receipt = self.entry.message.receipt if self.entry else None
        if receipt is not None and retry_is_uncertain(receipt):
            self.question.ask(retry_line(receipt))
        else:
            self._retry()

    def _retry(self) -> None:
        if self._has("question"):
            self.question.hide()
        if self.entry is not None:
            self.retry_wanted.emit(self.entry.message.id)
        self.grew.emit()

    def _step(self) -> None:
        receipt = self.entry.message.receipt if self.entry else None
        if receipt is not None:
            self.step_wanted.emit(receipt.step.value, receipt.ref.provider)

    def _leave(self) -> None:
        self.receipt.retry.setFocus()
        self.question.hide()
        self.grew.emit()


def name_of(message: Message) -> str:
    """Whose words these are, for those who hear them."""
    model = message.ref.model if message.ref else ""
    answer = f"Answer from {model}" if model else "Answer"
    return {Role.USER: "You", Role.SYSTEM: "Summary", Role.NOTE: "Note"}.get(message.role, answer)


def _two_parts(sentence: str) -> tuple[str, str]:
    """A stored error sentence as what happened and what to do."""
    title, stop, hint = sentence.partition(". ")
    return title + stop.strip(), hint


ROW_OF: dict[Role, type[Row]] = {
    Role.USER: UserRow,
    Role.ASSISTANT: AnswerRow,
    Role.SYSTEM: SummaryRow,
    Role.NOTE: NoteRow,
}
