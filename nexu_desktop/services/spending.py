"""What has been spent this day, this month and in a conversation, for the budgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from nexu_desktop.domain.budgets import Spent, Unit
from nexu_desktop.domain.chat import Lane
from nexu_desktop.services.account import Account
from nexu_desktop.services.meter import Limits
from nexu_desktop.services.ports import Chats, Clock, SettingsStore

KEPT_MS = 5_000  # another process may spend meanwhile; the estimate at each key must not ask the disk


class Spending:
    """Days and months are those of the local calendar. Play credits and real ones are never added up."""

    def __init__(self, chats: Chats, account: Account, settings: SettingsStore, clock: Clock) -> None:
        self._chats = chats
        self._account = account
        self._settings = settings
        self._clock = clock
        self._known: dict[tuple[Lane, str], tuple[int, Spent]] = {}
        self._running: dict[object, tuple[Lane, str, int]] = {}

    def unit(self, lane: Lane) -> Unit | None:
        """What budgets of this lane are counted in; None where nothing is paid."""
        if lane.spends_credits:
            return Unit.CREDITS
        return Unit.DOLLARS if lane is Lane.BYOK else None

    def spent(self, lane: Lane, cid: str) -> Spent:
        """Nano-units charged so far; what is held counts as spent today. At most five seconds old."""
        now = self._clock.monotonic_ms()
        known = self._known.get((lane, cid))
        if known is None or now - known[0] >= KEPT_MS:
            known = self._known[(lane, cid)] = (now, self._read(lane, cid))
        return known[1]

    def limits(self, lane: Lane, cid: str) -> Limits | None:
        """The budgets of a lane with what is spent of them; None where the person has set none."""
        unit = self.unit(lane)
        budgets = tuple(budget for budget in self._settings.current.budgets if budget.unit is unit)
        return Limits(unit, budgets, self.spent(lane, cid)) if unit and budgets else None

    @contextmanager
    def running(self, lane: Lane, cid: str, most: int) -> Iterator[None]:
        """A send counts at the most it can cost until its charge is known: an own key has no ledger to hold it."""
        mark = object()
        self._running[mark] = (lane, cid, most)
        self.forget()
        try:
            yield
        finally:
            del self._running[mark]
            self.forget()

    def forget(self) -> None:
        """Something was charged."""
        self._known.clear()

    def _read(self, lane: Lane, cid: str) -> Spent:
        today = datetime.fromtimestamp(self._clock.now_ms() / 1000).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        day, month = (_ms(start) for start in (today, today.replace(day=1)))
        here = [(where, most) for at, where, most in tuple(self._running.values()) if at is lane]
        held = self._account.last_seen(lane).held if lane.spends_credits else sum(most for _, most in here)
        talk = self._chats.spent((lane,), conversation=cid) if cid else 0
        return Spent(
            conversation=talk + sum(most for where, most in here if where == cid),
            day=self._chats.spent((lane,), since_ms=day) + held,
            month=self._chats.spent((lane,), since_ms=month) + held,
        )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
