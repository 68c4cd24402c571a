"""The question of a budget, above the draft: the sum, the send, cheaper ways, or back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.domain.breakdown import Way, WayKind
from nexu_desktop.domain.budgets import Budget, Finding, Level, Scope, Unit
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chip_flow import flow

WAYS_SHOWN = 4
SUMS = {
    Scope.CONVERSATION: "the sum of this conversation is",
    Scope.DAY: "today’s sum is",
    Scope.MONTH: "this month’s sum is",
}


class BudgetQuestion(QFrame):
    """The focus comes to Back, the safe choice, so that Enter takes it; Escape goes back too."""

    send_confirmed = Signal()
    way_chosen = Signal(object)
    back = Signal()
    budgets_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self.setObjectName("question")
        self.setAccessibleName("Question of a budget")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.title = _line(theme.SIZE_TEXT, QFont.Weight.DemiBold)
        self.reason = _line(theme.SIZE_CONTROL)
        self.cheaper = _line(theme.SIZE_CAPTION)
        self.cheaper.setText("Cheaper")
        self.send = buttons.plain("Send")
        self.back_button = buttons.plain("Back", "Back to the draft")
        self.change = buttons.link("Change the budget")
        self.way_buttons: list[QPushButton] = []
        self._ways, self._choices = _Flow(), _Flow()
        self._choices.show_chips((self.send, self.back_button, self.change))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_L, theme.GAP_M, theme.GAP_L, theme.GAP_M)
        column.setSpacing(theme.GAP_S)
        for widget in (self.title, self.reason, self.cheaper, self._ways, self._choices):
            column.addWidget(widget)
        self.send.clicked.connect(self.send_confirmed)
        self.back_button.clicked.connect(self.back)
        self.change.clicked.connect(self.budgets_wanted)
        self.hide()

    def ask(self, estimate: Estimate, ways: Sequence[Way]) -> None:
        """Show which budgets this send would pass. A stop offers no send."""
        stop = estimate.over_budget
        show = show_cost if estimate.ref.lane.spends_credits else show_dollars
        cost = show(estimate.cost.likely) if estimate.cost else "a price not known"
        unit = " credits" if estimate.ref.lane.spends_credits else ""
        self.title.setText(f"This message is estimated at {cost}{unit}.")
        asked = [one for one in estimate.findings if one.level is Level.ASK]
        self.reason.setText(_stopped(stop) if stop else " ".join(_asked(one) for one in asked))
        self.send.setText(f"Send for {cost}")
        self.send.setAccessibleName(self.send.text())
        self.send.setVisible(stop is None)
        self._show_ways(_best_of_each_kind(ways), show)
        said = f"{self.title.text()} {self.reason.text()}"
        for widget in (self, self.back_button):
            widget.setAccessibleDescription(said)  # the focus comes to the button, and ears with it
        self.show()
        self._choices.arrange()
        self.back_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_ways(self, estimate: Estimate, ways: Sequence[Way]) -> None:
        """Other ways in the open question; the focus does not get lost with its button."""
        focused = self.focusWidget() in self.way_buttons
        self._show_ways(
            _best_of_each_kind(ways), show_cost if estimate.ref.lane.spends_credits else show_dollars
        )
        if focused:
            self.back_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.setStyleSheet(
            f"#question {{ background: {c.warning_soft}; border: 1px solid {c.warning};"
            f" border-radius: {theme.RADIUS_CARD}px; }} QLabel {{ color: {c.text}; background: transparent; }}"
            + buttons.plain_style(c)
        )
        self.change.setStyleSheet(buttons.link_style(c))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the focus; a button alone knows only the space bar."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.back.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _show_ways(self, ways: Sequence[Way], show: Callable[[int], str]) -> None:
        for button in self.way_buttons:
            button.hide()
            button.deleteLater()
        self.way_buttons = [buttons.plain(f"{way.words}: {show(way.cost)}") for way in ways]
        for button, way in zip(self.way_buttons, ways, strict=True):
            button.clicked.connect(lambda _=False, chosen=way: self.way_chosen.emit(chosen))
        self._ways.show_chips(self.way_buttons)
        self.cheaper.setVisible(bool(ways))
        self._ways.setVisible(bool(ways))
        before: QWidget = self.send
        for button in self.way_buttons:
            QWidget.setTabOrder(before, button)
            before = button
        QWidget.setTabOrder(before, self.back_button)
        QWidget.setTabOrder(self.back_button, self.change)


class _Flow(QWidget):
    """Buttons side by side, on as many lines as the width asks for."""

    def __init__(self) -> None:
        super().__init__()
        self._chips: tuple[QWidget, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_chips(self, chips: Iterable[QWidget]) -> None:
        self._chips = tuple(chips)
        for chip in self._chips:
            chip.setParent(self)
            chip.show()
        self.arrange()

    def arrange(self) -> None:
        """Hidden ones take no place."""
        self.setFixedHeight(flow([chip for chip in self._chips if not chip.isHidden()], self.width()))

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.arrange()


def _best_of_each_kind(ways: Sequence[Way]) -> list[Way]:
    """The cheapest of each kind, so that models do not crowd out the rest; then more of them."""
    first: dict[WayKind, Way] = {}
    for way in ways:
        first.setdefault(way.kind, way)
    more = [way for way in ways if first[way.kind] is not way]
    chosen = [*first.values(), *more][:WAYS_SHOWN]
    return sorted(chosen, key=lambda way: way.cost)


def _shown_in(budget: Budget) -> Callable[[int], str]:
    return show_cost if budget.unit is Unit.CREDITS else show_dollars


def _asked(finding: Finding) -> str:
    budget = finding.budget
    show = _shown_in(budget)
    limit = show(budget.ask or 0)
    if budget.scope is Scope.MESSAGE:
        return f"You wanted to be asked above {limit} for one message."
    return f"With it {SUMS[budget.scope]} {show(finding.would_be)} of the {limit} you wanted to be asked at."


def _stopped(budget: Budget) -> str:
    limit = _shown_in(budget)(budget.stop or 0)
    return f"Your budget per {budget.scope.value} stops at {limit} and leaves no room for it."


def _line(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    line = QLabel()
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.setFont(theme.font(size, weight=weight))
    line.setWordWrap(True)
    return line
