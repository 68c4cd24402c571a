"""The context inspector: shows what goes before every further draft, and asks for changes by signals."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from nexu_desktop.domain.chat import ContextRules, Lane
from nexu_desktop.domain.context import SYSTEM_ID, ContextItem
from nexu_desktop.services.contexts import Advice, ItemCost
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.context_panel import wording
from nexu_desktop.ui.context_panel.item_list import ItemList
from nexu_desktop.ui.context_panel.model import ItemModel
from nexu_desktop.ui.context_panel.rows import Row, Shown, Sums, Wish, drop, rows_of, sums, wish
from nexu_desktop.ui.context_panel.rules_box import RulesBox
from nexu_desktop.ui.context_panel.summary import AdviceBox, SummaryBox, label
from nexu_desktop.ui.context_panel.system_box import SystemBox

EMPTY = "Nothing goes before your draft yet. Every message sent from now on is listed here."
COUNTING = "Tokens are being counted…"


class ContextPanel(QFrame):
    """Message and attachment ids in `dropped` (and SYSTEM_ID), a number or None in `keep_last_changed`."""

    dropped = Signal(list, bool)
    keep_last_changed = Signal(object)
    drop_files_changed = Signal(bool)
    system_changed = Signal(str)
    effort_changed = Signal(str)
    jump_wanted = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("context")
        self.setAccessibleName("Context")
        self.model = ItemModel(self)
        self.summary = SummaryBox()
        self.advice = AdviceBox()
        self.system = SystemBox()
        self.rules = RulesBox()
        self.list = ItemList(self.model)
        self.empty = label(EMPTY, theme.SIZE_CONTROL)
        self.state = label("", theme.SIZE_CAPTION)
        self.drop_chosen = QuietButton("", "Drop what is selected", widest="Drop 10,000")
        self.sort = QuietButton("Dearest first", "Show the dearest first", checkable=True)
        self.close_button = buttons.IconButton("x", "Close the context (Esc)")
        self._title = label("Context", theme.SIZE_TITLE, QFont.Weight.DemiBold)
        self._shown: tuple[object, ...] = ()
        self._sums: Sums | None = None
        self._arrange()
        self._connect()

    # --- what the presenter calls ---

    def show_context(
        self,
        costs: Sequence[ItemCost] | None,
        rules: ContextRules,
        system: str,
        effort: str,
        advice: Advice | None,
        lane: Lane,
        *,
        items: Sequence[ContextItem] = (),
        cached: int = 0,
    ) -> None:
        """`costs` None are pending: `items` are listed meanwhile. `cached` tokens were so reported last time."""
        shown = Shown(rules, lane)
        if self._is_new(costs, items, shown):
            self.model.fill(rows_of(costs, items, shown))
            self._sums = sums(costs) if costs is not None else None
            self._show_state()
        self.summary.show_sums(self._sums, lane, cached)
        self.advice.show_advice(advice, lane)
        self.rules.show_rules(rules, effort)
        self.system.show_text(system, self._system_cost())

    def leave(self) -> None:
        """Another conversation is opened: keep what is being edited, forget what is shown."""
        self.system.keep()
        self._shown = ()
        self.model.fill(())
        self._show_state()

    def focus_list(self) -> None:
        if self.list.currentIndex().row() < 0 and self.model.rowCount():
            selection = self.list.selectionModel()
            selection.setCurrentIndex(self.model.index(0), selection.SelectionFlag.NoUpdate)
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#context {{ background: {c.panel}; border: 0; border-left: 1px solid {c.line}; }}"
            f'#context[floating="true"] {{ border: 1px solid {c.line}; border-radius: {theme.RADIUS_CARD}px; }}'
            f"#context > QLabel {{ color: {c.text}; background: transparent; }}"
            f"QLabel#quiet {{ color: {c.muted}; }}"
        )
        for part in (self.summary, self.advice, self.system, self.rules, self.list):
            part.apply_theme(c)
        for button in (self.drop_chosen, self.sort, self.close_button):
            button.apply_theme(c)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    # --- inside ---

    def _is_new(self, costs: Sequence[ItemCost] | None, items: Sequence[ContextItem], shown: Shown) -> bool:
        """Filling ten thousand rows again at each key press would be felt."""
        source = (costs if costs is not None else items, costs is None, shown)
        same = bool(self._shown) and source[0] is self._shown[0] and source[1:] == self._shown[1:]
        self._shown = source
        return not same

    def _system_cost(self) -> str:
        row = next((row for row in self.model.rows[:1] if row.item.id == SYSTEM_ID), None)
        if row is None:
            return ""
        price = f"{row.price} per send" if row.count and row.price else ""
        return ", ".join(part for part in (f"{wording.tokens(row.count)} tokens", price) if part)

    def _show_state(self) -> None:
        """How much there is, how much of it stays behind, and what can be done with the selection."""
        rows = self.model.rows
        pending = any(row.count is None for row in rows)
        unsent = sum(not row.sent for row in rows)
        said = f"{len(rows):,} items" if len(rows) != 1 else "1 item"
        self.state.setText(COUNTING if pending else f"{said}, {unsent:,} not sent" if unsent else said)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.state.setVisible(bool(rows))
        self.sort.setVisible(bool(rows))
        self._show_chosen()

    def _show_chosen(self) -> None:
        sent = [row for row in self.list.chosen() if row.sent] if self._several() else []
        self.drop_chosen.setText(f"Drop {len(sent):,}")
        self.drop_chosen.setAccessibleName(f"Drop {len(sent):,} selected items")
        self.drop_chosen.setVisible(len(sent) > 1)

    def _several(self) -> bool:
        return self.list.selectionModel().hasSelection() and len(self.list.selectedIndexes()) > 1

    def _press(self, row: Row) -> None:
        """The button of one row; with a selection around it, for all of that."""
        chosen = self.list.chosen()
        with_others = chosen if any(one.item.id == row.item.id for one in chosen) else [row]
        self._ask(wish(row, with_others, [one.item for one in self.model.rows]))

    def _drop_chosen(self) -> None:
        self._ask(drop(self.list.chosen()))

    def _ask(self, asked: Wish) -> None:
        if asked.ids:
            self.dropped.emit(list(asked.ids), asked.dropped)
        elif asked.keep_last is not None:
            self.keep_last_changed.emit(asked.keep_last)
        elif asked.keep_files:
            self.drop_files_changed.emit(False)

    def _open(self, row: Row) -> None:
        if row.item.id != SYSTEM_ID:
            self.jump_wanted.emit(row.item.message)
        elif self.system.field.isHidden():
            self.system.edit.click()

    def _connect(self) -> None:
        self.list.pressed_button.connect(self._press)
        self.list.delete_pressed.connect(self._drop_chosen)
        self.list.opened.connect(self._open)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        self.drop_chosen.clicked.connect(self._drop_chosen)
        self.sort.toggled.connect(self.model.set_dearest)
        self.advice.taken.connect(self.keep_last_changed)
        self.rules.keep_last_changed.connect(self.keep_last_changed)
        self.rules.drop_files_changed.connect(self.drop_files_changed)
        self.rules.effort_changed.connect(self.effort_changed)
        self.system.changed.connect(self.system_changed)
        self.close_button.clicked.connect(self.closed)

    def _arrange(self) -> None:
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        for quiet in (self.empty, self.state):
            quiet.setObjectName("quiet")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button)
        foot.setSpacing(0)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.drop_chosen)
        foot.addWidget(self.sort)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_L, theme.GAP_S + 2, theme.GAP_L, theme.GAP_L)
        column.setSpacing(theme.GAP_M)
        column.addLayout(head)
        for part in (self.summary, self.advice, self.system, self.rules):
            column.addWidget(part)
        column.addLayout(foot)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
