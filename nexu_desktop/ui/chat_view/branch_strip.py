"""Where a conversation could have gone another way: arrows, which of how many, and what the branches have cost."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.branches import Place
from nexu_desktop.ui import theme, tooltips
from nexu_desktop.ui.chat_view.branch_words import spent, spoken
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.quiet_icon import SIZE, QuietIcon
from nexu_desktop.ui.chat_view.stack import Part

GAP = 4


class BranchStrip(Part):
    """'‹ 2/3 ›  0.35 of 1.20 credits', hidden where there is one way only. `step_wanted`: -1 or 1."""

    step_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._place: Place | None = None
        self._busy = False
        self._colours = theme.LIGHT
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.previous = QuietIcon("chevron-left", "Show the branch before", self)
        self.next = QuietIcon("chevron-right", "Show the next branch", self)
        self.previous.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.next.clicked.connect(lambda: self.step_wanted.emit(1))
        self.hide()

    def show_place(self, place: Place | None) -> None:
        self._place = place
        self.setVisible(place is not None)
        if place is not None:
            said = spoken(place)
            self.setAccessibleName(said)
            self.setToolTip(tooltips.literal(said))
            self._enable()
        self.update()

    def set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._enable()

    def take_focus(self, step: int) -> None:
        """The arrow that was pressed, or where there is no further branch the other one."""
        first, second = (self.next, self.previous) if step > 0 else (self.previous, self.next)
        (first if first.isEnabled() else second).setFocus(Qt.FocusReason.OtherFocusReason)

    def natural_width(self) -> int:
        number, costs = self._texts()
        costs_width = self.fontMetrics().horizontalAdvance(costs) + theme.GAP_S if costs else 0
        return 2 * SIZE + 2 * GAP + self.fontMetrics().horizontalAdvance(number) + costs_width

    def fit(self, width: int) -> int:
        """As wide as it needs to be; the costs go first where there is no room."""
        self.resize(min(self.natural_width(), width), SIZE)
        self.previous.move(0, 0)
        self.next.move(SIZE + 2 * GAP + self.fontMetrics().horizontalAdvance(self._texts()[0]), 0)
        return SIZE

    def restyle(self, formats: Formats) -> None:
        self._colours = formats.colours
        for arrow in (self.previous, self.next):
            arrow.apply_theme(formats.colours)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        number, costs = self._texts()
        painter, middle = QPainter(self), Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._colours.muted))
        between = QRect(SIZE, 0, self.next.x() - SIZE, SIZE)
        painter.drawText(between, middle | Qt.AlignmentFlag.AlignHCenter, number)
        rest = self.rect().adjusted(self.next.x() + SIZE + theme.GAP_S, 0, 0, 0)
        if rest.width() >= self.fontMetrics().horizontalAdvance(costs):
            painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, costs)
        painter.end()

    def _texts(self) -> tuple[str, str]:
        if self._place is None:
            return "", ""
        return f"{self._place.number}/{self._place.count}", spent(self._place)

    def _enable(self) -> None:
        place = self._place
        self.previous.setEnabled(place is not None and not self._busy and place.number > 1)
        self.next.setEnabled(place is not None and not self._busy and place.number < place.count)
