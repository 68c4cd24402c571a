"""The top of the inspector: how many tokens go again, what they cost, and a suggestion when that is most of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Lane
from nexu_desktop.services.contexts import Advice
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.context_panel import wording
from nexu_desktop.ui.context_panel.kind_bar import KindBar
from nexu_desktop.ui.context_panel.rows import Sums


class SummaryBox(QWidget):
    """The sum in words and as a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = label("", theme.SIZE_DISPLAY, QFont.Weight.DemiBold)
        self.cost = label("", theme.SIZE_CONTROL)
        self.note = label("", theme.SIZE_CAPTION)
        self.note.setWordWrap(True)
        self.bar = KindBar()
        line = QHBoxLayout()
        line.setSpacing(theme.GAP_M)
        line.addWidget(self.tokens, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self.cost, 1, Qt.AlignmentFlag.AlignBaseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_S)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addWidget(self.note)

    def show_sums(self, sums: Sums | None, lane: Lane, cached: int) -> None:
        """None while counts are pending. `cached` tokens were reported as read from a cache the last time."""
        mark = "" if sums and sums.exact else wording.PENDING
        self.tokens.setText(f"{mark}{sums.total:,} tokens" if sums else f"{wording.PENDING} tokens")
        nothing = sums is not None and not sums.total
        self.cost.setText(wording.each_send(sums.cost, lane) if sums and not nothing else "")
        self.bar.show_tokens(sums.tokens if sums else {}, mark)
        self.note.setVisible(bool(cached) and lane is not Lane.LOCAL)
        self.note.setText(
            f"The provider read {cached:,} tokens of the last send from its cache; they cost less than shown."
        )

    def apply_theme(self, c: theme.Colours) -> None:
        self.tokens.setStyleSheet(f"color: {c.text}; background: transparent;")
        for each in (self.cost, self.note):
            each.setStyleSheet(f"color: {c.muted}; background: transparent;")
        self.bar.apply_theme(c)


class AdviceBox(QFrame):
    """`taken` carries how many messages to keep."""

    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("advice")
        self._keep = 0
        self.text = label("", theme.SIZE_CONTROL)
        self.text.setWordWrap(True)
        self.button = buttons.plain("")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP_M, theme.GAP_S, theme.GAP_S, theme.GAP_S)
        line.setSpacing(theme.GAP_M)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.button.clicked.connect(lambda: self.taken.emit(self._keep))
        self.hide()

    def show_advice(self, advice: Advice | None, lane: Lane) -> None:
        self.setVisible(advice is not None and advice.saves > 0)
        if advice is not None:
            self._keep = advice.keep_last
            self.text.setText(wording.suggestion(advice, lane))
            self.button.setText(f"Keep the last {advice.keep_last}")
            self.button.setAccessibleName(self.button.text())
            self.button.setAccessibleDescription(self.text.text())

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#advice {{ background: {c.warning_soft}; border: 0; border-radius: {theme.RADIUS_CONTROL}px; }}"
            f"QLabel {{ color: {c.text}; background: transparent; }}" + buttons.plain_style(c)
        )


def label(text: str, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight=weight))
    return made
