"""Keys of the person, pasted in the dialog: the real gateway charges the real wallet, an own key no wallet at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from nexu_desktop.domain.chat import Lane, ModelRef, Outcome, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT, show_balance, show_dollars
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.services.ports import KeyringState
from tests.adapters.secret_service import PrivateKeyring
from tests.journeys.conftest import Opener
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT
MODEL = "gemini-3-flash-preview"


@pytest.mark.usefixtures("secret_service")
def test_a_nexu_key_leaves_the_sandbox(open_window: Opener) -> None:
    """Key in, models listed, wallet opened with the stated balance; from then on the real wallet pays."""
    house = open_window()
    page = house.paste_key("nexu", house.server.address.url, house.server.address.token)
    assert page.state.text() == "The key is accepted. Saved."
    assert "Kept in " in page.where.text()
    house.wait(lambda: house.header == "100.00 credits" and house.wallet[2] == "Nexu credits")
    assert not house.window.banner.isVisible()
    lanes = [offer.ref.lane for offer in house.core.catalog.offers()]
    assert (lanes.count(Lane.CREDITS), lanes.count(Lane.SANDBOX)) == (9, 9)
    assert house.balance(Lane.CREDITS).settled == OPENING
    sandbox = house.entries(Lane.SANDBOX)
    house.ask("Compare tea and coffee.")
    receipt = house.receipt_of()
    assert (receipt.ref.lane, receipt.outcome) == (Lane.CREDITS, Outcome.COMPLETE)
    assert 0 < (receipt.charged or 0) == OPENING - house.balance(Lane.CREDITS).settled
    assert house.entries(Lane.SANDBOX) == sandbox
    left = show_balance(house.balance(Lane.CREDITS).settled)
    house.wait(lambda: (house.header, house.wallet[0]) == (f"{left} credits", left))
    house.sound()
    house.close()
    again = open_window()
    assert (again.header, again.window.banner.isVisible()) == (f"{left} credits", False)
    again.ask("And cocoa?")
    assert again.receipt_of(2).ref.lane is Lane.CREDITS
    again.sound()


@pytest.mark.usefixtures("secret_service")
def test_without_a_stated_balance_the_person_states_it(house: House) -> None:
    """A gateway that knows no balance: until the person writes one, nothing can be spent; then it can."""
    house.server.faults.set(Faults(on="account", status=404), requests=9)
    dialog = house.paste_key("nexu", house.server.address.url, house.server.address.token)
    wallet = dialog.window().wallet  # the dialog it lies in
    house.wait(lambda: wallet.text.text().startswith("The service states no balance."))
    house.type("Compare tea and coffee.")
    house.wait(lambda: "short" in house.meter)
    house.press_enter()
    assert (house.draft, house.messages) == ("Compare tea and coffee.", ())
    wallet.amount.setText("12.5")
    wallet.book.click()
    house.wait(lambda: house.header == "12.50 credits")
    house.press_enter()
    assert 0 < (house.receipt_of().charged or 0) == 12_500_000_000 - house.balance(Lane.CREDITS).settled
    house.sound()


@pytest.mark.usefixtures("secret_service")
def test_an_own_key_spends_no_credits(open_window: Opener, tmp_path: Path) -> None:
    """Not one new entry in either wallet; the header, the strip and the receipt say who is billed."""
    house = open_window()
    token = house.server.address.token
    page = house.paste_key("custom", house.server.address.url + "/v1", token)
    assert page.state.text() == "The key is accepted. Saved."
    page.window().close()
    before = (house.entries(Lane.SANDBOX), house.entries(Lane.CREDITS))
    house.choose(ModelRef(Lane.BYOK, "custom", MODEL))
    assert (house.header, house.window.banner.isVisible()) == ("Your key, 0 credits", False)
    assert house.wallet[2] == "Play credits"
    house.type("Compare tea and coffee.")
    house.wait(lambda: "0 credits" in house.meter)
    house.press_enter()
    receipt = house.receipt_of()
    assert (receipt.ref.lane, receipt.outcome, receipt.charged) == (Lane.BYOK, Outcome.COMPLETE, None)
    price = f"{show_dollars(receipt.dollars)} on your bill" if receipt.dollars else "price unknown"
    assert f"{price}, 0 credits" in house.receipt()
    assert (house.entries(Lane.SANDBOX), house.entries(Lane.CREDITS)) == before
    house.sound()
    house.close()
    assert [
        path for path in tmp_path.rglob("*") if path.is_file() and token.encode() in path.read_bytes()
    ] == []


@pytest.mark.usefixtures("secret_service")
def test_removing_the_key_goes_back_to_the_sandbox(house: House) -> None:
    """Its models go from the picker; the conversation goes on where it can, and says so by its lane."""
    house.paste_key("custom", house.server.address.url + "/v1", house.server.address.token).window().close()
    house.choose(ModelRef(Lane.BYOK, "custom", MODEL))
    dialog = house.settings("custom")
    page = next(page for page in dialog.key_pages if page.row.name == "custom")
    page.remove.click()
    house.wait(lambda: house.header == "100.00 credits")
    assert Lane.BYOK not in {offer.ref.lane for offer in house.core.catalog.offers()}
    house.ask("Still there?")
    assert house.receipt_of().ref.lane is Lane.SANDBOX
    house.sound()


@pytest.mark.usefixtures("secret_service")
def test_a_rejected_key_is_not_stored(house: House) -> None:
    """The service says no: the page says so, and neither the list nor the keyring knows the key."""
    page = house.paste_key("custom", house.server.address.url + "/v1", "sk-CANARY-wrong-0123456789")
    assert page.state.text().startswith("The service did not accept the key.") or "key" in page.state.text()
    assert house.core.keys.list() == ()
    assert not page.unchecked.isVisible()


def test_without_a_keyring_the_key_lasts_for_the_session(open_window: Opener) -> None:
    """Nothing to keep it in: it is used from memory, and gone with the window."""
    house = open_window()
    page = house.paste_key("custom", house.server.address.url + "/v1", house.server.address.token)
    assert page._status is not None
    assert page._status.state is KeyringState.MISSING
    assert page.state.text() == "The key is accepted. Kept for this session."
    page.window().close()
    house.choose(ModelRef(Lane.BYOK, "custom", MODEL))
    house.ask("Compare tea and coffee.")
    assert house.receipt_of().ref.lane is Lane.BYOK
    house.close()
    again = open_window()
    assert again.core.keys.list() == ()
    assert (again.header, len(again.answers)) == ("100.00 credits", 1)


def test_a_locked_keyring_is_told_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locked is said as locked: the key can be kept for the session meanwhile."""
    with PrivateKeyring(unlocked=False) as keyring:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", keyring.address)
        page = house.settings("custom").key_pages[-1]
        assert page._status is not None
        assert page._status.state in (KeyringState.WORKING, KeyringState.LOCKED)
        assert page.where.text() != ""


