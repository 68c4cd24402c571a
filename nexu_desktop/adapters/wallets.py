"""Which ledger file is whose: credits of one account are never spent with the key of another."""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import suppress

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.errors import StorageFailed
from nexu_desktop.services.catalog import NEXU
from nexu_desktop.services.ports import Clock, SettingsStore

FIRST = ""
FINGERPRINT = re.compile(r"[0-9a-f]{32}")


class Wallets:
    """The first account to open or to spend owns ledger.db; every other one has a file below wallets/.

    An account is known by a fingerprint of origin and key that is salted with the random id of ledger.db:
    nobody can tell the key from it, or find the same key in another folder. A replaced key is another account,
    as nothing tells the two apart: its wallet opens with what the service states. `ledgers` is the one mapping
    that every story reads, so that a switch reaches them all; a turn keeps the ledger it began with.
    """

    def __init__(
        self, paths: DataPaths, instances: InstanceLock, clock: Clock, settings: SettingsStore
    ) -> None:
        self._paths = paths
        self._instances = instances
        self._clock = clock
        self._settings = settings
        self._open: dict[str, LedgerSqlite] = {}
        play = LedgerSqlite(paths.ledger(Lane.SANDBOX), instances, clock)
        self.ledgers: dict[Lane, LedgerSqlite] = {
            Lane.CREDITS: self._opened(self._remembered()),
            Lane.SANDBOX: play,
        }

    def use(self, origin: str, key: str, *, kept: bool) -> None:
        """From now on credits are those of this account. `kept`: the key lies in the keyring.

        Only such a key takes over a wallet that a service opened before owners were written down, and only
        with none saved may another key begin the first wallet. Raises StorageFailed children.
        """
        account = self._account(origin, key)
        name = FIRST if self._may_use_first(account, kept=kept) else account
        ledger = self._opened(name)
        ledger.account = account
        self.ledgers[Lane.CREDITS] = ledger
        if kept and self._settings.current.wallet != name:
            self._settings.update(wallet=name)

    def others(self) -> tuple[LedgerSqlite, ...]:
        """Those of accounts that are not in use now; one that can't be opened is left alone."""
        folders = self._paths.wallets.glob("*/ledger.db") if self._paths.wallets.is_dir() else ()
        names = {FIRST, *(path.parent.name for path in folders if FINGERPRINT.fullmatch(path.parent.name))}
        found: list[LedgerSqlite] = []
        for name in sorted(names):
            with suppress(StorageFailed):
                found.append(self._opened(name))
        return tuple(ledger for ledger in found if ledger is not self.ledgers[Lane.CREDITS])

    def close(self) -> None:
        for ledger in (self.ledgers[Lane.SANDBOX], *self._open.values()):
            ledger.close()

    def _may_use_first(self, account: str, *, kept: bool) -> bool:
        first = self._opened(FIRST)
        owner = first.owner()
        if owner:
            return owner == account
        return kept or (self._settings.current.key(NEXU) is None and not first.stated())

    def _account(self, origin: str, key: str) -> str:
        salt = self._opened(FIRST).wallet_id().encode()
        return hmac.new(salt, f"{origin}\n{key}".encode(), hashlib.sha256).hexdigest()[:32]

    def _remembered(self) -> str:
        """The settings can be edited: what is no fingerprint names no folder."""
        name = self._settings.current.wallet
        known = FINGERPRINT.fullmatch(name) and (self._paths.wallets / name / "ledger.db").is_file()
        return name if known else FIRST

    def _opened(self, name: str) -> LedgerSqlite:
        if name not in self._open:
            path = self._paths.ledger(Lane.CREDITS)
            if name != FIRST:
                path = self._paths.wallets / name / "ledger.db"
            self._open[name] = LedgerSqlite(path, self._instances, self._clock)
        return self._open[name]
