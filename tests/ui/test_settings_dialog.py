"""Keys and settings: pasted keys are checked before they are kept, and the keyring's states are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from nexu_desktop.domain.budgets import Scope, Unit
from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits
from nexu_desktop.domain.errors import BadInput, KeyringUnavailable
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.services.ports import KeyringState, SecretRef
from nexu_desktop.ui import theme
from tests.services.house import past
from tests.ui.settings_world import CANARY, OFFLINE, REJECTED, ROWS, World, page_of


def test_an_accepted_key_is_kept_masked_and_named_where_it_lies(world: World) -> None:
    """Paste, Enter: checked, in the keyring, four characters shown, the sender and the place in words."""
    dialog = world.open()
    page = page_of(dialog, "openai")
    world.store(page, f"  “{CANARY}” ")
    ref = SecretRef("openai", "https://api.openai.com")
    assert world.secrets.stored == {ref: CANARY}
    assert (page.key.text(), page.key.isReadOnly()) == ("••••4b06", True)
    assert page.state.text() == "The key is accepted. Saved."
    assert page.checked.text().endswith("2 models")
    assert page.where.text() == "Kept in Memory, never in a file. Sent to https://api.openai.com only."
    assert dialog.names.item(1).text() == "OpenAI\n••••4b06"
    assert world.changes == 1


def test_a_rejected_key_is_not_kept(world: World) -> None:
    """The service's no is shown, the typed key stays to be mended, nothing is stored."""
    dialog = world.open()
    world.refusal = REJECTED
    page = page_of(dialog, "openai")
    world.store(page)
    assert (world.secrets.stored, world.secrets.session, world.keys.list()) == ({}, {}, ())
    assert page.state.text() == "OpenAI did not accept the key. Check the key."
    assert (page.key.text(), page.unchecked.isVisible(), world.changes) == (CANARY, False, 0)


def test_offline_a_key_can_be_saved_without_checking(world: World) -> None:
    """Offered only then; the page says afterwards that nobody has looked at it."""
    dialog = world.open()
    page = page_of(dialog, "openai")
    assert not page.unchecked.isVisible()
    world.refusal = OFFLINE
    world.store(page)
    assert page.unchecked.isVisible()
    page.unchecked.click()
    world.wait(lambda: page.replace.isVisible() and page.replace.isEnabled())
    assert (page.checked.text(), page.state.text()) == ("Not checked yet", "Saved.")
    assert list(world.secrets.stored.values()) == [CANARY]


@pytest.mark.parametrize("state", [KeyringState.LOCKED, KeyringState.MISSING, KeyringState.DENIED])
def test_without_a_keyring_only_the_session_is_offered(world: World, state: KeyringState) -> None:
    """Each state has its own sentence; the key stays in memory and no file knows it."""
    world.secrets.state = state
    page = page_of(world.open(), "openai")
    assert page.where.text().startswith(
        {
            KeyringState.LOCKED: "The keyring is locked;",
            KeyringState.MISSING: "There is no keyring here,",
            KeyringState.DENIED: "The keyring denies access,",
        }[state]
    )
    assert page.session_only.isChecked()
    world.store(page)
    assert (list(world.secrets.session.values()), world.secrets.stored) == ([CANARY], {})
    assert page.state.text() == "The key is accepted. Kept for this session."
    assert page.where.text().startswith("Kept in memory until the program ends.")
    assert not _files_with(world.core.paths.root, CANARY)


def test_a_keyring_found_locked_can_still_be_unlocked(world: World) -> None:
    """Locked is not missing: unchecking “this session only” asks the keyring, which may show its prompt."""
    world.secrets.state = KeyringState.LOCKED
    page = page_of(world.open(), "openai")
    assert page.session_only.isEnabled()
    page.session_only.setChecked(False)
    world.secrets.state = KeyringState.WORKING
    world.store(page)
    assert (list(world.secrets.stored.values()), world.secrets.session) == ([CANARY], {})


def test_a_keyring_that_fails_on_saving_offers_the_session(world: World) -> None:
    """It worked when the dialog opened and not when it was needed: the key is still in the field."""
    page = page_of(world.open(), "openai")
    world.secrets.state = KeyringState.DENIED
    world.store(page)
    assert page.state.text() == "The keyring is not there."
    assert (page.session_only.isChecked(), page.key.text()) == (True, CANARY)
    world.store(page)
    assert list(world.secrets.session.values()) == [CANARY]


