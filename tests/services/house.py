"""The services over real files and stand-ins for the rest: what `composition` joins, without network or Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.image_header import read_image
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.chat import Basis, Expected, Lane, Message, ModelRef, Outcome, Receipt
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, Rate, Usage
from nexu_desktop.domain.events import Event
from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.domain.settings import SavedKey, Settings
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.ports import ChatRequest, Chunk, Ended, NewAttempt, Provider, TextChunk
from nexu_desktop.services.recovery import Recovery
from nexu_desktop.services.turns import Turns
from tests.sandbox.doubles import card
from tests.services.fakes import FakeClock, MemorySettings, ScriptedProvider, WordCounter, ids

MODEL = "gemini-3-flash-preview"
PLAY = ModelRef(Lane.SANDBOX, "sandbox", MODEL)
NEXU_KEY = SavedKey("nexu", "https://link.nexu.io", "••••", models=(MODEL, "not-on-the-card"))
GLM = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")  # does not see images
OWN_KEY = SavedKey("openai", "https://api.openai.com/v1", "••••", models=("gpt-5.4-mini", "gpt-x"))
OWN = ModelRef(Lane.BYOK, "openai", "gpt-5.4-mini")
UNPRICED = ModelRef(Lane.BYOK, "openai", "gpt-x")
HERE = SavedKey("local", "http://localhost:11434/v1", "••••", models=("llama",))
LOCAL = ModelRef(Lane.LOCAL, "local", "llama")
FULL = 100 * NANO_PER_CREDIT  # of play credits
ANSWER = (TextChunk("Hi there"), Ended("stop"))
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + bytes([0, 0, 0, 13])
    + b"IHDR"
    + bytes([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 0, 0, 0, 0])
)
USAGE = Usage(input=10, output=10)
_NUMBERS = count(1)


def past(
    ref: ModelRef,
    attempt: str,
    *,
    amount: int = 0,
    usage: Usage = USAGE,
    counted: int = 10,
    at_ms: int = 1,
    **changes: Any,
) -> Receipt:
    """A receipt of an answer that was as likely; `amount` charged, in the unit of its lane."""
    paid = {"charged": Nanocredits(amount)} if ref.lane.spends_credits else {"dollars": amount}
    likely = usage.total_output
    plain = {
        "attempt": attempt, "ref": ref, "outcome": Outcome.COMPLETE, "usage": usage, "basis": Basis.PROVIDER,
        "charged": None, "estimated": None, "card": None, "finished_ms": at_ms, "elapsed_ms": 1,
        "expected": Expected(counted, counted, likely // 2, likely, likely * 2, 0, None, None),
    }  # fmt: skip
    return Receipt(**{**plain, **paid, **changes})


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
        self.counter = WordCounter()
        self.meter = Meter(self.counter)
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
            read_image=read_image,
        )

    def send(self, cid: str, draft: str, **options: Any) -> Receipt | None:
        return asyncio.run(self.desk.send(cid, draft, self.events.append, **options))

    def retry(self, message: Message, **options: Any) -> Receipt | None:
        return asyncio.run(self.desk.branches.regenerate(message.id, self.events.append, **options))

    def talk(self, *drafts: str, ref: ModelRef = PLAY) -> str:
        """A conversation with an answer to each of these."""
        cid = self.desk.new_conversation().id
        self.desk.choose_model(cid, ref)
        for draft in drafts:
            assert self.send(cid, draft) is not None
        return cid

    def last(self, cid: str) -> Receipt:
        """Of the newest message."""
        receipt = self.desk.messages(cid)[-1].receipt
        assert receipt is not None
        return receipt

    def after_answer(self, cid: str) -> list[Event]:
        """What a window does once an answer is there; returns what is announced."""
        heard: list[Event] = []
        asyncio.run(self.desk.hidden.after_answer(cid, self.last(cid), heard.append))
        return heard

    def spend_elsewhere(self, amount: int, *, lane: Lane = Lane.SANDBOX) -> None:
        """Hold it, as another process might."""
        ref = ModelRef(lane, "other", "other")
        attempt = NewAttempt("other", "other", ref, card().id, Nanocredits(amount), Nanocredits(1), 1, 1)
        self.ledgers[lane].hold(attempt)

    def charged_before(self, ref: ModelRef, amount: int, *, at_ms: int, cid: str | None = None) -> None:
        """A receipt as an earlier answer left it: nano-credits, or nano-dollars on an own key."""
        self.chats.add_receipt(past(ref, f"past-{next(_NUMBERS)}", amount=amount, at_ms=at_ms), cid)

    def budget(self, scope: Scope, unit: Unit = Unit.CREDITS, **levels: int) -> Budget:
        """Set it, beside those set before."""
        made = Budget(scope, unit, **levels)
        self.settings.update(budgets=(*self.settings.current.budgets, made))
        return made

    async def _connect(self, offer: Offer) -> Provider:
        if self.refusal is not None:
            raise self.refusal
        self.providers.append(ScriptedProvider(*self.script))
        return self.providers[-1]

    async def _prepare(self) -> str:
        if self.refusal is not None:
            raise self.refusal
        return "prepared"
