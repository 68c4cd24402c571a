"""The whole window with everything behind it, and the small things a person does and sees in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nexu_desktop.composition import Core, build
from nexu_desktop.domain.chat import Lane, Message, ModelRef, Receipt, Role
from nexu_desktop.domain.credits import Balance
from nexu_desktop.engine import Engine
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.server import SandboxServer
from nexu_desktop.services.ports import Entry
from nexu_desktop.ui import theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.chat_view.rows import AnswerRow
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.presenter import Presenter
from nexu_desktop.ui.settings_dialog.dialog import SettingsDialog
from nexu_desktop.ui.settings_dialog.key_page import KeyPage
from nexu_desktop.ui.settings_dialog.provider_row import ProviderRow

WAIT_MS = 20_000


class Running:
    """Stands where the child process would: the server runs in this process, so faults can be planned."""

    def __init__(self, address: SandboxAddress) -> None:
        self.address = address

    def start(self, command: Sequence[str]) -> SandboxAddress:
        return self.address

    def stop(self) -> None:
        return None


@dataclass
class House:
    qtbot: QtBot
    core: Core
    engine: Engine
    window: MainWindow
    presenter: Presenter
    server: SandboxServer

    # --- what a person does ---

    def type(self, text: str) -> None:
        self.window.composer.focus_input()
        if text.isascii():
            self.qtbot.keyClicks(self.window.composer.field, text)
        else:
            self.window.composer.field.insertPlainText(text)  # as an input method commits it

    def press_enter(self) -> None:
        self.qtbot.keyClick(self.window.composer.field, Qt.Key.Key_Return)

    def ask(self, text: str) -> None:
        """Type, wait for the price, press Enter."""
        self.type(text)
        self.wait(lambda: self.window.composer._estimate is not None)
        self.press_enter()

    def paste(self, text: str) -> None:
        self.window.composer.focus_input()
        QApplication.clipboard().setText(text)
        self.window.composer.field.paste()

    def choose(self, ref: ModelRef) -> None:
        """Open the picker with its button, click the row."""
        self.window.composer.model_button.click()
        picker = self.window.picker
        picker._pick(picker.model.position(str(ref)))

    def settings(self, provider: str = "nexu") -> SettingsDialog:
        """The dialog as app.py opens it, but not modal."""
        rows = tuple(ProviderRow(*row) for row in self.core.connections.directory())
        bridge = self.presenter.bridge
        dialog = SettingsDialog(self.window, self.core.keys, self.core.desk, bridge, rows)
        dialog.apply_theme(theme.LIGHT)
        dialog.changed.connect(self.presenter.pick_up_settings)
        dialog.show_provider(provider)
        dialog.show()
        self.wait(lambda: dialog.key_pages[0]._status is not None)
        return dialog

    def paste_key(self, provider: str, url: str, key: str) -> KeyPage:
        """Fill the page of `provider`, press Enter, wait until it is at rest."""
        dialog = self.settings(provider)
        page = next(page for page in dialog.key_pages if page.row.name == provider)
        page.address.setText(url)
        page.key.setText(key)
        self.qtbot.keyClick(page.key, Qt.Key.Key_Return)
        self.wait(lambda: page.save.isEnabled() and page._running is not None and page._running.done())
        return page

    # --- what a person sees ---

    @property
    def header(self) -> str:
        return self.window.header._balance.text()

    @property
    def wallet(self) -> tuple[str, str, str]:
        card = self.window.sidebar.wallet
        return card._amount.text(), card._held.text(), card._caption.text()

    @property
    def meter(self) -> str:
        return self.window.composer.strip.sentence()

    @property
    def draft(self) -> str:
        return self.window.composer.draft()

    @property
    def notice(self) -> str:
        return self.window.notice.text() if self.window.notice.isVisible() else ""

    @property
    def titles(self) -> list[str]:
        model = self.window.sidebar.model
        return [str(model.index(row).data()) for row in range(model.rowCount())]

    @property
    def rows(self) -> list[AnswerRow]:
        return [row for row in self.window.chat.rows if isinstance(row, AnswerRow)]

    def receipt(self, number: int = -1) -> str:
        line = self.rows[number].receipt
        return line.line.accessibleName() if line.isVisible() else ""

    def trouble(self, number: int = -1) -> str:
        """What stands where the answer would be: what happened, and the next step."""
        trouble = self.rows[number].trouble
        return f"{trouble._title.accessibleName()} {trouble._hint.accessibleName()}"

    def retry(self) -> None:
        """Press the Retry in sight."""
        row = self.rows[-1]
        (row.trouble.retry if row.trouble.isVisible() else row.receipt.retry).click()

    # --- what is true behind it ---

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.core.desk.messages(self.presenter.cid)

    @property
    def answers(self) -> tuple[Message, ...]:
        """Of every branch, in the order they were asked for."""
        rows = self.core.chats.tree(self.presenter.cid)
        return tuple(row for row in rows if row.role is Role.ASSISTANT)

    def balance(self, lane: Lane = Lane.SANDBOX) -> Balance:
        """From disk."""
        return self.core.ledgers[lane].balance()

    def entries(self, lane: Lane = Lane.SANDBOX) -> tuple[Entry, ...]:
        return self.core.ledgers[lane].entries(limit=1_000)

    def sound(self) -> None:
        """No invariant of either ledger is broken, and nothing is held."""
        for ledger in self.core.ledgers.values():
            assert (ledger.verify(), ledger.balance().held) == ((), 0)

    # --- waiting ---

    def wait(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=WAIT_MS)

    def streams(self) -> None:
        """Wait until words of an answer can be read."""
        self.wait(lambda: bool(self.rows) and len(self.rows[-1].body.text) > 40)

    def answered(self, number: int = 1) -> Message:
        """Wait for the receipt of the `number`-th answer, on disk and on the screen."""
        self.wait(lambda: len(self.answers) >= number and self.answers[number - 1].receipt is not None)
        self.rest()
        return self.answers[number - 1]

    def receipt_of(self, number: int = 1) -> Receipt:
        receipt = self.answered(number).receipt
        assert receipt is not None
        return receipt

    def rest(self) -> None:
        """Nothing runs, Send is back, the figures are those of the ledger."""
        self.wait(lambda: not self.presenter.turns.runs(self.presenter.cid))
        self.wait(lambda: not self.window.composer.send_button.stops())

    def close(self) -> None:
        """As app.py does at the end."""
        self.window.close()
        self.engine.close()
        if shiboken6.isValid(self.presenter.bridge):
            shiboken6.delete(self.presenter.bridge)  # no event loop runs any more after app.py has come here
        self.core.close()


def open_house(qtbot: QtBot, directory: Path, server: SandboxServer) -> House:
    core, engine = build(directory), Engine()
    core.connections._sandbox = Running(server.address)  # same two methods
    window = MainWindow()
    qtbot.addWidget(window)
    presenter = Presenter(window, core.desk, Bridge(engine, window))
    presenter.start()
    if core.settings.notice:
        window.notice.say(core.settings.notice)
    window.show()
    presenter.start_core()
    house = House(qtbot, core, engine, window, presenter, server)
    house.wait(lambda: "prepared answers" in window.banner.text.text())
    return house
