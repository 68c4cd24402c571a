"""The settings dialog over a real core, with a keyring and services that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.composition import Core
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import BadInput, Billed, KeyRejected, NexuError, Offline
from nexu_desktop.services.keys import Keys
from nexu_desktop.services.ports import RemoteModel
from nexu_desktop.ui import theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.settings_dialog.dialog import SettingsDialog
from nexu_desktop.ui.settings_dialog.key_page import KeyPage
from nexu_desktop.ui.settings_dialog.provider_row import ProviderRow
from tests.contracts.secrets import MemorySecrets

CANARY = "sk-CANARY-7f3a9c51d2e84b06"
ROWS = (
    ProviderRow("nexu", "Nexu", "https://link.example", "nxk_…"),
    ProviderRow("openai", "OpenAI", "https://api.openai.com/v1", "sk-…"),
    ProviderRow("custom", "Any OpenAI-compatible service", ""),
)
REJECTED = KeyRejected("OpenAI did not accept the key.", "Check the key.", billed=Billed.REJECTED)
OFFLINE = Offline("api.openai.com can't be reached.", "Check the connection.", billed=Billed.UNSENT)


class FakeService:
    """Accepts every key with two models, or raises `World.refusal`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def verify(self) -> tuple[RemoteModel, ...]:
        await self._world.gate()
        if self._world.refusal is not None:
            raise self._world.refusal
        return (RemoteModel("gpt-5.4-mini"), RemoteModel("gpt-5.4"))

    async def stated_balance(self) -> Nanocredits | None:
        return self._world.stated

    async def close(self) -> None:
        return None


class World:
    """The dialog over real settings and ledgers, a keyring in memory and a service that is told what to say."""

    def __init__(self, qtbot: QtBot, core: Core, bridge: Bridge) -> None:
        self.qtbot, self.core, self.bridge = qtbot, core, bridge
        self.secrets = MemorySecrets()
        self.refusal: NexuError | None = None
        self.stated: Nanocredits | None = None
        self.held = False
        self.changes = 0
        self.parents: list[QWidget] = []
        self.keys = Keys(self.secrets, core.settings, lambda *_: FakeService(self), core.clock, _origin)

        async def connect(_: object) -> FakeService:
            return FakeService(self)

        core.desk._connect = connect  # two of its methods are enough here

    async def gate(self) -> None:
        while self.held:
            await asyncio.sleep(0.01)

    def open(self, provider: str = "openai") -> SettingsDialog:
        parent = QWidget()
        self.parents.append(parent)  # a dialog without an owner in Python goes at once
        self.qtbot.addWidget(parent)
        dialog = SettingsDialog(parent, self.keys, self.core.desk, self.bridge, ROWS)
        dialog.apply_theme(theme.LIGHT)
        dialog.changed.connect(self._count)
        dialog.show_provider(provider)
        dialog.show()
        self.wait(lambda: dialog.key_pages[0]._status is not None)
        return dialog

    def wait(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=10_000)

    def store(self, page: KeyPage, key: str = CANARY) -> None:
        page.key.setText(key)
        self.qtbot.keyClick(page.key, Qt.Key.Key_Return)
        self.wait(page.save.isEnabled)

    def _count(self) -> None:
        self.changes += 1


def _origin(url: str) -> str:
    if "://" not in url:
        raise BadInput("This is not a web address.", "It begins with https://.")
    return "/".join(url.split("/", 3)[:3])


def page_of(dialog: SettingsDialog, name: str) -> KeyPage:
    return next(page for page in dialog.key_pages if page.row.name == name)
