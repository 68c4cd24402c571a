"""The composition root without Qt: the one place that names concrete adapters, for window and command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from nexu_desktop.adapters import forecast_file, resources
from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.clock import SystemClock, new_id
from nexu_desktop.adapters.image_header import read_image
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.adapters.log import close_log, open_log
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.pdf_text import read_pdf
from nexu_desktop.adapters.prices_genai import GenaiPrices
from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.secrets_keyring import KeyringSecrets
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.adapters.starter_prompts import starter_prompts
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.adapters.wallets import Wallets
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.errors import BadInput, KeyMissing
from nexu_desktop.domain.export import WRITTEN, Export, Format
from nexu_desktop.domain.settings import CLOUD_URL, LINK_URL
from nexu_desktop.sandbox.health import answers_from
from nexu_desktop.sandbox.process import SandboxProcess
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import NEXU, Catalog, Offer
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.exports import Exports
from nexu_desktop.services.imports import Imports
from nexu_desktop.services.keys import Keys
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.ports import Provider
from nexu_desktop.services.recovery import Recovery
from nexu_desktop.services.transfer_port import ForeignReader, Place, Writer
from nexu_desktop.services.turns import Turns

__all__ = ["Connections", "Core", "build", "new_id", "resources"]


class Connections:
    """Providers by lane; httpx is imported with the first one, not at start."""

    def __init__(self, settings: SettingsFile, sandbox: SandboxProcess, wallets: Wallets) -> None:
        self._settings = settings
        self._wallets = wallets
        self._sandbox = sandbox
        self.keys: Keys | None = None
        self.hide: Callable[[str], None] = lambda secret: None  # from the log
        self.prepared_answers = False

    async def connect(self, offer: Offer) -> Provider:
        """Raises KeyMissing, KeyringUnavailable, or ProviderDown where the sandbox can't start."""
        if offer.ref.lane is Lane.SANDBOX:
            import asyncio  # 50 ms that a start need not pay

            address = await asyncio.to_thread(self._sandbox.start, self.sandbox_command())
            return self.gateway(address.url, address.url, address.token)
        assert self.keys is not None
        name = NEXU if offer.ref.lane is Lane.CREDITS else offer.ref.provider
        saved = self.keys.saved(name)
        if saved is None:
            raise KeyMissing(
                f"There is no {name} key.",
                f"Add it under Keys and settings, or with: nexu-desktop keys add {name}",
            )
        key = await self.keys.key_for(name, saved.base_url)
        if name == NEXU:
            self._wallets.use(_origin_of(saved.base_url), key, kept=not self.keys.session_only(NEXU))
        return self.by_name(name, saved.base_url, key)

    def lend(self, link_url: str | None, key: str) -> None:
        """A Nexu key for one call alone: it spends from the wallet of its own account. Raises BadInput."""
        self._wallets.use(_origin_of(link_url or self.default_url(NEXU)), key, kept=False)

    def by_name(self, name: str, base_url: str, key: str) -> Provider:
        return self.gateway(base_url, None, key) if name == NEXU else self.own(name, base_url, key)

    def gateway(self, link_url: str, cloud_url: str | None, key: str) -> Provider:
        """The account service of the same pair, else the gateway's own origin: a key goes nowhere else."""
        from nexu_desktop.adapters.nexu_cloud import NexuLink

        self.hide(key)
        return NexuLink(link_url, cloud_url or self._cloud_of(link_url) or _origin_of(link_url), key)

    def _cloud_of(self, link_url: str) -> str | None:
        """The account service of a pair: Nexu's own, or the one in the settings if both halves are given there.

        A gateway of the person's own beside Nexu's account service is no pair: its key must not go there.
        """
        current = self._settings.current
        pairs = {LINK_URL: CLOUD_URL}
        if current.cloud_url != CLOUD_URL:
            pairs.setdefault(_root(current.link_url), current.cloud_url)
        return pairs.get(_root(link_url))

    def own(self, name: str, base_url: str | None, key: str) -> Provider:
        from nexu_desktop.adapters.providers import make_provider

        self.hide(key)
        return make_provider(name, base_url or self.default_url(name), key)

    def directory(self) -> tuple[tuple[str, str, str, str], ...]:
        """(name, title, base URL, what a key looks like) of everyone a key can be given to."""
        from nexu_desktop.adapters.providers import PROVIDERS

        nexu = (NEXU, "Nexu", self._settings.current.link_url, "nxk_…")
        return (nexu, *((row.provider, row.shown, row.base_url, row.key_hint) for row in PROVIDERS.values()))

    def default_url(self, name: str) -> str:
        """Raises BadInput for a provider without an address of its own."""
        from nexu_desktop.adapters.providers import PROVIDERS

        if name == NEXU:
            return self._settings.current.link_url
        known = PROVIDERS.get(name)
        if known is None or not known.base_url:
            names = ", ".join([NEXU, *PROVIDERS])
            raise BadInput(f"{name} needs an address.", f"Give --url, or one of: {names}.")
        return known.base_url

    def sandbox_command(self) -> list[str]:
        command = [sys.executable, "-m", "nexu_desktop", "sandbox", "--until-stdin-closes"]
        if self.prepared_answers:
            return [*command, "--prepared-answers"]
        chosen = self._settings.current.sandbox_model_file
        return [*command, "--model-file", chosen] if chosen else command

    async def prepare_sandbox(self) -> str:
        """Start it ahead of the first message; returns who will answer."""
        import asyncio  # 50 ms that a start need not pay

        address = await asyncio.to_thread(self._sandbox.start, self.sandbox_command())
        return await asyncio.to_thread(answers_from, address)