@pytest.mark.usefixtures("secret_service")
def test_a_closed_port_is_offline_and_can_be_saved_unchecked(house: House) -> None:
    """A wrong address is said with the next step, and the key is not lost over it."""
    page = house.paste_key("nexu", "http://127.0.0.1:9", "nxk_0123456789abcdefghij")
    assert "127.0.0.1" in page.state.text()
    assert page.unchecked.isVisible()
    page.unchecked.click()
    house.wait(lambda: house.core.keys.saved("nexu") is not None)
    house.wait(lambda: page.checked.text() == "Not checked yet")
    assert house.balance(Lane.CREDITS).settled == 0


@pytest.mark.usefixtures("secret_service")
def test_a_key_taken_out_of_the_keyring_by_hand(house: House, secret_service: PrivateKeyring) -> None:
    """Gone between listing and sending: the draft comes back with the next step, nothing is held."""
    house.paste_key("custom", house.server.address.url + "/v1", house.server.address.token).window().close()
    house.choose(ModelRef(Lane.BYOK, "custom", MODEL))
    saved = house.core.keys.saved("custom")
    assert saved is not None
    house.core.keys._secrets.delete(house.core.keys._ref(saved))
    house.type("Compare tea and coffee.")
    house.press_enter()
    house.wait(lambda: house.draft == "Compare tea and coffee.")
    assert "Enter the key again" in house.notice
    assert [row for row in house.messages if row.role is Role.USER] == []
    house.sound()


@pytest.mark.parametrize("lane", ["sandbox"])
def test_a_closed_port_in_mid_use(house: House, lane: str) -> None:
    """The service is gone: said where the answer would be, nothing charged, Retry works once it is back."""
    alive = house.core.connections._sandbox.address
    house.core.connections._sandbox.address = type(alive)("http://127.0.0.1:9", alive.token)
    house.ask("Compare tea and coffee.")
    receipt = house.receipt_of()
    assert (receipt.outcome, receipt.charged) == (Outcome.FAILED, 0)
    assert "The first try cost nothing." in house.trouble()
    house.sound()
    house.core.connections._sandbox.address = alive
    house.retry()
    assert house.receipt_of(2).outcome is Outcome.COMPLETE
    house.sound()
