"""The live figures: the estimate under the draft, the context pill, and the draft priced on every model."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow


class Pricing(QObject):
    """`warmed`: counts that were pending have come in."""

    warmed = Signal()

    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._bridge = bridge
        self._cid = ""
        self._counting = False
        self._asked = 0  # how often: tells whether an answer still fits the question
        self._begun = False
        window.composer.pick_model_requested.connect(lambda: self.show_picker())
        window.composer.cheaper_requested.connect(lambda: self.show_picker(sort="draft"))
        window.favourites_changed.connect(self._keep_favourites)
        window.sort_changed.connect(self._keep_sort)

    def open(self, cid: str) -> None:
        self._cid = cid
        offer = self._desk.catalog.offer(self._desk.ref(cid))
        if offer is not None:
            self._window.composer.set_offer(offer)
        self.refresh()

    def begin(self) -> None:
        """After the first paint: loading a vocabulary holds the interpreter for a tenth of a second."""
        self._begun = True
        self.refresh()

    def refresh(self) -> None:
        """At each key: counts are cached, so this takes about a millisecond; '~' where they are not yet."""
        if not self._cid:
            return
        self._asked += 1
        draft = self._window.composer.draft()
        estimate = self._desk.estimate(self._cid, draft)
        self._show(estimate)
        offer = self._desk.catalog.offer(self._desk.ref(self._cid))
        if estimate is None and offer is not None and offer.sendable and self._begun and not self._counting:
            self._count(draft)

    def show_picker(self, *, sort: str = "") -> None:
        """Every model with what this very draft costs on it; figures still being counted follow."""
        draft = self._window.composer.draft()
        settings = self._desk.settings.current
        offers = self._desk.catalog.offers()
        costs = {offer.ref: self._desk.estimate(self._cid, draft, offer.ref) for offer in offers}
        self._window.picker.set_card(self._desk.catalog.card_date, self._desk.catalog.default_model)
        self._window.picker.open_for(
            offers,
            self._desk.ref(self._cid),
            costs,
            settings.favourites,
            sort or settings.picker_sort,
            self._window.composer.model_button,
        )
        missing = [offer.ref for offer in offers if offer.sendable and costs[offer.ref] is None]
        if missing:
            counted = self._desk.warm_async(self._cid, draft, missing)
            self._bridge.submit(counted, on_done=lambda _: self._fill(draft, missing))

    def _fill(self, draft: str, refs: list[ModelRef]) -> None:
        for ref in refs:
            self._window.picker.set_cost(ref, self._desk.estimate(self._cid, draft, ref))

    def _show(self, estimate: Estimate | None) -> None:
        self._window.composer.set_estimate(estimate)
        credits_lane = self._desk.ref(self._cid).lane.spends_credits
        self._window.header.show_context(self._desk.context_tokens(self._cid), credits_lane=credits_lane)

    def _count(self, draft: str) -> None:
        """Off the GUI thread; one at a time."""
        self._counting = True
        self._bridge.submit(
            _counted(self._desk, self._cid, draft),
            on_done=partial(self._take, self._asked),
            on_error=lambda _: self._take(0, None),
        )

    def _take(self, asked: int, estimate: Estimate | None) -> None:
        """The figures of what was asked, unless draft, model or settings changed meanwhile: then again."""
        self._counting = False
        if asked == self._asked and estimate is not None:
            self._show(estimate)
        else:
            self.refresh()
        self.warmed.emit()

    def _keep_favourites(self, favourites: object) -> None:
        self._keep(favourites=tuple(favourites) if isinstance(favourites, list | tuple) else ())

    def _keep_sort(self, sort: str) -> None:
        self._keep(picker_sort=sort)

    def _keep(self, **changes: object) -> None:
        with self._window.notice.told():
            self._desk.settings.update(**changes)


async def _counted(desk: Desk, cid: str, draft: str) -> Estimate | None:
    import asyncio  # 50 ms that a start need not pay

    await desk.warm_async(cid, draft)
    return await asyncio.to_thread(desk.estimate, cid, draft)
