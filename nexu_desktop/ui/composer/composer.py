"""The card a message is written in: the draft, the model, who pays, Send or Stop, and the estimate below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.composer.draft_field import DraftField, too_long_to_edit
from nexu_desktop.ui.composer.long_text import LongText
from nexu_desktop.ui.composer.meter_strip import MeterStrip
from nexu_desktop.ui.composer.model_button import ModelButton
from nexu_desktop.ui.composer.send_button import SendButton
from nexu_desktop.ui.lane_chip import who_pays

WINDOW_SHARE = 3  # the draft grows to a third of the window
LEAST_WIDTH = 380
PAYER_FROM = 580  # px: below, the chip on the model button says it alone


class Composer(QFrame):
    """`draft_changed` follows the person's edits only, not `set_draft`."""

    send_requested = Signal(str)
    stop_requested = Signal()
    draft_changed = Signal(str)
    pick_model_requested = Signal()
    cheaper_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: Offer | None = None
        self._estimate: Estimate | None = None
        self._streaming = False
        self._quiet = False
        self._colours = theme.LIGHT
        self.setMaximumWidth(theme.READING_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.field = DraftField()
        self.long_text = LongText()
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
        payer = who_pays(offer.ref)
        self.payer.setText(payer[0].upper() + payer[1:])
        self._refresh()

    def set_estimate(self, estimate: Estimate | None) -> None:
        """None while it is being counted."""
        self._estimate = estimate
        self._refresh()

    def set_streaming(self, streaming: bool) -> None:
        self._streaming = streaming
        self._escape.setEnabled(streaming)
        self._refresh()

    def draft(self) -> str:
        parts = (self.long_text.text(), self.field.toPlainText())
        return "\n\n".join(part for part in parts if part)

    def set_draft(self, text: str) -> None:
        """Show the draft of another conversation, or give one back; the same text changes nothing."""
        if text == self.draft():
            return
        self._quiet = True
        long = too_long_to_edit(text)
        self.long_text.set_text(text if long else "")
        self.field.setPlainText("" if long else text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self._quiet = False
        self._refresh()

    def restore(self, text: str) -> None:
        """Give a refused draft back without losing what was typed since."""
        since = self.draft()
        self.set_draft(f"{text}\n\n{since}" if since and since != text else text)
        self.focus_input()

    def focus_input(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.field.setStyleSheet(
            f"#draft {{ background: transparent; color: {c.text}; border: 0; }}" + scroll_bars.style(c)
        )
        self.payer.setStyleSheet(f"QLabel {{ color: {c.muted}; background: transparent; }}")
        self._line.setStyleSheet(f"QFrame {{ background: {c.line}; border: 0; }}")
        for part in (self.long_text, self.model_button, self.send_button, self.strip):
            part.apply_theme(c)
        self.update()

    # --- what the person does ---

    def refusal(self) -> str:
        """Why Send does nothing now, as one sentence; empty when it does."""
        if self._offer is None:
            return "Pick a model first."
        if not self._offer.sendable:
            return "The rate of this model is unknown, so it can't be sent on credits. Pick another model."
        if not self.draft().strip():
            return "Write a message first."
        estimate = self._estimate
        if estimate is not None and (estimate.over_context or estimate.shortfall):
            return self.strip.sentence() + f" {self.strip.words().link}, or a shorter message, would do."
        return ""

    def _send(self) -> None:
        if self._streaming or self.refusal():
            return
        draft = self.draft()
        self._quiet = True
        self.long_text.set_text("")
        self.field.replace_all("")
        self._quiet = False
        self._changed()
        self.send_requested.emit(draft)

    def _press(self) -> None:
        if self._streaming:
            self.stop_requested.emit()
        else:
            self._send()
            self.focus_input()

    def _changed(self) -> None:
        if not self._quiet:
            self._refresh()
            self.draft_changed.emit(self.draft())

    def _keep_long(self, text: str) -> None:
        self.long_text.add(text)
        self._changed()

    # --- drawing ---

    def _refresh(self) -> None:
        empty = not self.long_text.text() and not self.field.toPlainText().strip()
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
            self.update()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.payer.setVisible(self.width() >= PAYER_FROM)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card; its edge is the focus ring of the field."""
        focused = self.field.hasFocus()
        width = 2 if focused else 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.accent if focused else self._colours.line), width))
        painter.setBrush(QColor(self._colours.card))
        edge = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(edge, theme.RADIUS_CARD, theme.RADIUS_CARD)

    def _cap(self) -> None:
        self.field.set_cap(self.window().height() // WINDOW_SHARE)

    def _arrange(self) -> None:
        self._line.setFixedHeight(1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP_M, theme.GAP_S, theme.GAP_M, theme.GAP_M)
        row.setSpacing(theme.GAP_M)
        row.addWidget(self.model_button)
        row.addStretch(1)
        row.addWidget(self.payer)
        row.addWidget(self.send_button)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, 0)
        top.setSpacing(theme.GAP_S)
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
        self.field.textChanged.connect(self._changed)
        self.field.send_wanted.connect(self._send)
        self.field.long_text_pasted.connect(self._keep_long)
        self.long_text.removed.connect(self._changed)
        self.model_button.clicked.connect(self.pick_model_requested)
        self.send_button.clicked.connect(self._press)
        self.strip.cheaper_requested.connect(self.cheaper_requested)
        self.strip.pick_requested.connect(self.pick_model_requested)


def _caption() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    return label