def test_a_keyring_that_does_not_answer_is_said(world: World) -> None:
    """No endless “Looking for the keyring…”: the session is offered instead."""

    def silent() -> None:
        raise KeyringUnavailable("The keyring does not answer.", "Look for its prompt.", code="locked")

    world.secrets.status = silent  # a keyring that hangs
    page = page_of(world.open(), "openai")
    assert page.where.text() == "The keyring does not answer. Look for its prompt."
    assert page.session_only.isChecked()


def test_replacing_keeps_the_old_key_until_the_new_one_is_accepted(world: World) -> None:
    """A typing mistake costs nothing."""
    page = page_of(world.open(), "openai")
    world.store(page)
    page.replace.click()
    world.refusal = REJECTED
    world.store(page, "sk-second-0123456789abcdef")
    assert list(world.secrets.stored.values()) == [CANARY]
    world.refusal = None
    world.store(page, "sk-second-0123456789abcdef")
    assert list(world.secrets.stored.values()) == ["sk-second-0123456789abcdef"]


def test_removing_forgets_the_key(world: World) -> None:
    """Out of the keyring, out of the list, the field is empty again."""
    dialog = world.open()
    page = page_of(dialog, "openai")
    world.store(page)
    page.remove.click()
    world.wait(page.save.isVisible)
    assert (world.secrets.stored, world.keys.list(), page.key.text()) == ({}, (), "")
    assert dialog.names.item(1).text() == "OpenAI\nNo key"


def test_a_text_that_is_no_key_is_told_before_anything_is_sent(world: World) -> None:
    """One sentence with the next step; the service is not asked."""
    page = page_of(world.open(), "openai")
    world.refusal = REJECTED
    world.store(page, "two words")
    assert page.state.text() == "The key has a space inside. Copy it again, in one piece."


def test_a_wrong_address_is_told(world: World) -> None:
    """A custom service needs an address that is one."""
    page = page_of(world.open("custom"), "custom")
    world.store(page)
    assert page.state.text() == "There is no address. Write one such as https://my-server.example/v1."
    page.address.setText("my server")
    world.store(page)
    assert page.state.text() == "This is not a web address. It begins with https://."
    page.address.setText("http://[::1/v1")
    assert page.where.text() == "Kept in Memory, never in a file."


def test_closing_in_the_middle_of_a_check_keeps_no_typed_key(world: World) -> None:
    """The field forgets; the check ends quietly and what it accepted is there at the next opening."""
    dialog = world.open()
    page = page_of(dialog, "openai")
    world.held = True
    page.key.setText(CANARY)
    page.save.click()
    assert not page.save.isEnabled()
    dialog.reject()
    assert page.key.text() == ""
    world.held = False
    world.wait(lambda: world.keys.saved("openai") is not None)
    again = page_of(world.open(), "openai")
    assert again.key.text() == "••••4b06"


def test_the_wallet_opens_with_the_stated_balance(world: World) -> None:
    """A Nexu key brings the balance the service states into the ledger, once."""
    world.stated = Nanocredits(1_234 * NANO_PER_CREDIT)
    dialog = world.open("nexu")
    assert not dialog.wallet.isVisible()
    world.store(page_of(dialog, "nexu"))
    world.wait(lambda: dialog.wallet.text.text() == "1,234.00 credits")
    assert world.core.account.balance(Lane.CREDITS).settled == 1_234 * NANO_PER_CREDIT
    assert not dialog.wallet.amount.isVisible()
    assert world.core.account.ledger(Lane.CREDITS).verify() == ()


def test_where_no_balance_is_stated_the_person_states_it_once(world: World) -> None:
    """Asked for in words; nonsense is refused; what was booked is shown and can't be booked a second time."""
    dialog = world.open("nexu")
    world.store(page_of(dialog, "nexu"))
    wallet = dialog.wallet
    world.wait(lambda: world.changes == 2)
    assert wallet.text.text() == "The service states no balance. Write the credits you have, once."
    for nonsense, said in (
        ("many", "“many” is not an amount of credits. Write a number such as 12 or 0.35."),
        ("-5", "A grant must be more than 0 credits. Write a number such as 100."),
    ):
        wallet.amount.setText(nonsense)
        wallet.book.click()
        assert wallet.text.text() == said
    wallet.amount.setText("250.5")
    world.qtbot.keyClick(wallet.amount, Qt.Key.Key_Return)
    assert (wallet.text.text(), wallet.amount.isVisible()) == ("250.50 credits", False)
    assert world.core.account.balance(Lane.CREDITS).settled == 250_500_000_000


def test_labels_are_plain_text_and_controls_have_names(world: World) -> None:
    """A server's words can't become markup, and every field can be heard."""
    dialog = world.open()
    labels = dialog.findChildren(QLabel)
    assert [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText] == []
    fields = [f for f in dialog.findChildren(QLineEdit) if f.objectName() != "qt_spinbox_lineedit"]
    assert [field for field in fields if not field.accessibleName()] == []


