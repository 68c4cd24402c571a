"""The rate card that ships with the program: the newest of the dated files."""

from __future__ import annotations

from functools import cached_property

from nexu_desktop.adapters.resources import read_text, resource_root
from nexu_desktop.domain.errors import StorageFailed
from nexu_desktop.domain.ratecard import RateCard, parse_card


class RateCardFile:
    """A CardSource. Nothing is read before the first `card()`; the card is read once."""

    def card(self) -> RateCard:
        """Raises StorageFailed for a missing file and BadInput for one that makes no sense."""
        return self._card

    @cached_property
    def _card(self) -> RateCard:
        names = sorted(path.name for path in resource_root().glob("ratecard-*.json"))
        if not names:
            raise StorageFailed("The rate card is missing.", "Install the program again.")
        return parse_card(read_text(names[-1]))
