"""Which conversations are being answered right now, and what has arrived that is not on disk yet."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.events import Event, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(slots=True)
class _Live:
    answer: Message
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)

    def as_message(self, *, streaming: bool) -> Message:
        text, reasoning = "".join(self.text), "".join(self.reasoning)
        return replace(self.answer, text=text, reasoning=reasoning, streaming=streaming)


class LiveTurns:
    """One turn per conversation; several conversations may be answered at once.

    `on_end` is called with the conversation when its turn no longer runs, `on_error` with what broke it.
    """

    def __init__(
        self,
        desk: Desk,
        bridge: Bridge,
        on_end: Callable[[str], None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._desk = desk
        self._bridge = bridge
        self._on_end = on_end
        self._on_error = on_error
        self._futures: dict[str, Future[Any]] = {}
        self._live: dict[str, _Live] = {}
        self._broken: dict[str, Message] = {}

    def runs(self, cid: str) -> bool:
        future = self._futures.get(cid)
        waiting = future is not None and not future.done()
        return waiting or self._of(cid) is not None

    def send(self, cid: str, draft: str, *, confirmed: bool = False) -> None:
        self._run(cid, self._desk.send(cid, draft, self._bridge.emit_from_core, confirmed=confirmed))

    def ask(self, cid: str, turn: Coroutine[Any, Any, Any]) -> None:
        """Any other way of asking: an answer made again, a question edited."""
        self._run(cid, turn)

    def broke(self, cid: str) -> Message | None:
        """End the answer that could not be written down: what had arrived of it, shown until a restart."""
        turn = self._of(cid)
        if turn is None:
            return None
        self._broken[turn] = self._live.pop(turn).as_message(streaming=False)
        return self._broken[turn]

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
        if live is not None:
            return live.as_message(streaming=True)
        return self._broken.get(message.id, message) if message.streaming else message

    def _of(self, cid: str) -> str | None:
        """The turn whose answer is arriving in this conversation."""
        return next((turn for turn, live in self._live.items() if live.answer.conversation == cid), None)

    def _append(self, turn: str, text: str, *, reasoning: bool) -> str | None:
        live = self._live.get(turn)
        if live is None:
            return None
        (live.reasoning if reasoning else live.text).append(text)
        return live.answer.conversation

    def _run(self, cid: str, turn: Coroutine[Any, Any, Any]) -> None:
        """The last event comes a moment before the future is done, so its end is told apart."""

        def failed(error: BaseException) -> None:
            self._on_error(error)
            self._on_end(cid)

        self._futures[cid] = self._bridge.submit(turn, on_done=lambda _: self._on_end(cid), on_error=failed)
