"""Calls of the program: titles by a model and summaries, off or on by choice, with what one costs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Purpose
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.settings import SUMMARY_FLOOR_TOKENS
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.hidden_calls import SAME, HiddenEstimate
from nexu_desktop.ui import spin_boxes, theme
from nexu_desktop.ui.choice import Choice
from nexu_desktop.ui.lane_chip import NAMES
from nexu_desktop.ui.settings_dialog.key_page import label

STEP_TOKENS = 1_000
OFF = SUMMARY_FLOOR_TOKENS - STEP_TOKENS  # the lowest step reads "Never"


class CallsPage(QWidget):
    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        current = desk.settings.current
        self.titles = Choice("Titles of conversations")
        self.titles.addItem("The first line of the message, free", "")
        self.titles.addItem("Written by the conversation’s model", SAME)
        for offer in desk.catalog.offers():
            if offer.sendable:
                text = f"Written by {offer.ref.model} ({NAMES[offer.ref.lane]})"
                self.titles.addItem(text, str(offer.ref))
        self.titles.setCurrentIndex(max(self.titles.findData(current.title_model), 0))
        name, above = "Summarise earlier messages above so many tokens", current.summary_above_tokens or OFF
        self.summaries = spin_boxes.limit(name, OFF, STEP_TOKENS, "tokens", above, never=True)
        self.title_cost = label("", theme.SIZE_CAPTION)
        self.summary_cost = label("", theme.SIZE_CAPTION)
        self.state = label("", theme.SIZE_CAPTION)
        self._arrange()
        self.titles.currentIndexChanged.connect(lambda _: self._keep(title_model=self.titles.currentData()))
        self.summaries.valueChanged.connect(self._keep_summaries)
        self._estimate()

    def _keep_summaries(self, tokens: int) -> None:
        """What lies between off and the least is the least."""
        chosen = 0 if tokens == OFF else max(tokens, SUMMARY_FLOOR_TOKENS)
        self._keep(summary_above_tokens=chosen)

    def _keep(self, **changes: object) -> None:
        try:
            self._desk.settings.update(**changes)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self._estimate()
        self.changed.emit()

    def _estimate(self) -> None:
        found = {one.purpose: one for one in self._desk.hidden.estimates()}
        title, summary = found.get(Purpose.TITLE), found.get(Purpose.SUMMARY)
        self.title_cost.setText(_words(title) if title else "No call is made for a title.")
        self.summary_cost.setText(
            f"{_words(summary)} The last four messages stay word for word; the earlier ones are dropped from "
            "what is sent and can be restored in the context."
            if summary
            else "Nothing is summarised."
        )

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_XL, theme.GAP_XL, 0)
        column.setSpacing(theme.GAP_S)
        column.addWidget(label("Calls of the program", theme.SIZE_DISPLAY, weight=QFont.Weight.DemiBold))
        why = "Each is booked with its purpose, never passes a budget, and is left out instead of asking."
        column.addWidget(label(why, theme.SIZE_CAPTION))
        column.addSpacing(theme.GAP_S)
        column.addWidget(label("Titles of conversations"))
        column.addWidget(self.titles)
        column.addWidget(self.title_cost)
        column.addSpacing(theme.GAP_L)
        column.addWidget(label("Summarise earlier messages when the context is above"))
        column.addWidget(self.summaries)
        column.addWidget(self.summary_cost)
        column.addWidget(self.state)
        column.addStretch(1)


def _words(estimate: HiddenEstimate) -> str:
    if estimate.cost is None:
        return f"The price on {estimate.ref.model} is unknown."
    show = show_cost if estimate.ref.lane.spends_credits else show_dollars
    unit = " credits" if estimate.ref.lane.spends_credits else ""
    return f"Estimate: {show(estimate.cost)}{unit} each on {estimate.ref.model}."
