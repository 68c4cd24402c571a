"""The services over real files and stand-ins for the rest: what `composition` joins, without network or Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Rate
from nexu_desktop.domain.events import Event
from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.domain.settings import SavedKey, Settings
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.ports import ChatRequest, Chunk, Ended, Provider, TextChunk
from nexu_desktop.services.recovery import Recovery
from nexu_desktop.services.turns import Turns
from tests.sandbox.doubles import card
from tests.services.fakes import FakeClock, MemorySettings, ScriptedProvider, WordCounter, ids

MODEL = "gemini-3-flash-preview"
PLAY = ModelRef(Lane.SANDBOX, "sandbox", MODEL)
NEXU_KEY = SavedKey("nexu", "https://link.nexu.io", "••••", models=(MODEL, "not-on-the-card"))
OWN_KEY = SavedKey("openai", "https://api.openai.com/v1", "••••", models=("gpt-5.4-mini", "gpt-x"))
ANSWER = (TextChunk("Hi there"), Ended("stop"))


class CardInHand:
    def card(self) -> RateCard:
        return card()


class PriceList:
    """Knows the price of one model."""

    def dollars(self, provider: str, model: str) -> Rate | None:
        known = card().model("gpt-5.4-mini")
        return known.rate if known and (provider, model) == ("openai", "gpt-5.4-mini") else None


def catalog(*keys: SavedKey, settings: Settings | None = None) -> Catalog:
    return Catalog(CardInHand(), PriceList(), MemorySettings(settings), lambda: keys)


@dataclass
class House:
    """`script` is what the next answers say; `asked` what was sent; `refusal` makes connecting fail."""

    folder: Path
    keys: tuple[SavedKey, ...] = ()
    script: tuple[Chunk | Exception | None, ...] = ANSWER
    refusal: Exception | None = None
    events: list[Event] = field(default_factory=list)
    providers: list[ScriptedProvider] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.locks = InstanceLock(self.folder / "instances")
        self.chats = ChatsSqlite(self.folder / "chats.db", self.clock)
        self.ledgers = {
            lane: LedgerSqlite(self.folder / f"{lane.value}.db", self.locks, self.clock)
            for lane in (Lane.CREDITS, Lane.SANDBOX)
        }
        self.settings = MemorySettings()
        self.catalog = Catalog(CardInHand(), PriceList(), self.settings, lambda: self.keys)
        self.account = Account(self.ledgers, lambda name: any(key.provider == name for key in self.keys))
        self.account.open_sandbox()
        self.meter = Meter(WordCounter())
        self.turns = Turns(self.chats, self.ledgers, self.meter, self.clock)
        self.recovery = Recovery(self.chats, self.ledgers, self.catalog.card_offer, self.clock)
        self.desk = self._desk(ids())

    def close(self) -> None:
        for ledger in self.ledgers.values():
            assert ledger.verify() == ()
            ledger.close()
        self.chats.close()
        self.locks.close()

    @property
    def asked(self) -> list[ChatRequest]:
        return [request for provider in self.providers for request in provider.requests]

    def heard(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def _desk(self, new_id: Callable[[], str]) -> Desk:
        return Desk(
            chats=self.chats,
            account=self.account,
            catalog=self.catalog,
            meter=self.meter,
            turns=self.turns,
            settings=self.settings,
            clock=self.clock,
            new_id=new_id,
            connect=self._connect,
            recovery=self.recovery,
            prepare=self._prepare,
        )

    async def _connect(self, offer: Offer) -> Provider:
        if self.refusal is not None:
            raise self.refusal
        self.providers.append(ScriptedProvider(*self.script))
        return self.providers[-1]

    async def _prepare(self) -> str:
        if self.refusal is not None:
            raise self.refusal
        return "prepared"
