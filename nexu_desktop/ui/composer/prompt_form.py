"""The blanks of a prompt above the draft: Tab walks through them, Enter goes on, the last Enter inserts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.prompts import Blank
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars

LINES_MOST, HEIGHT_MOST = 3, 220  # of one blank, px of all
LABEL_WIDTH = 128


class BlankField(QPlainTextEdit):
    """`entered`: Enter outside an input method. Shift+Enter makes a line."""

    entered = Signal()

    def __init__(self, blank: Blank) -> None:
        super().__init__(blank.default)
        self.blank = blank
        self._composing = False
        self.setObjectName("blank")
        self.setAccessibleName(visible_code(blank.name))
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self.textChanged.connect(self._fit)
        self.selectAll()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and plain == Qt.KeyboardModifier.NoModifier:
            if not self._composing:
                self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape or (enter and plain == Qt.KeyboardModifier.ControlModifier):
            event.ignore()  # the form knows
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def _fit(self) -> None:
        lines = min(max(self.document().blockCount(), 1), LINES_MOST)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 14)


class PromptForm(QFrame):
    """`filled` carries the values by name, `cancelled` nothing."""

    filled = Signal(dict)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("form")
        self._colours = theme.LIGHT
        self.fields: list[BlankField] = []
        self.title = QLabel()
        self.insert = buttons.plain("Insert")
        self.cancel = buttons.plain("Cancel")
        self._box = QWidget()
        self._scroll = QScrollArea()
        self._arrange()
        self.insert.clicked.connect(self._done)
        self.cancel.clicked.connect(self._cancel)
        self.hide()

    def ask(self, name: str, blanks: Sequence[Blank]) -> None:
        """The focus comes to the first; a default is selected, so that typing replaces it."""
        self.title.setText(visible_code(name))
        self.setAccessibleName(f"Blanks of {visible_code(name)}")
        self.fields = [BlankField(blank) for blank in blanks]
        self._box = QWidget()
        self._box.setObjectName("blanks")
        rows = QVBoxLayout(self._box)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_S)
        for number, field in enumerate(self.fields):
            rows.addLayout(_row(field))
            field.entered.connect(lambda n=number: self._go_on(n))
            field.textChanged.connect(self._fit)
        self._scroll.setWidget(self._box)
        self._order()
        self.apply_theme(self._colours)
        self.show()
        self._fit()
        self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Silently: another conversation."""
        self.hide()
        self.fields = []

    def values(self) -> Mapping[str, str]:
        return {field.blank.name: field.toPlainText() for field in self.fields}

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.setStyleSheet(
            f"#form {{ background: {c.panel}; border: 0; border-radius: {theme.RADIUS_CONTROL}px; }}"
            f"QLabel {{ color: {c.muted}; background: transparent; }} QLabel#name {{ color: {c.text}; }}"
            f"QScrollArea, #blanks {{ background: transparent; border: 0; }}"
            f"#blank {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            " border-radius: 6px; padding: 1px 3px; }"
            f"#blank:focus {{ border: 2px solid {c.accent}; padding: 0 2px; }}"
            + buttons.plain_style(c)
            + scroll_bars.style(c)
        )

    def event(self, event: QEvent) -> bool:
        """Escape leaves the form; it does not stop an answer that is streaming."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self._cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._cancel() if self.cancel.hasFocus() and not control else self._done()
        else:
            super().keyPressEvent(event)

    def _go_on(self, number: int) -> None:
        if number + 1 < len(self.fields):
            following = self.fields[number + 1]
            following.setFocus(Qt.FocusReason.TabFocusReason)
            following.selectAll()
            self._scroll.ensureWidgetVisible(following)
        else:
            self._done()

    def _done(self) -> None:
        values = self.values()
        self.leave()
        self.filled.emit(values)

    def _cancel(self) -> None:
        self.leave()
        self.cancelled.emit()

    def _fit(self) -> None:
        self._box.adjustSize()
        self._scroll.setFixedHeight(min(self._box.sizeHint().height(), HEIGHT_MOST))

    def _order(self) -> None:
        before: QWidget = self._scroll
        for widget in (*self.fields, self.insert, self.cancel):
            QWidget.setTabOrder(before, widget)
            before = widget

    def _arrange(self) -> None:
        self.title.setObjectName("name")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_S)
        foot.addWidget(_hint("Enter goes on, Shift+Enter makes a line, Esc cancels"), 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.insert)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_S, theme.GAP_M, theme.GAP_S)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.title)
        rows.addWidget(self._scroll)
        rows.addLayout(foot)


def _row(field: BlankField) -> QHBoxLayout:
    label = _hint(visible_code(field.blank.name))
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    label.setFixedWidth(LABEL_WIDTH)
    label.setText(
        label.fontMetrics().elidedText(label.text(), Qt.TextElideMode.ElideMiddle, LABEL_WIDTH - theme.GAP_S)
    )
    row = QHBoxLayout()
    row.setSpacing(theme.GAP_S)
    label.setContentsMargins(0, 6, 0, 0)  # on the line of the first words
    row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(field, 1)
    return row


def _hint(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
