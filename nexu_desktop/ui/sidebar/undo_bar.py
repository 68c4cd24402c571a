"""A bar that offers to undo a deletion for a while, then goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from nexu_desktop.ui import buttons, theme

OFFERED_MS = 10_000


class UndoBar(QFrame):
    """`undo_wanted` carries the id given to `offer`."""

    undo_wanted = Signal(str)

    def __init__(self, room: int = theme.SIDEBAR_WIDTH - 2 * theme.GAP_M) -> None:
        """`room` is its width in pixels: the text is cut to it."""
        super().__init__()
        self._room = room
        self.setObjectName("undo")
        self._id = ""
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setFont(theme.font(theme.SIZE_CAPTION))
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = buttons.link("Undo")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_S, 4, 4, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(OFFERED_MS)
        self._timer.timeout.connect(self.hide)
        self.button.clicked.connect(self._undo)
        self.hide()

    def offer(self, cid: str, text: str) -> None:
        self._id = cid
        width = self._room - self.button.sizeHint().width() - theme.GAP_XL
        self._text.setText(self._text.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width))
        self.setAccessibleName(text)
        self.show()
        self._timer.start()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#undo {{ background: {c.card}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; }} QLabel {{ color: {c.text}; }}"
            + buttons.link_style(c)
        )

    def _undo(self) -> None:
        self.hide()
        self.undo_wanted.emit(self._id)
