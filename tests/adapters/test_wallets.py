"""Which ledger an account gets: the first one, one taken over from before, or one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.adapters.wallets import Wallets
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import LedgerConflict, StorageFailed
from nexu_desktop.services.ports import Grant
from tests.contracts.ledger import FixedClock, a_settlement, an_attempt

HERE = "https://link.nexu.io"
MINE, OTHER = (HERE, "nxk_mine"), (HERE, "nxk_other")
OPENING = Grant("g:nexu:opening", Nanocredits(1_000_000_000), "nexu")
STATED = Grant("g:person:a", Nanocredits(2_000_000_000), "person")


class Place:
    def __init__(self, folder: Path) -> None:
        self.paths = DataPaths(folder)
        self.lock = InstanceLock(folder / "instances")
        self.settings = SettingsFile(self.paths.settings)
        self.wallets = self.again()

    def again(self) -> Wallets:
        return Wallets(self.paths, self.lock, FixedClock(), SettingsFile(self.paths.settings))

    def settled(self) -> int:
        return self.wallets.ledgers[Lane.CREDITS].balance().settled

    def pay(self, attempt: str = "a") -> None:
        ledger = self.wallets.ledgers[Lane.CREDITS]
        ledger.hold(an_attempt(attempt))
        ledger.mark_dispatched(attempt)
        ledger.settle(a_settlement(attempt))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.wallets.close()
    made.lock.close()


def test_a_wallet_from_before_goes_to_the_key_in_the_keyring(place: Place) -> None:
    """Taken over with the first charge; from then on another saved key has a wallet of its own."""
    first = place.wallets.ledgers[Lane.CREDITS]
    first.grant(OPENING)
    place.wallets.use(*OTHER, kept=False)
    assert place.settled() == 0
    place.wallets.use(*MINE, kept=True)
    assert (place.settled(), first.owner()) == (1_000_000_000, "")
    place.pay()
    assert first.owner() != ""
    left = place.settled()
    place.wallets.use(*OTHER, kept=True)
    assert place.settled() == 0
    place.wallets.use(*MINE, kept=True)
    assert place.settled() == left


def test_the_opening_makes_an_owner_and_what_a_person_books_does_not(place: Place) -> None:
    """A service states a balance for a key; a person's own word is for whichever key is charged first."""
    place.wallets.use(*OTHER, kept=False)
    ledger = place.wallets.ledgers[Lane.CREDITS]
    ledger.grant(STATED)
    assert ledger.owner() == ""
    ledger.grant(OPENING)
    assert ledger.owner() != ""
    place.wallets.use(*MINE, kept=True)
    assert place.settled() == 0


def test_the_next_start_has_the_wallet_of_the_saved_key(place: Place) -> None:
    """Without asking the keyring; a key for one call leaves no such trace."""
    place.wallets.ledgers[Lane.CREDITS].account = "somebody"
    place.wallets.ledgers[Lane.CREDITS].grant(STATED)
    place.pay()
    place.wallets.use(*MINE, kept=True)
    place.wallets.ledgers[Lane.CREDITS].grant(OPENING)
    place.wallets.use(*OTHER, kept=False)
    again = place.again()
    assert again.ledgers[Lane.CREDITS].balance().settled == OPENING.amount
    assert sorted(ledger.balance().settled for ledger in again.others()) == [STATED.amount - 4]
    again.close()


@pytest.mark.parametrize("name", ["../..", "0" * 32])
def test_a_wallet_that_is_not_there_is_the_first(place: Place, name: str) -> None:
    """The settings can be edited; no folder outside is opened, none is made."""
    place.wallets.ledgers[Lane.CREDITS].grant(STATED)
    place.settings.update(wallet=name)
    again = place.again()
    assert again.ledgers[Lane.CREDITS].balance().settled == STATED.amount
    assert not place.paths.wallets.exists()
    again.close()


def test_no_wallet_outside_is_opened(place: Place) -> None:
    """Though a ledger lies there: only a fingerprint names a folder."""
    place.wallets.ledgers[Lane.CREDITS].grant(STATED)
    place.paths.wallets.mkdir()
    outside = place.paths.wallets.parent / "outside" / "ledger.db"
    planted = LedgerSqlite(outside, place.lock, FixedClock())
    planted.grant(OPENING)
    planted.close()
    place.settings.update(wallet="../outside")
    again = place.again()
    assert again.ledgers[Lane.CREDITS].balance().settled == STATED.amount
    assert again.others() == ()
    again.close()


def test_one_key_has_another_name_in_another_folder(place: Place, tmp_path: Path) -> None:
    """Who has seen the one finds the other nowhere: the name is salted with the first ledger's own id."""
    elsewhere = Place(tmp_path / "elsewhere")
    owners = []
    for one in (place, elsewhere):
        one.wallets.use(*MINE, kept=True)
        one.wallets.ledgers[Lane.CREDITS].grant(OPENING)
        owners.append(one.wallets.ledgers[Lane.CREDITS].owner())
    elsewhere.wallets.close()
    elsewhere.lock.close()
    assert all(re.fullmatch("[0-9a-f]{32}", owner) for owner in owners)
    assert owners[0] != owners[1]


def test_a_wallet_that_another_took_meanwhile_holds_nothing(place: Place) -> None:
    """Two processes began on an open wallet: who is charged first has it, the other one is told."""
    ledger = place.wallets.ledgers[Lane.CREDITS]
    ledger.grant(STATED)
    place.wallets.use(*MINE, kept=True)
    place.pay()
    ledger.account = "another"
    with pytest.raises(LedgerConflict, match="another account"):
        ledger.hold(an_attempt("b"))
    assert ledger.balance().held == 0
    assert ledger.verify() == ()


def test_the_owner_is_written_once(place: Place) -> None:
    """No statement changes or removes it."""
    place.wallets.use(*MINE, kept=True)
    ledger = place.wallets.ledgers[Lane.CREDITS]
    ledger.grant(OPENING)
    for statement in ("UPDATE owner SET account = 'x'", "DELETE FROM owner"):
        with pytest.raises(StorageFailed), ledger.database.transaction() as db:
            db.execute(statement)
