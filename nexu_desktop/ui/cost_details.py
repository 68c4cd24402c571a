"""Opens what lies behind the estimate: the sheet with its parts, cheaper ways and other models."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from nexu_desktop.domain.breakdown import Way, WayKind
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow


class CostDetails(QObject):
    """`context_changed` is for the figures."""

    context_changed = Signal()
    model_chosen = Signal(object)

    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._bridge = bridge
        self._cid = cid
        window.composer.strip.details_requested.connect(self.open)
        window.way_chosen.connect(self.take)

    def open(self) -> None:
        """With what is counted already; the rest follows."""
        cid, draft = self._cid(), self._window.composer.draft()
        missing = self._show(cid, draft)
        if missing:
            counted = self._desk.warm_async(cid, draft, missing)
            self._bridge.submit(counted, on_done=lambda _: self._again(cid, draft))

    def take(self, way: Way) -> None:
        """Do what the person picked."""
        cid = self._cid()
        with self._window.notice.told():
            match way.kind:
                case WayKind.MODEL:
                    self.model_chosen.emit(way.ref)
                case WayKind.CONTEXT:
                    self._desk.context.keep_last(cid, way.keep_last)
                case WayKind.FILES:
                    self._desk.context.drop_files(cid, True)
                case WayKind.EFFORT:
                    self._desk.context.set_effort(cid, "low")
                case WayKind.LIMIT:
                    self._desk.limit_next(cid, way.limit)
                    self._window.notice.say(f"The next answer here is limited to {way.limit or 0:,} tokens.")
        self.context_changed.emit()

    def _again(self, cid: str, draft: str) -> None:
        if self._window.sheet.isVisible() and cid == self._cid():
            self._show(cid, draft)

    def _show(self, cid: str, draft: str) -> list[ModelRef]:
        """Returns the models whose count is still pending."""
        from nexu_desktop.ui.estimate_sheet.other_models import PricedModel  # not before it is wanted

        offers = [offer for offer in self._desk.catalog.offers() if offer.sendable]
        rows = [PricedModel(offer.ref, self._desk.estimate(cid, draft, offer.ref)) for offer in offers]
        self._window.sheet.show_for(
            self._desk.breakdown(cid, draft),
            self._desk.ways(cid, draft),
            rows,
            self._desk.ref(cid),
            self._window.composer.strip,
        )
        return [row.ref for row in rows if row.estimate is None]
