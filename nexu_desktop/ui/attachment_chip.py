"""One file as a small card: what it is, its name, its size. An image is never decoded to show it."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import icons, theme, tooltips
from nexu_desktop.ui.buttons import IconButton

HEIGHT = 32
NAME_WIDTH = 180  # px: a longer name gives way in its middle
PAD, ICON, CLOSE = 8, 16, 24
_ICONS = {AttachmentKind.TEXT: "file-text", AttachmentKind.IMAGE: "image"}


def size_words(size: int) -> str:
    """Of a number of bytes: '640 bytes', '12 KB', '1.3 MB'."""
    if size < 1_024:
        return f"{size} bytes" if size != 1 else "1 byte"
    return f"{round(size / 1_024)} KB" if size < 1_023_488 else f"{size / 1_048_576:.1f} MB"


def details(attachment: Attachment, tokens: int | None) -> str:
    """'1,024 × 768, 1.2 MB, ~1,290 tokens'; without the tokens until they are known."""
    pixels = (
        f"{attachment.width:,} × {attachment.height:,}" if attachment.kind is AttachmentKind.IMAGE else ""
    )
    counted = "" if tokens is None else f"~{tokens:,} tokens"
    return ", ".join(filter(None, (pixels, size_words(attachment.size), counted)))


class AttachmentChip(QAbstractButton):
    """`opened` when a text is clicked, `removed` by its cross or Delete; both carry the attachment's id."""

    opened = Signal(str)
    removed = Signal(str)

    def __init__(self, attachment: Attachment, *, removable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self.removable = removable
        self._colours = theme.LIGHT
        self._wrong = ""
        self._name = visible_code(attachment.name)
        self._details = details(attachment, None)
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.remove_button = IconButton("x", f"Remove {self._name}")
        self._arrange()
        self._say()

    @property
    def readable(self) -> bool:
        """Whether a click shows what is in it."""
        return self.attachment.kind is AttachmentKind.TEXT

    def set_tokens(self, tokens: int | None) -> None:
        """What it adds to the message; None while it is being counted."""
        words = details(self.attachment, tokens)
        if words != self._details:
            self._details = words
            self._say()
            self.updateGeometry()
            self.update()

    def set_wrong(self, why: str) -> None:
        """Why it can't be sent as things are; '' where it can."""
        if why != self._wrong:
            self._wrong = why
            self._say()
            self.update()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.remove_button.apply_theme(c)
        self.update()

    def sizeHint(self) -> QSize:
        name = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, NAME_WIDTH)
        return QSize(self._fixed_width() + self._advance(name), HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self.attachment.id)
        elif self.readable and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.remove_button.move(self.width() - CLOSE - 4, (HEIGHT - CLOSE) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, painter = self._colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, width = (c.accent, 2) if self.hasFocus() else (c.warning if self._wrong else c.line, 1)
        hovered = self.underMouse() and self.readable
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(c.warning_soft if self._wrong else c.selection if hovered else c.panel))
        box = self.rect().toRectF().adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)
        ink = c.warning if self._wrong else c.muted
        painter.drawPixmap(PAD, (HEIGHT - ICON) // 2, icons.pixmap(_ICONS[self.attachment.kind], ink, ICON))
        self._paint_words(painter, c, ink)
        painter.end()

    def _paint_words(self, painter: QPainter, c: theme.Colours, ink: str) -> None:
        metrics, left = self.fontMetrics(), PAD + ICON + PAD
        room = self.width() - self._fixed_width()
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(c.text))
        painter.drawText(QRect(left, 0, room, HEIGHT), middle, name)
        left += self._advance(name) + PAD
        painter.setPen(QColor(ink))
        painter.drawText(QRect(left, 0, self.width() - left, HEIGHT), middle, self._details)

    def _fixed_width(self) -> int:
        """All but the name; digits are equally wide, so a figure that changes moves nothing."""
        end = CLOSE + 8 if self.removable else PAD + 2
        return PAD + ICON + PAD + PAD + self._advance(self._details) + end

    def _advance(self, words: str) -> int:
        return ceil(QFontMetricsF(self.font()).horizontalAdvance(words)) + 1

    def _arrange(self) -> None:
        reachable = self.removable or self.readable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if reachable else Qt.FocusPolicy.NoFocus)
        if self.readable:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.clicked.connect(lambda: self.opened.emit(self.attachment.id))
        self.remove_button.setParent(self)
        self.remove_button.setFixedSize(CLOSE, CLOSE)
        self.remove_button.setIconSize(QSize(12, 12))
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete does it from the keyboard
        self.remove_button.setCursor(Qt.CursorShape.ArrowCursor)
        self.remove_button.setVisible(self.removable)
        self.remove_button.clicked.connect(lambda: self.removed.emit(self.attachment.id))

    def _say(self) -> None:
        whole = f"{self._name}, {self._details}"
        self.setAccessibleName(f"{whole}. {self._wrong}" if self._wrong else whole)
        self.setAccessibleDescription("Delete removes it." if self.removable else "")
        shown = "\n".join(filter(None, (self._name, self._details, self._wrong)))
        self.setToolTip(tooltips.literal(shown))
