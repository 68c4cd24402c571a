"""One answer of the local model over loopback HTTP: trimmed to its context, read in a thread of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from nexu_desktop.sandbox.call import Turn
from nexu_desktop.sandbox.responder import OutOfRoom, ResponderGone

HEARTBEAT_S = 0.25
SYSTEM = ("system", "You are a helpful assistant.")  # the demo model answers well under no other
TEMPERATURE = 0
SHRINKS_MAX = 6
READER = "model-answer"
READ_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """Loopback port and the key of this start."""

    port: int
    key: str


@dataclass(frozen=True, slots=True)
class _End:
    reason: str = ""
    failure: str = ""


class _TooLong(Exception):
    """The prompt does not fit into the context of the model."""


def stream_answer(
    address: ModelAddress, messages: Sequence[Turn], max_tokens: int
) -> Generator[str, None, None]:
    """Pieces, or "" each quarter of a second while nothing comes; closing it stops the model.

    Raises OutOfRoom where `max_tokens` ended it, ResponderGone if the model breaks.
    """
    pieces: queue.SimpleQueue[str | _End] = queue.SimpleQueue()
    request = _Request(address, pieces)
    reader = threading.Thread(target=request.run, args=(messages, max_tokens), name=READER, daemon=True)
    reader.start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=HEARTBEAT_S)
            except queue.Empty:
                yield ""
                continue
            if isinstance(piece, _End):
                break
            yield piece
    finally:
        request.abandon()
    if piece.failure:
        raise ResponderGone(piece.failure)
    if piece.reason == "length":
        raise OutOfRoom


class _Request:
    """Runs in its own thread, because the wait for a first token must not hide that the person has left."""

    def __init__(self, address: ModelAddress, pieces: queue.SimpleQueue[str | _End]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=READ_TIMEOUT_S)
        self._key = address.key
        self._pieces = pieces
        self._abandoned = False

    def abandon(self) -> None:
        """Wake the reading thread by ending its connection; the model stops at the next token."""
        self._abandoned = True
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # already closed by the other side
                sock.shutdown(socket.SHUT_RDWR)

    def run(self, messages: Sequence[Turn], max_tokens: int) -> None:
        try:
            self._pieces.put(self._shrinking(messages, max_tokens))
        except (OSError, http.client.HTTPException, ValueError, KeyError, AttributeError) as error:
            self._pieces.put(_End(failure=f"The local model broke off ({type(error).__name__})."))
        finally:
            self._connection.close()

    def _shrinking(self, messages: Sequence[Turn], max_tokens: int) -> _End:
        room = sum(len(text.encode()) for _, text in messages)
        for _ in range(SHRINKS_MAX):
            try:
                return self._ask(messages, max_tokens)
            except _TooLong:
                room //= 2
                messages = trim(messages, room)
        return _End(failure="The message is too long for the local model.")

    def _ask(self, messages: Sequence[Turn], max_tokens: int) -> _End:
        body = {
            "messages": [{"role": role, "content": text} for role, text in messages],
            "max_tokens": max_tokens,
            "temperature": TEMPERATURE,
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request("POST", "/v1/chat/completions", json.dumps(body).encode(), headers)
        response = self._connection.getresponse()
        if response.status != 200:
            raise_for(response.status, response.read())
        reason = ""
        for line in response:
            if self._abandoned:
                break
            choice = _choice(line)
            reason = choice.get("finish_reason") or reason
            text = choice.get("delta", {}).get("content")
            if text:
                self._pieces.put(text)
        return _End(reason=reason) if reason else _End(failure="The local model broke off.")


def raise_for(status: int, body: bytes) -> None:
    """Raises _TooLong for a context overflow, else HTTPException."""
    if b"exceed_context_size" in body:
        raise _TooLong
    raise http.client.HTTPException(f"status {status}")


def trim(messages: Sequence[Turn], room: int) -> list[Turn]:
    """The system prompt and the newest messages within `room` UTF-8 bytes; the last is cut, never dropped."""
    own = [("system", _head(text, room)) for role, text in messages if role in ("system", "developer")]
    kept: list[Turn] = []
    for role, text in reversed([turn for turn in messages if turn[0] in ("user", "assistant")]):
        size = len(text.encode("utf-8", "replace"))
        if size > room and kept:
            break
        kept.append((role, _head(text, room)))
        room -= size
    return [*(own[:1] or [SYSTEM]), *reversed(kept)]


def _head(text: str, room: int) -> str:
    return text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")


def _choice(line: bytes) -> dict[str, Any]:
    """The first choice of one SSE line; {} for anything else."""
    if not line.startswith(b"data:") or line.strip() == b"data: [DONE]":
        return {}
    choices = json.loads(line[5:]).get("choices") or [{}]
    return choices[0] if isinstance(choices[0], dict) else {}
