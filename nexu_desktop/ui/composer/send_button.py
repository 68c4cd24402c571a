"""One button in one place: Send while a draft waits, Stop while an answer streams."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from nexu_desktop.ui import theme, tooltips

HEIGHT, PADDING = 34, 16


class SendButton(QPushButton):
    """As wide as the wider of its two faces."""

    def __init__(self) -> None:
        super().__init__()
        self._stops = False
        self._colours = theme.LIGHT
        self.setObjectName("send")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.word = _label(theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold))
        self.hint = _label(theme.font(theme.SIZE_CAPTION))
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, 0, PADDING, 0)
        row.setSpacing(theme.GAP_S)
        row.addStretch(1)
        row.addWidget(self.word)
        row.addWidget(self.hint)
        row.addStretch(1)
        self.setFixedSize(self._widest())
        self.show_send("paid with credits", "")

    def stops(self) -> bool:
        return self._stops

    def show_send(self, payer: str, refusal: str) -> None:
        """`refusal` says why it can't be sent now; empty enables the button."""
        self._show("Send", "Enter", f"Send, {payer}", refusal or f"Send, {payer} (Enter)")
        self.setEnabled(not refusal)
        self.setAccessibleDescription(refusal)
        self._face(stops=False)

    def show_stop(self) -> None:
        self._show("Stop", "Esc", "Stop", "Stop the answer and pay for what has arrived (Esc)")
        self.setEnabled(True)
        self.setAccessibleDescription("")
        self._face(stops=True)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        ground, ink = (c.card, c.text) if self._stops else (c.accent, c.on_accent)
        border = c.line if self._stops else ground
        self.setStyleSheet(
            f"#send {{ background: {ground}; border: 1px solid {border}; border-radius: {theme.RADIUS_CONTROL}px; }}"
            f"#send:focus {{ border: 2px solid {c.accent if self._stops else c.text}; }}"
            f"#send:disabled {{ background: {c.panel}; border: 1px solid {c.line}; }}"
            f"QLabel {{ color: {ink}; background: transparent; border: 0; }}"
            f"QLabel:disabled {{ color: {c.muted}; }}"
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            shape = Qt.CursorShape.PointingHandCursor if self.isEnabled() else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def _show(self, word: str, hint: str, name: str, tip: str) -> None:
        self.word.setText(word)
        self.hint.setText(hint)
        self.setAccessibleName(name)
        self.setToolTip(tooltips.literal(tip))

    def _face(self, *, stops: bool) -> None:
        if stops != self._stops:
            self._stops = stops
            self.apply_theme(self._colours)

    def _widest(self) -> QSize:
        word, hint = self.word.fontMetrics(), self.hint.fontMetrics()
        pairs = (("Send", "Enter"), ("Stop", "Esc"))
        widest = max(word.horizontalAdvance(a) + hint.horizontalAdvance(b) for a, b in pairs)
        return QSize(widest + theme.GAP_S + 2 * PADDING + 4, HEIGHT)


def _label(font: QFont) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