@dataclass(slots=True)
class Core:
    """Everything joined; a context manager that closes files and child processes."""

    paths: DataPaths
    clock: SystemClock
    settings: SettingsFile
    chats: ChatsSqlite
    wallets: Wallets
    catalog: Catalog
    meter: Meter
    account: Account
    turns: Turns
    recovery: Recovery
    keys: Keys
    connections: Connections
    desk: Desk
    sandbox: SandboxProcess
    instances: InstanceLock
    imports: Imports
    exports: Exports

    @property
    def ledgers(self) -> dict[Lane, LedgerSqlite]:
        """Of each lane that spends credits, the one in use."""
        return self.wallets.ledgers

    def close(self) -> None:
        self.sandbox.stop()
        self.chats.close()
        self.wallets.close()
        self.instances.close()
        close_log()

    def __enter__(self) -> Core:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def build(data_dir: Path | None, *, log: str = "window") -> Core:
    """Open files and join the parts; `log` names the log file. Raises StorageFailed children."""
    paths, clock = DataPaths.from_option(data_dir), SystemClock()
    settings = SettingsFile(paths.settings)
    instances = InstanceLock(paths.instances)
    chats = ChatsSqlite(paths.chats, clock)
    wallets = Wallets(paths, instances, clock, settings)
    ledgers = wallets.ledgers
    sandbox = SandboxProcess()
    connections = Connections(settings, sandbox, wallets)
    keys = Keys(KeyringSecrets(), settings, connections.by_name, clock, origin_of=_origin_of)
    connections.keys = keys
    connections.hide = open_log(paths.root, log).register
    catalog = Catalog(RateCardFile(), GenaiPrices(clock), settings, keys.list)
    meter = Meter(SplintrCounter(), forecast_file.shipped)
    account = Account(ledgers, lambda provider: keys.saved(provider) is not None)
    account.open_sandbox()
    turns = Turns(chats, ledgers, meter, clock)
    recovery = Recovery(chats, ledgers, catalog.card_offer, clock, wallets.others)
    desk = Desk(
        chats=chats,
        account=account,
        catalog=catalog,
        meter=meter,
        turns=turns,
        settings=settings,
        clock=clock,
        new_id=new_id,
        connect=connections.connect,
        recovery=recovery,
        prepare=connections.prepare_sandbox,
        read_image=read_image,
        read_pdf=read_pdf,
        prompts=chats.prompts,
        presets=chats.presets,
        shipped_prompts=starter_prompts,
    )
    return Core(
        paths,
        clock,
        settings,
        chats,
        wallets,
        catalog,
        meter,
        account,
        turns,
        recovery,
        keys,
        connections,
        desk,
        sandbox,
        instances,
        Imports(chats, chats.archive, _foreign_file, clock, desk.reread),
        Exports(chats, {format_: _writer(format_) for format_ in WRITTEN}, _export_place),
    )


# Files of other programs and exports are rare: what reads and writes them is loaded when first wanted.


def _foreign_file(path: Path) -> ForeignReader:
    from nexu_desktop.adapters.import_files import ImportFiles

    return ImportFiles(path)


def _export_place(target: Path, overwrite: bool, many: bool) -> Place:
    from nexu_desktop.adapters.export_places import open_place

    return open_place(target, overwrite, many)


def _writer(format_: Format) -> Writer:
    def write(export: Export) -> str:
        from nexu_desktop.adapters.export_html import html_of
        from nexu_desktop.adapters.export_json import json_of
        from nexu_desktop.adapters.export_markdown import markdown_of

        writers = {Format.MARKDOWN: markdown_of, Format.HTML: html_of, Format.JSON: json_of}
        return writers[format_](export)

    return write


def _root(link_url: str) -> str:
    return link_url.strip().rstrip("/").removesuffix("/v1")


def _origin_of(url: str) -> str:
    from nexu_desktop.adapters.origin import normalise_base_url

    return normalise_base_url(url).origin
