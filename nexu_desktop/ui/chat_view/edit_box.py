"""A question being edited in its place: grows with its lines, says what sending it again would cost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QTextCursor
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.stack import Part
from nexu_desktop.ui.composer.draft_field import DraftField

PAD = 12
MOST_HEIGHT = 320  # pixels of text; from there on it scrolls
KEYS = "Enter sends, Shift+Enter begins a line, Esc leaves it as it was."


class EditBox(Part):
    """`typed` carries the text at each key, `sent` when it is sent, `cancelled` when it is left."""

    typed = Signal(str)
    sent = Signal(str)
    cancelled = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self._busy = False
        self.field = DraftField()
        self.field.setParent(self)
        self.field.setAccessibleName("Edited question")
        self.field.setAccessibleDescription(KEYS)
        self.field.set_cap(MOST_HEIGHT)
        self.price = QLabel(self)
        self.price.setTextFormat(Qt.TextFormat.PlainText)
        self.price.setFont(theme.font(theme.SIZE_CAPTION))
        self.send: QPushButton = buttons.plain("Send", "Send the edited question")
        self.cancel: QPushButton = buttons.plain("Cancel", "Leave the question as it was")
        self._connect()

    def edit(self, text: str) -> None:
        """Begin with `text`, the cursor at its end; what it would cost is asked for at once."""
        with QSignalBlocker(self.field):
            self.field.setPlainText(text)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self.price.setText("")
        self._enable()
        self.typed.emit(text)

    def text(self) -> str:
        return self.field.toPlainText()

    def say_price(self, words: str) -> None:
        """What sending it again would cost; '' while that is counted."""
        self.price.setText(words)
        self.price.setAccessibleName(words or "The cost is being counted.")
        self.send.setAccessibleDescription(words)

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._enable()

    def fit(self, width: int) -> int:
        self.field.setFixedWidth(width - 2 * PAD)
        self.field.move(PAD, PAD)
        top, left = PAD + self.field.height() + theme.GAP_S, width - PAD
        for button in (self.send, self.cancel):
            button.adjustSize()
            left -= button.width()
            button.move(left, top)
            left -= theme.GAP_S
        self.price.setGeometry(PAD + 4, top, max(left - PAD - 4, 0), self.send.height())
        height = top + self.send.height() + PAD
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        c = self._colours = formats.colours
        self.field.set_colours(c.card, c)
        palette = self.price.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(c.muted))
        self.price.setPalette(palette)
        for button in (self.send, self.cancel):
            button.setStyleSheet(buttons.plain_style(c))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._cancel()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.Resize:
            self.grew.emit()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.accent if self.field.hasFocus() else self._colours.line), 1))
        painter.setBrush(QColor(self._colours.card))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.end()

    def _send(self) -> None:
        if self.send.isEnabled():
            self.sent.emit(self.text())

    def _cancel(self) -> None:
        self.cancelled.emit(self.text())

    def _changed(self) -> None:
        self._enable()
        self.typed.emit(self.text())

    def _enable(self) -> None:
        self.send.setEnabled(not self._busy and not self.field.document().isEmpty())

    def _connect(self) -> None:
        for button in (self.send, self.cancel):
            button.setParent(self)
        self.send.clicked.connect(self._send)
        self.cancel.clicked.connect(self._cancel)
        self.field.send_wanted.connect(self._send)
        self.field.textChanged.connect(self._changed)
        self.field.long_text_pasted.connect(self.field.insertPlainText)
        self.field.installEventFilter(self)
