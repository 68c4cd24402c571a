"""Wallets: the play credits of the sandbox, the balance the gateway states, and credits the person states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.domain.errors import BadInput, LedgerConflict, NexuError
from nexu_desktop.services.catalog import NEXU
from nexu_desktop.services.ports import Grant, Ledger, Provider

PLAY_CREDITS = Nanocredits(100 * NANO_PER_CREDIT)


class Account:
    def __init__(self, ledgers: Mapping[Lane, Ledger], has_key: Callable[[str], bool]) -> None:
        self._ledgers = ledgers
        self._has_key = has_key
        self._seen: dict[Lane, Balance] = {}

    def balance(self, lane: Lane) -> Balance:
        """From disk. Raises KeyError on the own-key lane: it has no wallet."""
        self._seen[lane] = self._ledgers[lane].balance()
        return self._seen[lane]

    def last_seen(self, lane: Lane) -> Balance:
        """Without touching the disk, for the estimate at each key; the hold decides under the lock."""
        return self._seen.get(lane) or self.balance(lane)

    def saw(self, lane: Lane, balance: Balance) -> None:
        """A turn has announced it."""
        self._seen[lane] = balance

    def ledger(self, lane: Lane) -> Ledger:
        return self._ledgers[lane]

    def open_sandbox(self) -> None:
        """The same id each time: the play credits are given once, however often the program starts."""
        grant = Grant("g:sandbox:opening", PLAY_CREDITS, "sandbox", "play credits")
        self._ledgers[Lane.SANDBOX].grant(grant)

    def active_lane(self) -> Lane:
        """Real credits once there is a Nexu key or a real entry; the sandbox on a fresh machine."""
        real = self._has_key(NEXU) or bool(self._ledgers[Lane.CREDITS].entries(limit=1))
        return Lane.CREDITS if real else Lane.SANDBOX

    async def open_wallet(self, provider: Provider) -> Balance | None:
        """Open an untouched wallet with the balance the service states; None where it states none.

        A wallet with entries keeps its own book: differences are for reconciliation, not for overwriting.
        """
        ledger = self._ledgers[Lane.CREDITS]
        if ledger.entries(limit=1):
            return self.balance(Lane.CREDITS)
        try:
            stated = await provider.stated_balance()
        except NexuError:
            return None
        if stated is None or stated <= 0:
            return None
        with suppress(LedgerConflict):  # another process opened it meanwhile, with what it was told
            ledger.grant(Grant("g:nexu:opening", stated, "nexu", "balance stated by the service"))
        return self.balance(Lane.CREDITS)

    def state_credits(self, lane: Lane, amount: Nanocredits, note: str, ref: str) -> Balance:
        """Book credits the person says they have. Raises BadInput for an amount that is not positive."""
        if amount <= 0:
            raise BadInput("A grant must be more than 0 credits.", "Write a number such as 100.")
        grant = Grant(f"g:person:{ref}", amount, "person", note, effective_ms=0)
        self._ledgers[lane].grant(grant)
        return self.balance(lane)
