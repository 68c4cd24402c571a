"""A counter, a card and responders for the tests of the sandbox, and a client on the standard library."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nexu_desktop.domain.estimate import CountBasis
from nexu_desktop.domain.ratecard import RateCard, parse_card
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.answers import Answers
from nexu_desktop.sandbox.call import Turn
from nexu_desktop.sandbox.server import SandboxServer

MODEL = "deepseek-v3.2"
CARD_FILE = Path(__file__).parents[2] / "resources" / "ratecard-2026-04-09.json"


def card() -> RateCard:
    return parse_card(CARD_FILE.read_text("utf-8"))


class FourBytes:
    """A TokenCounter: one token per four UTF-8 bytes begun; three more around each message."""

    def ready(self, model: str) -> bool:
        return True

    def load(self, model: str) -> None:
        pass

    def count(self, model: str, text: str) -> int:
        return -(-len(text.encode("utf-8", "replace")) // 4)

    def vocabulary(self, model: str) -> str:
        return "four bytes"

    def basis(self, model: str) -> CountBasis:
        return CountBasis.EXACT

    def overhead(self, model: str, roles: Sequence[str]) -> int:
        return 3 * len(roles)


class Script:
    """A Responder that says the pieces given, remembers what it was asked and whether it was closed."""

    def __init__(self, *pieces: str, end: Exception | None = None) -> None:
        self.pieces = pieces
        self.end = end
        self.asked: list[tuple[Turn, ...]] = []
        self.said = 0
        self.closed = threading.Event()

    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        self.asked.append(tuple(messages))
        try:
            for piece in self.pieces:
                self.said += 1
                yield piece
            if self.end is not None:
                raise self.end
        finally:
            self.closed.set()


class Forever:
    """A Responder that never ends by itself: of `piece`, or of heartbeats when that is empty."""

    def __init__(self, piece: str) -> None:
        self.piece = piece
        self.begun = threading.Event()
        self.closed = threading.Event()

    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        try:
            while True:
                self.begun.set()
                yield self.piece
        finally:
            self.closed.set()


def serving(responder: Any, *, chunks_per_s: int = 0) -> SandboxServer:
    return SandboxServer(card(), FourBytes(), Answers(responder), chunks_per_s=chunks_per_s)


@dataclass(frozen=True, slots=True)
class Reply:
    """`broken`: the body ended before its end."""

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool = False

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json()["error"]["code"])

    @property
    def events(self) -> list[str]:
        return [part.removeprefix("data: ") for part in self.body.decode().split("\n\n") if part]

    @property
    def chunks(self) -> list[Any]:
        """The events that are JSON objects."""
        return [json.loads(event) for event in self.events if event != "[DONE]"]

    @property
    def text(self) -> str:
        return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in self.with_choices)

    @property
    def with_choices(self) -> Iterator[Any]:
        return (chunk for chunk in self.chunks if chunk.get("choices"))

    @property
    def usages(self) -> list[Any]:
        return [chunk["usage"] for chunk in self.chunks if chunk.get("usage")]

    @property
    def finish(self) -> list[str]:
        reasons = [chunk["choices"][0]["finish_reason"] for chunk in self.with_choices]
        return [reason for reason in reasons if reason]


class Client:
    """One request per connection."""

    def __init__(self, address: SandboxAddress) -> None:
        self.address = address

    def open(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.address.url).netloc, timeout=30)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """With the token, unless `headers` are given."""
        connection = self.open()
        try:
            connection.request(method, path, body, self.key() if headers is None else headers)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            try:
                return Reply(response.status, told, response.read())
            except http.client.IncompleteRead as cut:
                return Reply(response.status, told, cut.partial, broken=True)
        finally:
            connection.close()

    def key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.address.token}"}

    def chat(self, prompt: str = "Hello", headers: dict[str, str] | None = None, **fields: Any) -> Reply:
        """A streaming completion with usage, unless `fields` say otherwise."""
        sent = {**self.key(), **(headers or {})}
        return self.send("POST", "/v1/chat/completions", chat_body(prompt, **fields), sent)

    def plan(self, **faults: Any) -> None:
        reply = self.send("POST", "/sandbox/faults", json.dumps(faults).encode())
        assert reply.status == 200, reply.body


def chat_body(prompt: str = "Hello", **fields: Any) -> bytes:
    asked = {
        "model": MODEL,
        "messages": [{"role": "user", "content": prompt}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    return json.dumps({**asked, **fields}).encode()


def eventually(holds: Callable[[], bool], seconds: int = 10) -> bool:
    """Whether it comes to hold; `seconds` is only how long a failure takes."""
    pause = threading.Event()
    for _ in range(seconds * 50):
        if holds():
            return True
        pause.wait(0.02)
    return holds()
