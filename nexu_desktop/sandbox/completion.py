"""The chunks of one chat completion: text as it comes, the usage, the end, and the faults among them."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from itertools import repeat
from typing import Any
from uuid import uuid4

from nexu_desktop.sandbox.call import ChatCall
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.refusals import Refusal
from nexu_desktop.sandbox.responder import OutOfRoom, Responder, ResponderGone, unseen
from nexu_desktop.sandbox.tally import Tally, prompt_tokens
from nexu_desktop.sandbox.wire import Wire
from nexu_desktop.services.ports import TokenCounter

MALFORMED = '{"id":"chatcmpl-broken","choices":[{"delta":{"content":"'


class Completion:
    """One call being answered. Raises Refusal for a prompt beyond the context of the model."""

    def __init__(self, call: ChatCall, responder: Responder, counter: TokenCounter, faults: Faults) -> None:
        self._call = call
        self._responder = responder
        self._faults = faults
        self._prompt_tokens = prompt_tokens(counter, call.model.id, call.messages, call.images)
        if self._prompt_tokens > call.model.context_tokens:
            raise Refusal("invalid_request", "The prompt is longer than the context of the model.")
        self._tally = Tally(counter, call.model.id, call.max_tokens)
        self._reason = "stop"
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())

    def stream(self, wire: Wire) -> None:
        """Raises PeerGone, OSError or StreamBroken; the responder has stopped by then."""
        wire.event(self._chunk({"role": "assistant", "content": ""}))
        try:
            with closing(self._texts(wire)) as texts:
                for number, text in enumerate(texts):
                    self._break_here(wire, number)
                    wire.pace()
                    wire.event(self._chunk({"content": text}))
        except ResponderGone as gone:
            raise Refusal("upstream_error", str(gone)) from gone
        self._finish(wire)

    def whole(self, wire: Wire) -> dict[str, Any]:
        """The answer as one JSON body. Raises PeerGone, Refusal."""
        try:
            with closing(self._texts(wire)) as texts:
                for _ in texts:
                    pass
        except ResponderGone as gone:
            raise Refusal("upstream_error", str(gone)) from gone
        message = {"role": "assistant", "content": self._tally.text}
        body = self._frame("chat.completion")
        body["choices"] = [{"index": 0, "message": message, "finish_reason": self._reason}]
        return body if self._faults.usage == "none" else body | {"usage": self.usage()}

    def usage(self) -> dict[str, Any]:
        """What was counted, in the words of the protocol."""
        completion = self._tally.tokens
        return {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": completion,
            "total_tokens": self._prompt_tokens + completion,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    def _texts(self, wire: Wire) -> Generator[str, None, None]:
        """What is really sent: cut at the limit; closing it closes the responder."""
        if self._faults.endless:
            yield from repeat("and so on, ")
        try:
            with closing(self._pieces()) as pieces:
                for piece in pieces:
                    wire.wait(0)
                    text = self._tally.take(piece) if piece else ""
                    if text:
                        yield text
                    if self._tally.full:
                        self._reason = "length"
                        return
        except OutOfRoom:
            self._reason = "length"

    def _pieces(self) -> Generator[str, None, None]:
        """The responder's, after a word about images: no responder sees them."""
        call = self._call
        if call.images_asked:
            yield unseen(call.messages, call.images_asked)
        yield from self._responder.respond(call.messages, call.max_tokens)

    def _break_here(self, wire: Wire, number: int) -> None:
        if number == self._faults.malformed_after:
            wire.event(MALFORMED)
        if number == self._faults.error_after:
            raise Refusal(self._faults.error_code)

    def _finish(self, wire: Wire) -> None:
        last = self._chunk({}, finish_reason=self._reason)
        way = self._faults.usage
        wire.event(last | {"usage": self.usage()} if way == "last_chunk" else last)
        if self._call.include_usage and way in ("normal", "double"):
            report = self._frame("chat.completion.chunk") | {"choices": [], "usage": self.usage()}
            for _ in range(2 if way == "double" else 1):
                wire.event(report)
        wire.event("[DONE]")
        wire.end()

    def _chunk(self, delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
        chunk = self._frame("chat.completion.chunk")
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        return chunk | {"usage": None} if self._call.include_usage else chunk

    def _frame(self, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._call.model.id}
