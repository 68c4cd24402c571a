"""The live figures: the estimate under the draft, the context pill, and the draft priced on every model."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow


class Pricing(QObject):
    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._bridge = bridge
        self._cid = ""
        self._warming = False
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
        """At each key: counts are cached, so this is a fraction of a millisecond; '~' where they are not yet."""
        if not self._cid:
            return
        estimate = self._desk.estimate(self._cid, self._window.composer.draft())
        self._window.composer.set_estimate(estimate)
        ref = self._desk.ref(self._cid)
        offer = self._desk.catalog.offer(ref)
        context = self._desk.context_tokens(self._cid) if estimate else None
        self._window.header.show_context(context, credits_lane=ref.lane.spends_credits)
        if estimate is None and offer is not None and offer.sendable and self._begun and not self._warming:
            self._warm()

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

    def _warm(self) -> None:
        """Off the GUI thread; one at a time, and again if the draft changed meanwhile."""
        self._warming = True
        counted = self._desk.warm_async(self._cid, self._window.composer.draft())
        self._bridge.submit(counted, on_done=lambda _: self._warmed(), on_error=lambda _: self._warmed())

    def _warmed(self) -> None:
        self._warming = False
        self.refresh()

    def _keep_favourites(self, favourites: object) -> None:
        self._keep(favourites=tuple(favourites) if isinstance(favourites, list | tuple) else ())

    def _keep_sort(self, sort: str) -> None:
        self._keep(picker_sort=sort)

    def _keep(self, **changes: object) -> None:
        try:
            self._desk.settings.update(**changes)
        except NexuError as error:
            self._window.notice.say(error.title, error.hint)
