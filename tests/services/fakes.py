"""Small stand-ins for the ports: a clock that is set by hand, words as tokens, a provider that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from itertools import count

from nexu_desktop.domain.credits import Nanocredits, Rate, Tier
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.domain.settings import Settings
from nexu_desktop.services.ports import ChatRequest, Chunk, RemoteModel

RATE = Rate((Tier(input=50_000_000, output=300_000_000),))  # 50 / 300 credits per million tokens


class FakeClock:
    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now_ms(self) -> int:
        self.ms += 1
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms


class WordCounter:
    """One token a word; a template overhead of 4."""

    def __init__(self, *, loaded: bool = True) -> None:
        self.loaded = loaded
        self.counted: list[str] = []

    def ready(self, model: str) -> bool:
        return self.loaded

    def load(self, model: str) -> None:
        self.loaded = True

    def count(self, model: str, text: str) -> int:
        self.counted.append(text)
        return len(text.split())

    def vocabulary(self, model: str) -> str:
        return "words"

    def basis(self, model: str) -> CountBasis:
        return CountBasis.EXACT

    def overhead(self, model: str, roles: Sequence[str]) -> int:
        return 4

    def image(self, model: str, width: int, height: int) -> TokenCount:
        return TokenCount(100, CountBasis.GUESS)

    def tools(self, model: str, schemas: str) -> TokenCount:
        return TokenCount(len(schemas.split()), CountBasis.GUESS)


class ScriptedProvider:
    """Yields chunks; an exception in the script is raised; None waits until cancelled."""

    def __init__(self, *script: Chunk | Exception | None) -> None:
        self.script = script
        self.requests: list[ChatRequest] = []
        self.closed = 0
        self.stated: Nanocredits | None = None

    async def stream(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        self.requests.append(request)
        for step in self.script:
            await asyncio.sleep(0)
            if isinstance(step, Exception):
                raise step
            if step is None:
                await asyncio.Event().wait()
            else:
                yield step

    async def models(self) -> tuple[RemoteModel, ...]:
        return ()

    async def verify(self) -> tuple[RemoteModel, ...]:
        return ()

    async def stated_balance(self) -> Nanocredits | None:
        return self.stated

    async def close(self) -> None:
        self.closed += 1


class MemorySettings:
    def __init__(self, settings: Settings | None = None) -> None:
        self.current = settings or Settings()

    def update(self, **changes: object) -> Settings:
        self.current = replace(self.current, **changes)
        return self.current


class NoPrices:
    def dollars(self, provider: str, model: str) -> Rate | None:
        return None


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"id-{next(numbers):04d}"
