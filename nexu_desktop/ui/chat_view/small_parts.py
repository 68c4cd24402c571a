"""The small things between the texts: words, what went wrong, a question, the sign that more is coming."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from nexu_desktop.domain.errors import Step
from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import buttons, theme, tooltips
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.looking import Looking
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.stack import Part

PAD = 14
UNSENT_HEIGHT = 24
STEPS = {Step.KEYS: "Open keys", Step.CREDITS: "Add credits", Step.MODEL: "Choose another model"}
VEIL_ALPHA = 80  # of 255: the text under it keeps a contrast of 4.5


class Words(Part):
    """One wrapping label of plain text."""

    def __init__(self, parent: QWidget, size: int, *, strong: bool = False, centred: bool = False) -> None:
        super().__init__(parent)
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        weight = QFont.Weight.DemiBold if strong else QFont.Weight.Normal
        self._label.setFont(theme.font(size, weight=weight))
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if centred:
            self._label.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    def say(self, text: str) -> None:
        self._label.setText(visible(text))
        self.setAccessibleName(visible(text))

    def colour(self, colour: str) -> None:
        palette = self._label.palette()
        palette.setColor(self._label.foregroundRole(), QColor(colour))
        self._label.setPalette(palette)

    def fit(self, width: int) -> int:
        height = self._label.heightForWidth(width) if self._label.text() else 0
        self._label.setGeometry(0, 0, width, height)
        self.resize(width, height)
        return height


class Trouble(Part):
    """What went wrong, where the answer would be, with the next step as a button.

    `price_wanted`: somebody looks at that button; `say_price` takes the answer.
    """

    retry_wanted = Signal()
    step_wanted = Signal()
    price_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Words(self, theme.SIZE_TEXT, strong=True)
        self._hint = Words(self, theme.SIZE_CONTROL)
        self.retry: QPushButton = buttons.plain("Retry", "Ask again")
        self.retry.setParent(self)
        self.retry.clicked.connect(self.retry_wanted)
        self.step = buttons.plain("")
        self.step.setParent(self)
        self.step.clicked.connect(self.step_wanted)
        Looking(self.retry).looked.connect(self.price_wanted)
        self._before = ""
        self._colours = theme.LIGHT

    def say(self, title: str, hint: str, retry: str, step: Step = Step.NONE) -> None:
        self._before = retry
        self._title.say(title)
        self._hint.say(f"{hint} {retry}".strip())
        self.retry.setToolTip(retry)
        self.step.setText(STEPS.get(step, ""))
        self.step.setAccessibleName(STEPS.get(step, ""))
        self.step.setVisible(step in STEPS)

    def say_price(self, words: str) -> None:
        """What another answer would cost."""
        said = f"{words}. {self._before}".strip()
        self.retry.setToolTip(tooltips.literal(said))
        self.retry.setAccessibleDescription(said)

    def fit(self, width: int) -> int:
        inner, top = width - 2 * PAD, PAD
        for part in (self._title, self._hint):
            part.move(PAD, top)
            top += part.fit(inner) + 6
        left = PAD
        for button in (self.retry, self.step):
            button.adjustSize()
            button.move(left, top + 4)
            left += button.width() + theme.GAP_S
        height = top + 4 + self.retry.height() + PAD
        self.resize(width, height + theme.GAP_S)
        return height + theme.GAP_S

    def restyle(self, formats: Formats) -> None:
        c = self._colours = formats.colours
        self._title.colour(c.bad)
        self._hint.colour(c.text)
        for button in (self.retry, self.step):
            button.setStyleSheet(buttons.plain_style(c))

    def paintEvent(self, event: QPaintEvent) -> None:
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5 - theme.GAP_S)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.line), 1))
        painter.setBrush(QColor(self._colours.card))
        painter.drawRoundedRect(box, theme.RADIUS_CARD, theme.RADIUS_CARD)
        painter.end()


class Question(Part):
    """One line that asks before the same thing is paid for twice."""

    agreed = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = Words(self, theme.SIZE_CAPTION)
        self.yes = buttons.link("Retry anyway")
        self.no = buttons.link("Leave it")
        for button, signal in ((self.yes, self.agreed), (self.no, self.declined)):
            button.setParent(self)
            button.clicked.connect(signal)

    def ask(self, text: str) -> None:
        self._words.say(text)
        self.show()
        self.grew.emit()
        self.yes.setFocus(Qt.FocusReason.TabFocusReason)

    def fit(self, width: int) -> int:
        left = width
        for button in (self.no, self.yes):
            button.adjustSize()
            left -= button.width()
            button.move(left, 0)
        height = self._words.fit(left - theme.GAP_S)
        self._words.move(0, max((self.yes.height() - height) // 2, 0))
        total = max(height, self.yes.height())
        self.resize(width, total)
        return total

    def restyle(self, formats: Formats) -> None:
        self._words.colour(formats.colours.warning)
        for button in (self.yes, self.no):
            button.setStyleSheet(buttons.link_style(formats.colours))


class UnsentMark(Part):
    """Says quietly that something is not sent again, with a way back where one press is enough."""

    restore_wanted = Signal()

    def __init__(self, parent: QWidget, *, at_right: bool = False) -> None:
        super().__init__(parent)
        self._at_right = at_right
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setFont(theme.font(theme.SIZE_CAPTION))
        self.restore = QuietButton("Restore", "Send this again with every message")
        self.restore.setParent(self)
        self.restore.clicked.connect(self.restore_wanted)

    def say(self, text: str, *, restorable: bool) -> None:
        self._words.setText(visible(text))
        self._words.setToolTip(tooltips.literal(visible(text)))
        self.setAccessibleName(visible(text))
        self.restore.setVisible(restorable)

    def fit(self, width: int) -> int:
        button = 0 if self.restore.isHidden() else self.restore.width()
        words = min(self._words.sizeHint().width(), width - button)
        left = width - words - button if self._at_right else 0
        self._words.setGeometry(left, 0, words, UNSENT_HEIGHT)
        self.restore.move(left + words, (UNSENT_HEIGHT - self.restore.height()) // 2)
        self.resize(width, UNSENT_HEIGHT)
        return UNSENT_HEIGHT

    def restyle(self, formats: Formats) -> None:
        palette = self._words.palette()
        palette.setColor(self._words.foregroundRole(), QColor(formats.colours.muted))
        self._words.setPalette(palette)
        self.restore.apply_theme(formats.colours)


class Veil(QWidget):
    """Lies over a text that is not sent again and mutes it a little; the mouse goes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor(theme.LIGHT.background)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, area: QRect, *, lies: bool) -> None:
        if lies:
            self.setGeometry(area)
        if lies == self.isHidden():
            self.setVisible(lies)
            self.raise_()  # only now: it has everything below painted anew

    def restyle(self, formats: Formats) -> None:
        self._colour = QColor(formats.colours.background)
        self._colour.setAlpha(VEIL_ALPHA)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._colour)
        painter.end()


class Coming(Part):
    """A quiet mark that more is on its way; it blinks as slowly as the text cursor, or not at all."""

    HEIGHT = 22

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ""
        self._lit = True
        self._colours = theme.LIGHT
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._blink)

    def say(self, words: str) -> None:
        """'' once words are arriving."""
        if words != self._words:
            self._words = visible(words)
            self.setAccessibleName(self._words or "The answer is arriving")
            self.update()

    def fit(self, width: int) -> int:
        self.resize(width, self.HEIGHT)
        return self.HEIGHT

    def restyle(self, formats: Formats) -> None:
        self._colours = formats.colours

    def showEvent(self, event: QShowEvent) -> None:
        flash_ms = QGuiApplication.styleHints().cursorFlashTime()
        if flash_ms > 0:  # 0: the person has asked for no blinking
            self._timer.start(flash_ms // 2)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _blink(self) -> None:
        self._lit = not self._lit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.accent if self._lit else self._colours.line))
        painter.drawRoundedRect(QRectF(0, 4, 7, 14), 2, 2)
        painter.setPen(QColor(self._colours.muted))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect().adjusted(16, 0, 0, 0), middle, self._words)
        painter.end()
