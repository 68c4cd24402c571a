"""Budgets: three levels for a message, a conversation, a day and a month, in credits and in dollars."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import exact, parse_credits, show_cost, show_dollars
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.settings_dialog.key_page import label

SCOPES = {
    Scope.MESSAGE: "One message",
    Scope.CONVERSATION: "One conversation",
    Scope.DAY: "A day",
    Scope.MONTH: "A month",
}
LEVELS = ("colour", "ask", "stop")
TITLES = ("Colour above", "Ask above", "Stop at")
FIELD_WIDTH = 92
WHY = (
    "A colour shows in the estimate, a question comes before the send. A stop is never passed: the longest "
    "answer is lowered to what is left. Empty fields set nothing."
)


class BudgetsPage(QWidget):
    """Saved as soon as all fields of a row can be used; a field that can't says why and is not saved."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.fields: dict[tuple[Unit, Scope, str], QLineEdit] = {}
        self.state = label("", theme.SIZE_CAPTION)
        self._spent: dict[tuple[Unit, Scope], QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_XL, theme.GAP_XL, 0)
        column.setSpacing(theme.GAP_S)
        column.addWidget(label("Budgets", theme.SIZE_DISPLAY, weight=QFont.Weight.DemiBold))
        column.addWidget(label(WHY, theme.SIZE_CAPTION))
        for unit, title in ((Unit.CREDITS, "Credits"), (Unit.DOLLARS, "Your own keys, in US dollars")):
            column.addSpacing(theme.GAP_S)
            column.addWidget(label(title, weight=QFont.Weight.DemiBold))
            column.addLayout(self._grid(unit))
        column.addWidget(self.state)
        column.addStretch(1)
        self._fill()

    def _grid(self, unit: Unit) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP_S)
        grid.setVerticalSpacing(theme.GAP_S - 4)
        for at, title in enumerate(TITLES):
            grid.addWidget(label(title, theme.SIZE_CAPTION), 0, at + 1)
        for row, (scope, name) in enumerate(SCOPES.items(), 1):
            grid.addWidget(label(name), row, 0)
            for at, level in enumerate(LEVELS):
                field = QLineEdit()
                field.setFixedWidth(FIELD_WIDTH)
                field.setAccessibleName(f"{name}: {TITLES[at].lower()}, {unit.value}")
                field.setPlaceholderText("none")
                field.textEdited.connect(self._saver(unit, scope))
                self.fields[(unit, scope, level)] = field
                grid.addWidget(field, row, at + 1)
            spent = self._spent[(unit, scope)] = label("", theme.SIZE_CAPTION)
            grid.addWidget(spent, row, len(LEVELS) + 1)
        grid.setColumnStretch(len(LEVELS) + 1, 1)
        return grid

    def _saver(self, unit: Unit, scope: Scope) -> Callable[[str], None]:
        return lambda _text: self._save(unit, scope)

    def _fill(self) -> None:
        for budget in self._desk.settings.current.budgets:
            for level, amount in zip(LEVELS, (budget.colour, budget.ask, budget.stop), strict=True):
                if amount is not None:
                    self.fields[(budget.unit, budget.scope, level)].setText(exact(amount))
        for unit, lane in ((Unit.CREDITS, self._desk.account.active_lane()), (Unit.DOLLARS, Lane.BYOK)):
            latest = next(iter(self._desk.conversations()), None)
            spent = self._desk.budgets.spent(lane, latest.id if latest else "")
            show = show_cost if unit is Unit.CREDITS else show_dollars
            self._spent[(unit, Scope.CONVERSATION)].setText(f"{show(spent.conversation)} in the latest")
            self._spent[(unit, Scope.DAY)].setText(f"{show(spent.day)} today")
            self._spent[(unit, Scope.MONTH)].setText(f"{show(spent.month)} this month")

    def _save(self, unit: Unit, scope: Scope) -> None:
        others = tuple(
            one for one in self._desk.settings.current.budgets if (one.unit, one.scope) != (unit, scope)
        )
        try:
            levels = [_amount(self.fields[(unit, scope, level)].text()) for level in LEVELS]
            new = (Budget(scope, unit, *levels),) if any(one is not None for one in levels) else ()
            self._desk.settings.update(budgets=(*others, *new))
        except NexuError as error:
            self._say(f"{SCOPES[scope]}: {error.sentence} Not saved.", bad=True)
            return
        self._say("Saved.", bad=False)
        self.changed.emit()

    def _say(self, text: str, *, bad: bool) -> None:
        self.state.setProperty("bad", bad)
        self.state.style().polish(self.state)
        self.state.setText(text)


def _amount(text: str) -> int | None:
    """Nano-units. Raises BadInput for what is no amount."""
    if not text.strip():
        return None
    try:
        return parse_credits(text)
    except BadInput as error:
        raise BadInput(f"“{text[:20]}” is not an amount.", "Write a number such as 12 or 0.35.") from error
