"""The sheet that opens from the meter strip (Ctrl+E)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nexu_desktop.domain.breakdown import Breakdown, PartKind, Way, WayKind
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.estimate_sheet.made_of import MadeOf
from nexu_desktop.ui.estimate_sheet.other_models import OtherModelsTable, PricedModel
from nexu_desktop.ui.layer import Layer

WIDTH = 736
SCROLL_BAR = 10  # px
WAYS_SHOWN = 5
TABLE_LEAST = 130


class EstimateSheet(Layer):
    """`picked` carries a ModelRef, `way_chosen` a Way."""

    picked = Signal(object)
    way_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "What this message costs", WIDTH)
        self._colours = theme.LIGHT
        self.made_of = MadeOf()
        self.others = OtherModelsTable()
        self.way_buttons: list[QPushButton] = []
        self._titles = [_title(text) for text in ("Made of", "Cheaper", "This draft on other models")]
        self._no_ways = _caption("Only another model, as it seems.")
        self._total = _caption("")
        self._ways = QVBoxLayout()
        self._ways.setSpacing(0)
        self._arrange()
        self.others.picked.connect(self._pick)

    def show_for(
        self,
        made: Breakdown | None,
        ways: Sequence[Way],
        models: Sequence[PricedModel],
        current: ModelRef,
        anchor: QWidget,
    ) -> None:
        """Open, or bring the figures of an open sheet up to date."""
        self.made_of.show_parts(made, current.lane)
        self._total.setText(_sums(made, current.lane))
        self._show_ways(ways, current.lane)
        self.others.fill(models, current)
        self.open_at(anchor, self.others)

    def wanted_height(self, width: int) -> int:
        self.others.fit(width - 2 * theme.GAP_L - SCROLL_BAR)
        rest = self.card.layout()
        fixed = rest.minimumSize().height() - TABLE_LEAST if rest else 0
        return fixed + max(self.others.wanted_height(), TABLE_LEAST)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.card.setStyleSheet(self.card_style(c))
        for title in self._titles:
            title.setStyleSheet(f"QLabel {{ color: {c.text}; background: transparent; }}")
        for label in (self._no_ways, self._total):
            label.setStyleSheet(f"QLabel {{ color: {c.muted}; background: transparent; }}")
        for button in self.way_buttons:
            button.setStyleSheet(_way_style(c))
        self.made_of.apply_theme(c)
        self.others.apply_theme(c)

    def _pick(self, ref: ModelRef) -> None:
        self.close_layer()
        self.picked.emit(ref)

    def _choose(self, way: Way) -> None:
        self.close_layer()
        self.way_chosen.emit(way)

    def _show_ways(self, ways: Sequence[Way], lane: Lane) -> None:
        for button in self.way_buttons:
            self._ways.removeWidget(button)
            button.deleteLater()
        show = show_cost if lane.spends_credits else show_dollars
        self.way_buttons = []
        others = [way for way in ways if way.kind is not WayKind.MODEL]  # the table below has all models
        for way in others[:WAYS_SHOWN]:
            button = buttons.plain(f"{way.words}: {show(way.cost)}, saves {show(way.saves)}")
            button.setStyleSheet(_way_style(self._colours))
            button.clicked.connect(lambda _=False, chosen=way: self._choose(chosen))
            self._ways.addWidget(button)
            self.way_buttons.append(button)
        self._no_ways.setVisible(not self.way_buttons)

    def _arrange(self) -> None:
        made, cheaper, others = self._titles
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_L, theme.GAP_L - 4, theme.GAP_L, theme.GAP_M)
        rows.setSpacing(theme.GAP_S - 4)
        for widget in (made, self.made_of, self._total):
            rows.addWidget(widget)
        rows.addSpacing(theme.GAP_S)
        rows.addWidget(cheaper)
        rows.addWidget(self._no_ways)
        rows.addLayout(self._ways)
        rows.addSpacing(theme.GAP_S)
        rows.addWidget(others)
        rows.addWidget(self.others, 1)
        self.others.setMinimumHeight(TABLE_LEAST)


def _sums(made: Breakdown | None, lane: Lane) -> str:
    if made is None or made.input_cost is None or made.output_cost is None:
        return ""
    show = show_cost if lane.spends_credits else show_dollars
    if not any(part.tokens for part in made.parts if part.kind is PartKind.DRAFT):
        whole = show(made.input_cost + made.output_cost)
        return f"Before you type, each send costs {show(made.input_cost)}; with a likely answer {whole}."
    mean = f"; over many such messages {show(made.mean_cost)} each" if made.mean_cost else ""
    return f"In {show(made.input_cost)}, out {show(made.output_cost)}{mean}."


def _way_style(c: theme.Colours) -> str:
    return (
        f"QPushButton {{ background: transparent; color: {c.accent}; border: 2px solid transparent;"
        " padding: 3px 0; text-align: left; }"
        "QPushButton:hover { text-decoration: underline; }"
        f"QPushButton:focus {{ border: 2px solid {c.accent}; border-radius: 4px; }}"
    )


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold))
    return label


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    label.setWordWrap(True)
    return label
