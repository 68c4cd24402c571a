"""The bytes of one chat completion turned into chunks, without I/O, so that every cut can be tested as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from nexu_desktop.adapters.http_errors import FarSide, sorted_out, told_in_value
from nexu_desktop.adapters.json_edge import field, parse_json, text_of
from nexu_desktop.adapters.lost_connection import cut, unreadable
from nexu_desktop.adapters.plain_text import whole_characters
from nexu_desktop.adapters.sse import DEFAULT_LIMITS, Event, Limits, SseParser
from nexu_desktop.adapters.usage_openai import usage_report
from nexu_desktop.domain.errors import Billed, ProviderDown, ServiceError, StreamCut
from nexu_desktop.services.ports import Chunk, Ended, ReasoningChunk, TextChunk

_BLANK = b" \t\r\n\xef\xbb\xbf"
_CODE_LINE = re.compile(r"\[code=[a-z_]+\]")
_WHOLE_BODY_BYTES = 8 * 1024 * 1024


class _Form(Enum):
    """What the body is, told by its first byte: content types lie, first bytes do not."""

    UNKNOWN = auto()
    EVENTS = auto()
    JSON = auto()
    HTML = auto()


class OpenAIAnswer:
    """Feed the body, get chunks. Both `feed` and `close` raise ServiceError after the chunks before the fault.

    `events` counts what meant something, `finished` is true once the natural end was seen, `complete` once
    nothing more is wanted: the end mark and the usage are there.
    """

    def __init__(self, far: FarSide, limits: Limits = DEFAULT_LIMITS) -> None:
        self.events = 0
        self.finished = False
        self.marked = False
        self.far = far
        self._parser = SseParser(limits)
        self._form = _Form.UNKNOWN
        self._body = bytearray()
        self._reason = ""
        self._output = False
        self._usage = False

    @property
    def complete(self) -> bool:
        return self.marked and self._usage

    def feed(self, data: bytes) -> Iterator[Chunk]:
        if self._form is _Form.UNKNOWN:
            self._body += data
            data = self._recognise()
        if self._form is _Form.EVENTS:
            yield from self._feed_events(data)
        elif self._form is not _Form.UNKNOWN:
            self._body += data
            if len(self._body) > _WHOLE_BODY_BYTES:
                raise unreadable(self.far, "it is too long")

    def close(self) -> Iterator[Chunk]:
        """The body ended, or the wait for what may still come after the natural end did."""
        if self._form is _Form.JSON:
            yield from self._whole()
        if not self.finished:
            raise self._unfinished()
        yield Ended(self._reason or "done")

    def _recognise(self) -> bytes:
        """The bytes to go on with; none while there is nothing but blanks."""
        head = bytes(self._body).lstrip(_BLANK)[:1]
        if head == b"{":
            self._form = _Form.JSON
        elif head == b"<":
            self._form = _Form.HTML
        elif head or len(self._body) > _WHOLE_BODY_BYTES:
            self._form = _Form.EVENTS
            data = bytes(self._body)
            self._body.clear()
            return data
        return b""

    def _feed_events(self, data: bytes) -> Iterator[Chunk]:
        for event in self._parser.feed(data):
            self.events += 1
            yield from self._event(event)
            if self.complete:
                return
        if self._parser.broken:
            raise unreadable(self.far, f"its {self._parser.broken} is too long")

    def _event(self, event: Event) -> Iterator[Chunk]:
        text = event.data.strip()
        if text == "[DONE]":
            self.finished = self.marked = True
            return
        try:
            said = text if _CODE_LINE.match(text) else parse_json(text)
        except ValueError as error:
            if not self.marked:
                raise unreadable(self.far, "a part of it is damaged") from error
            return  # garbage after the end mark harms nobody
        if self._is_error(event, said):
            if not self.finished:
                raise self._told(said)
            return
        yield from self._chunk(said)

    @staticmethod
    def _is_error(event: Event, said: object) -> bool:
        return event.name == "error" or isinstance(said, str) or bool(field(said, "error"))

    def _chunk(self, said: object) -> Iterator[Chunk]:
        if not isinstance(said, dict):
            raise unreadable(self.far, "a part of it has an unknown form")
        choice = _first_choice(said)
        if not self.marked:
            yield from self._words(field(choice, "delta"))
        yield from self._report(said, choice)
        reason = text_of(field(choice, "finish_reason"))
        if reason == "error":
            raise self._told(said)
        if reason:
            self._reason, self.finished = reason[:40], True

    def _words(self, delta: object) -> Iterator[Chunk]:
        reasoning = _text(field(delta, "reasoning_content")) or _text(field(delta, "reasoning"))
        text = _text(field(delta, "content")) or _text(field(delta, "refusal"))
        self._output = self._output or bool(reasoning or text)
        if reasoning:
            yield ReasoningChunk(reasoning)
        if text:
            yield TextChunk(text)

    def _report(self, said: object, choice: object) -> Iterator[Chunk]:
        usage = field(said, "usage") or field(choice, "usage")
        if usage:
            self._usage = True
            yield usage_report(usage)

    def _whole(self) -> Iterator[Chunk]:
        """A service that does not stream answers with one JSON object."""
        try:
            said = parse_json(bytes(self._body))
        except ValueError as error:
            raise unreadable(self.far, "it is damaged or not whole") from error
        if field(said, "error"):
            raise self._told(said)
        choice = _first_choice(said)
        if choice is None:
            raise self._told(said)
        yield from self._words(field(choice, "message"))
        yield from self._report(said, choice)
        self._reason, self.finished = text_of(field(choice, "finish_reason"))[:40] or "done", True

    def _told(self, said: object) -> ServiceError:
        """An error inside a 200: with output before it the answer is cut, whatever the reason."""
        told = told_in_value(said)
        error = sorted_out(self.far, told)
        if self._output:
            return StreamCut(error.title, error.hint, code=error.code, billed=Billed.UNKNOWN)
        return error

    def _unfinished(self) -> ServiceError:
        """The body ended without its natural end."""
        if self._output or self.events:
            return cut(self.far)
        if self._form is _Form.HTML:
            return ProviderDown(
                f"{self.far.who} sent a web page instead of an answer.",
                "Check the base URL in Settings, and whether this network asks for a sign-in.",
                code="web_page",
            )
        return ProviderDown(
            f"{self.far.who} sent an empty answer.",
            "Try again, or check the base URL in Settings.",
            code="empty",
        )


def _first_choice(said: object) -> object:
    """The only choice we asked for; usage chunks come with `[]`, null or none at all."""
    choices = field(said, "choices")
    return choices[0] if isinstance(choices, list) and choices else None


def _text(value: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, list):
        return "".join(_text(field(part, "text")) for part in value)
    return whole_characters(text_of(value))