def test_typed_keys_are_not_readable_on_the_screen(world: World) -> None:
    """A key is entered in the dark and shown by its last four characters."""
    page = page_of(world.open(), "openai")
    page.key.setText(CANARY)
    assert page.key.echoMode() is QLineEdit.EchoMode.Password
    world.store(page)
    assert (page.key.echoMode(), page.key.text()) == (QLineEdit.EchoMode.Normal, "••••4b06")


def test_the_answer_limit_is_kept(world: World) -> None:
    """The person's own limit holds from the next send on."""
    dialog = world.open("answers")
    assert dialog.pages.currentWidget() is dialog.general
    dialog.general.limit.setValue(2_048)
    assert (world.core.settings.current.answer_limit_tokens, world.changes) == (2_048, 1)


def test_numbers_are_seen_with_their_unit(world: World) -> None:
    """The edit fills its field, and says “Never” where nothing is summarised; the list shows that it is one."""
    dialog = world.open("calls")
    calls, limit = dialog.calls, dialog.general.limit
    assert (calls.summaries.text(), limit.text()) == ("Never", "8,192 tokens")
    world.wait(lambda: calls.summaries.lineEdit().width() > calls.summaries.width() // 2)
    assert not calls.titles._arrow.pixmap().isNull()
    calls.summaries.stepUp()
    assert calls.summaries.text() == "2,000 tokens"
    dialog.show_provider("general")
    world.wait(lambda: limit.lineEdit().width() > limit.width() // 2)


def test_budgets_say_what_is_spent_already(world: World) -> None:
    """Of the latest conversation too, in both units."""
    ref = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")
    world.core.chats.create(Conversation("c", "x", ref, 1, 1))
    world.core.chats.add(Message("a", "c", Role.ASSISTANT, "", 1, ref=ref, streaming=True))
    world.core.chats.finish("a", "x", "", past(ref, "a", amount=NANO_PER_CREDIT // 4))
    spent = world.open("budgets").budgets._spent
    shown = [spent[(unit, Scope.CONVERSATION)].text() for unit in (Unit.CREDITS, Unit.DOLLARS)]
    assert shown == ["0.25 in the latest", "$0.0000 in the latest"]


def test_what_a_long_paste_becomes_is_kept(world: World) -> None:
    """Above so many characters a file; the lowest step is never, and the next one the least."""
    paste = world.open("answers").general.paste
    shown = []
    for steps in (-8, 1):
        paste.stepBy(steps)
        shown.append((paste.text(), world.core.settings.current.paste_file_chars))
    assert shown == [("Never", 0), ("1,000 characters", 1_000)]
    with pytest.raises(BadInput):
        world.core.settings.update(paste_file_chars=999)


def test_a_model_file_must_be_one(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a GGUF file is taken; any other choice changes nothing and is named."""
    general = world.open("answers").general
    for name, content in (("notes.txt", b"hello"), ("small.gguf", b"GGUF\x03")):
        (tmp_path / name).write_bytes(content)

    def choose(name: str) -> None:
        chosen = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: chosen)
        general.choose.click()

    choose("notes.txt")
    assert general.state.text() == "notes.txt is not a GGUF file. Choose another one."
    assert world.core.settings.current.sandbox_model_file == ""
    choose("small.gguf")
    assert world.core.settings.current.sandbox_model_file == str(tmp_path / "small.gguf")
    assert general.state.text() == "From the next start of the program on."


def test_keys_of_before_are_shown_without_opening_the_keyring(world: World) -> None:
    """Masked forms lie in the settings; the keyring is asked only when a key is used."""
    world.core.settings.update(keys=(SavedKey("openai", ROWS[1].base_url, "••••abcd", None, ("gpt-5.4",)),))
    page = page_of(world.open(), "openai")
    assert (page.key.text(), page.checked.text()) == ("••••abcd", "Not checked yet")


def _files_with(root: Path, text: str) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_it_is_drawn_in_the_theme(world: World) -> None:
    """Frames of check boxes are seen on a dark ground; the words of a check have a line of their own."""
    dialog = world.open()
    dialog.apply_theme(theme.DARK)
    page = dialog.key_pages[0]
    page.checked.setText("Checked 24 Nov 2026, 15:15 · 5 models")
    for widget in (page.checked, page.again):
        widget.show()
    world.qtbot.waitUntil(lambda: page.checked.height() < 2 * page.checked.fontMetrics().height())
    assert page.session_only.palette().window().color().name() == theme.DARK.muted.lower()
    assert dialog._painter.colours is theme.DARK
