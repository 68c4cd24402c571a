"""The card a message is written in: the draft, the model, who pays, Send or Stop, and the estimate below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import theme
from nexu_desktop.ui.buttons import IconButton
from nexu_desktop.ui.composer.assistant_button import AssistantButton
from nexu_desktop.ui.composer.attachments import Attachments
from nexu_desktop.ui.composer.card import Card
from nexu_desktop.ui.composer.incoming import FileDrop
from nexu_desktop.ui.composer.meter_strip import MeterStrip
from nexu_desktop.ui.composer.model_button import ModelButton
from nexu_desktop.ui.composer.offer_line import OfferLine
from nexu_desktop.ui.composer.send_button import SendButton
from nexu_desktop.ui.composer.written import Written
from nexu_desktop.ui.lane_chip import who_pays

WINDOW_SHARE = 3  # the draft grows to a third of the window
LEAST_WIDTH = 380
PAYER_FROM = 580  # px: below, the chip on the model button says it alone
ASSISTANT_FROM = 700  # px: below, its icon alone


class Composer(Card):
    """`draft_changed` follows the person's edits only, not `set_draft`. `may_leave` can keep a draft here."""

    send_requested = Signal(str)
    stop_requested = Signal()
    draft_changed = Signal(object)  # a str as it is: 5 MB through Signal(str) take 24 ms
    pick_model_requested = Signal()
    cheaper_requested = Signal()
    attach_requested = Signal()
    offer_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: Offer | None = None
        self._estimate: Estimate | None = None
        self._streaming = False
        self.may_leave: Callable[[str], bool] = lambda draft: True
        self._stale = True
        self.setMaximumWidth(theme.READING_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.written = Written(self)
        self.field, self.long_text = self.written.field, self.written.long_text
        self.attachments = Attachments()
        self.file_drop = FileDrop(self)
        self.offer_line = OfferLine()
        self.attach_button = IconButton("paperclip", "Attach files")
        self.assistant_button = AssistantButton()
        self.model_button = ModelButton()
        self.payer = _caption()
        self.send_button = SendButton()
        self.strip = MeterStrip()
        self._line = QFrame()
        self._arrange()
        self._connect()
        self._refresh()

    # --- what the window sets ---

    def set_offer(self, offer: Offer) -> None:
        """Another model: its estimate is pending until `set_estimate`."""
        self._offer = offer
        if self._estimate is not None and self._estimate.ref != offer.ref:
            self._estimate = None
        self.model_button.set_offer(offer)
        self.attachments.set_offer(offer)
        payer = who_pays(offer.ref)
        self.payer.setText(payer[0].upper() + payer[1:])
        self._refresh()
        self.offer_changed.emit()

    def set_estimate(self, estimate: Estimate | None) -> None:
        """None while it is being counted."""
        self._estimate = estimate
        self._refresh()

    def estimate(self) -> Estimate | None:
        """As it is shown; None while it is being counted."""
        return self._estimate

    def set_streaming(self, streaming: bool) -> None:
        self._streaming = streaming
        self._escape.setEnabled(streaming)
        self._refresh()

    def draft(self) -> str:
        return self.written.text()

    def set_draft(self, text: str) -> None:
        """Show the draft of another conversation, or give one back; the same text changes nothing."""
        if text != self.draft():
            self.written.set_text(text)
            self._refresh()

    def show_draft(self, cid: str, text: str) -> None:
        """The draft of another conversation, with the undo history it has had in this session."""
        self.offer_line.withdraw()
        self.written.show(cid, text)
        self._refresh()

    def replace_draft(self, text: str) -> None:
        """As the person's own edit, which Undo takes back."""
        self.written.replace(text)
        self.focus_input()

    def put_prompt(self, opened_by: str, text: str) -> None:
        """In place of the key that opened the menu, else at the cursor."""
        if self.draft() in ("", opened_by):
            self.replace_draft(text)
        else:
            self.written.paste(text)
            self.focus_input()

    def add_above(self, widget: QWidget) -> None:
        """A part of the card that is made when it is first wanted, between its files and the draft."""
        self._top.insertWidget(self._top.indexOf(self.field), widget)

    def restore(self, text: str) -> None:
        """Give a refused draft back without losing what was typed since."""
        since = self.draft()
        self.written.give_back(f"{text}\n\n{since}" if since and since != text else text)
        self._refresh()
        self.focus_input()

    def focus_input(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply_theme(self, c: theme.Colours) -> None:
        self.colours = c
        self.field.set_colours(c.card, c)
        self.payer.setStyleSheet(f"QLabel {{ color: {c.muted}; background: transparent; }}")
        self._line.setStyleSheet(f"QFrame {{ background: {c.line}; border: 0; }}")
        for part in (
            self.offer_line,
            self.attachments,
            self.long_text,
            self.attach_button,
            self.assistant_button,
            self.model_button,
            self.send_button,
            self.strip,
        ):
            part.apply_theme(c)
        self.update()

    # --- what the person does ---

    def refusal(self) -> str:
        """Why Send does nothing now, as one sentence; empty when it does."""
        if self._offer is None:
            return "Pick a model first."
        if not self._offer.sendable:
            return "The rate of this model is unknown, so it can't be sent on credits. Pick another model."
        if self._empty():
            return "Write a message first."
        if self.attachments.refusal():
            return self.attachments.refusal()
        estimate = self._estimate
        if estimate is not None and (estimate.over_context or estimate.shortfall):
            return self.strip.sentence() + f" {self.strip.words().link}, or a shorter message, would do."
        return ""

    def submit(self) -> bool:
        """Send what is written, without asking `may_leave`; whether it left."""
        if self._streaming or self.refusal():
            return False
        draft = self.written.take()
        self.offer_line.withdraw()
        self._changed()
        self.send_requested.emit(draft)
        return True

    def _send(self) -> bool:
        wanted = not self._streaming and not self.refusal()
        return wanted and self.may_leave(self.draft()) and self.submit()

    def _press(self) -> None:
        if self._streaming:
            self.stop_requested.emit()
        elif self._send():
            self.focus_input()

    def _changed(self) -> None:
        """Whoever prices the draft draws it with the new figures; else it is drawn here."""
        self._stale = True
        self.draft_changed.emit(self.draft())
        if self._stale:
            self._refresh()

    def _empty(self) -> bool:
        return not self.draft() or self.draft().isspace()

    # --- drawing ---

    def _refresh(self) -> None:
        self._stale = False
        empty = self._empty() and not self.attachments.chips
        self.strip.show_estimate(self._offer, self._estimate, empty=empty)
        self.field.setAccessibleDescription(self.strip.sentence())
        if self._streaming:
            self.send_button.show_stop()
        else:
            payer = who_pays(self._offer.ref) if self._offer else "no model picked"
            self.send_button.show_send(payer, self.refusal())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._cap()

    def minimumSizeHint(self) -> QSize:
        """Without the payer, which gives way when it gets narrow."""
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.window():
            self._cap()
        elif watched is self.field and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.light(self.field.hasFocus())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.payer.setVisible(self.width() >= PAYER_FROM)
        self.assistant_button.set_narrow(self.width() < ASSISTANT_FROM)

    def _hover(self, over: bool) -> None:
        self.hovered = over
        c = self.colours
        self.field.set_colours(c.accent_soft if over else c.card, c)
        self.update()

    def _cap(self) -> None:
        self.field.set_cap(self.window().height() // WINDOW_SHARE)

    def _arrange(self) -> None:
        self._line.setFixedHeight(1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP_M, theme.GAP_S, theme.GAP_M, theme.GAP_M)
        row.setSpacing(theme.GAP_M)
        row.addWidget(self.attach_button)
        row.addWidget(self.assistant_button)
        row.addWidget(self.model_button)
        row.addStretch(1)
        row.addWidget(self.payer)
        row.addWidget(self.send_button)
        top = self._top = QVBoxLayout()
        top.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, 0)
        top.setSpacing(theme.GAP_S)
        top.addWidget(self.offer_line)
        top.addWidget(self.attachments)
        top.addWidget(self.long_text)
        top.addWidget(self.field)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 0, 1, 1)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addLayout(row)
        rows.addWidget(self._line)
        rows.addWidget(self.strip)

    def _connect(self) -> None:
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.stop_requested)
        self.field.installEventFilter(self)
        self.written.changed.connect(self._changed)
        self.field.send_wanted.connect(self._send)
        self.field.files_pasted.connect(self.attachments.take)
        for place in (self, self.field.viewport()):
            self.file_drop.watch(place)
        self.file_drop.hovering.connect(self._hover)
        self.file_drop.dropped.connect(self.attachments.take)
        self.attachments.changed.connect(self._refresh)
        self.attachments.left.connect(self.focus_input)
        self.attach_button.clicked.connect(self.attach_requested)
        self.model_button.clicked.connect(self.pick_model_requested)
        self.send_button.clicked.connect(self._press)
        self.strip.cheaper_requested.connect(self.cheaper_requested)
        self.strip.pick_requested.connect(self.pick_model_requested)


def _caption() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    return label
