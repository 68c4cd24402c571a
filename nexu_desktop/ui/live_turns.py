"""Which conversations are being answered right now, and what has arrived that is not on disk yet."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.events import Event, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge


@dataclass(slots=True)
class _Live:
    answer: Message
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)


class LiveTurns:
    """One turn per conversation; several conversations may be answered at once."""

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        self._desk = desk
        self._bridge = bridge
        self._futures: dict[str, Future[Any]] = {}
        self._live: dict[str, _Live] = {}

    def runs(self, cid: str) -> bool:
        future = self._futures.get(cid)
        return (future is not None and not future.done()) or any(
            live.answer.conversation == cid for live in self._live.values()
        )

    def send(self, cid: str, draft: str, on_error: Callable[[BaseException], None]) -> None:
        self._run(cid, self._desk.send(cid, draft, self._bridge.emit_from_core), on_error)

    def retry(self, cid: str, message: str, on_error: Callable[[BaseException], None]) -> None:
        self._run(cid, self._desk.retry(message, self._bridge.emit_from_core), on_error)

    def stop(self, cid: str) -> None:
        """The turn settles what has arrived; TurnFinished says so."""
        future = self._futures.get(cid)
        if future is not None:
            future.cancel()

    def take(self, events: list[Event], cid: str) -> list[Event]:
        """Remember what arrived; returns the events of the conversation `cid`."""
        mine: list[Event] = []
        for event in events:
            match event:
                case TurnStarted(turn, _, answer):
                    self._live[turn] = _Live(answer)
                    owner: str | None = answer.conversation
                case TextDelta(turn, text):
                    owner = self._append(turn, text, reasoning=False)
                case ReasoningDelta(turn, text):
                    owner = self._append(turn, text, reasoning=True)
                case TurnFinished(turn, answer):
                    self._live.pop(turn, None)
                    owner = answer.conversation
                case _:
                    owner = None
            if owner == cid and owner is not None:
                mine.append(event)
        return mine

    def with_live(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Rows from disk, brought up to what has arrived since the last checkpoint."""
        return tuple(self._latest(message) for message in messages)

    def _latest(self, message: Message) -> Message:
        live = self._live.get(message.id)
        if live is None:
            return message
        return replace(message, text="".join(live.text), reasoning="".join(live.reasoning))

    def _append(self, turn: str, text: str, *, reasoning: bool) -> str | None:
        live = self._live.get(turn)
        if live is None:
            return None
        (live.reasoning if reasoning else live.text).append(text)
        return live.answer.conversation

    def _run(
        self, cid: str, turn: Coroutine[Any, Any, Any], on_error: Callable[[BaseException], None]
    ) -> None:
        self._futures[cid] = self._bridge.submit(turn, on_error=on_error)
