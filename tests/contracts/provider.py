"""What every Provider must hold, whatever it speaks on the wire."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from enum import StrEnum

from nexu_desktop.domain.context import said
from nexu_desktop.domain.errors import Billed, KeyRejected, NexuError, Offline, StreamCut
from nexu_desktop.services.ports import (
    ChatRequest,
    Chunk,
    Ended,
    Provider,
    RemoteModel,
    TextChunk,
    UsageReport,
)

REQUEST = ChatRequest("0199c0de-0000-7000-8000-000000000001", "model-1", (said("user", "Hello"),), 64)


class Scene(StrEnum):
    """What the far side does."""

    ANSWERS = "answers"  # some text, usage, a natural end; lists at least one model
    CUTS = "cuts"  # some text, then the connection is gone
    HANGS = "hangs"  # some text, then nothing
    REFUSES_KEY = "refuses key"
    IS_CLOSED = "is closed"  # nothing listens


class ProviderContract(ABC):
    """Subclass it, name the class Test…, and stage the scenes."""

    @abstractmethod
    def stage(self, scene: Scene) -> AbstractAsyncContextManager[Provider]:
        """A provider whose far side does that."""

    def _hear(self, scene: Scene) -> tuple[list[Chunk], NexuError | None]:
        async def hear() -> tuple[list[Chunk], NexuError | None]:
            chunks: list[Chunk] = []
            async with self.stage(scene) as provider:
                try:
                    async for chunk in provider.stream(REQUEST):
                        chunks.append(chunk)
                except NexuError as error:
                    return chunks, error
            return chunks, None

        return asyncio.run(hear())

    def test_a_full_answer_ends_once_and_last(self) -> None:
        """Text, at least one usage block that makes sense, and one Ended at the very end."""
        chunks, error = self._hear(Scene.ANSWERS)
        assert None is error
        assert [isinstance(chunk, Ended) for chunk in chunks[-1:]] == [True]
        assert sum(isinstance(chunk, Ended) for chunk in chunks) == 1
        assert "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk)) != ""
        assert any(isinstance(chunk, UsageReport) and chunk.usage is not None for chunk in chunks)

    def test_a_cut_answer_is_known_as_cut(self) -> None:
        """What came is delivered, Ended is not, and the bill is unknown."""
        chunks, error = self._hear(Scene.CUTS)
        assert any(isinstance(chunk, TextChunk) for chunk in chunks)
        assert not any(isinstance(chunk, Ended) for chunk in chunks)
        assert isinstance(error, StreamCut)
        assert Billed.UNKNOWN is error.billed

    def test_a_refused_key_is_not_billed(self) -> None:
        """KeyRejected, nothing else."""
        chunks, error = self._hear(Scene.REFUSES_KEY)
        assert chunks == []
        assert isinstance(error, KeyRejected)
        assert Billed.REJECTED is error.billed

    def test_a_closed_service_is_offline(self) -> None:
        """No byte left this machine."""
        chunks, error = self._hear(Scene.IS_CLOSED)
        assert chunks == []
        assert isinstance(error, Offline)
        assert Billed.UNSENT is error.billed

    def test_cancel_ends_a_hanging_answer(self) -> None:
        """CancelledError comes out as itself, after the text that had arrived."""

        async def cancel() -> tuple[list[Chunk], bool]:
            chunks: list[Chunk] = []
            heard = asyncio.Event()

            async def hear(provider: Provider) -> None:
                async for chunk in provider.stream(REQUEST):
                    chunks.append(chunk)
                    heard.set()

            async with self.stage(Scene.HANGS) as provider:
                task = asyncio.create_task(hear(provider))
                await heard.wait()
                task.cancel()
                await asyncio.wait([task])
                return chunks, task.cancelled()

        chunks, cancelled = asyncio.run(cancel())
        assert cancelled
        assert any(isinstance(chunk, TextChunk) for chunk in chunks)

    def test_verify_proves_the_key(self) -> None:
        """Models for a good key, KeyRejected for a bad one."""

        async def verify(scene: Scene) -> tuple[RemoteModel, ...]:
            async with self.stage(scene) as provider:
                return await provider.verify()

        assert asyncio.run(verify(Scene.ANSWERS))
        try:
            asyncio.run(verify(Scene.REFUSES_KEY))
        except KeyRejected:
            return
        raise AssertionError("a refused key was verified")
