"""The OpenAI chat-completions wire format: Nexu, OpenAI, OpenRouter, DeepSeek, custom URLs, local servers."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing

import httpx

from nexu_desktop.adapters.dialect import Dialect
from nexu_desktop.adapters.http import DEFAULT_OPTIONS, ClientOptions, Timeouts, Wire, clean_key, pieces
from nexu_desktop.adapters.json_edge import field, parse_json, text_of
from nexu_desktop.adapters.lost_connection import NETWORK_FAILURES, lost_in_answer
from nexu_desktop.adapters.openai_answer import OpenAIAnswer
from nexu_desktop.adapters.origin import normalise_base_url
from nexu_desktop.domain.context import Said
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import KeyMissing, ProviderDown
from nexu_desktop.services.ports import ChatRequest, Chunk, RemoteModel

LIST_BYTES = 16 * 1024 * 1024
_MODEL_ID = re.compile(
    r"[^\x00-\x20\x7f-\xa0\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,200}"
)
_LIMIT_MAX = 100_000_000


class OpenAIChat:
    """One service, one key, one origin (implements Provider).

    `base_url` '' means that of the dialect; `key` '' means none. Raises BadInput for an address, key or
    proxy that cannot be used, KeyMissing where the service needs a key.
    """

    def __init__(
        self, base_url: str, key: str, *, dialect: Dialect, options: ClientOptions = DEFAULT_OPTIONS
    ) -> None:
        base = normalise_base_url(base_url or dialect.base_url)
        if not key and dialect.key_needed:
            raise KeyMissing(f"There is no key for {dialect.shown}.", "Add one in Settings.")
        self._dialect = dialect
        self._wire = Wire(base, clean_key(key) if key else "", dialect, options)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Sends once. Raises ServiceError; ends with Ended, or the answer was cut. Cancel closes the socket."""
        far = self._wire.far
        answer = OpenAIAnswer(far)
        patience = _Patience(self._wire.timeouts, answer)
        async with (
            self._wire.answer(self._post(request)) as response,
            aclosing(pieces(far, response)) as body,
        ):
            while not answer.complete:
                data = await _next(body, patience)
                if data is None:
                    break
                patience.heard()
                for chunk in answer.feed(data):
                    yield chunk
                patience.understood()
        for chunk in answer.close():
            yield chunk

    async def models(self) -> tuple[RemoteModel, ...]:
        """Within 10 s. Raises ServiceError."""
        body = await self._wire.get("models", LIST_BYTES)
        try:
            return _models(parse_json(body))
        except ValueError as error:
            raise ProviderDown(
                f"{self._wire.far.who} sent no readable list of models.", "Check the base URL in Settings."
            ) from error

    async def verify(self) -> tuple[RemoteModel, ...]:
        """Ask where the key is really looked at: some services list their models to everybody."""
        if self._dialect.verify_path != "models":
            await self._wire.get(self._dialect.verify_path, LIST_BYTES)
        return await self.models()

    async def stated_balance(self) -> Nanocredits | None:
        return None

    async def close(self) -> None:
        await self._wire.close()

    def _post(self, request: ChatRequest) -> httpx.Request:
        """`store` is never sent: whether the far side keeps a conversation is not ours to switch on."""
        body = {
            "model": request.model,
            "messages": [_message(said, request.images) for said in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            self._dialect.max_tokens_field: request.max_output_tokens,
        }
        if request.effort:
            body["reasoning_effort"] = request.effort
        if request.temperature is not None:
            body["temperature"] = round(request.temperature / 100, 2)
        return self._wire.request(
            "POST",
            "chat/completions",
            content=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
            headers={
                "Content-Type": "application/json",
                "Accept": "text/event-stream",
                "X-Request-Id": request.attempt,
            },
        )


def _message(said: Said, images: Mapping[str, bytes]) -> dict[str, object]:
    """Content is plain text where it can be: not every server takes parts."""
    if not said.images:
        return {"role": said.role, "content": said.text}
    shown: list[dict[str, object]] = [
        {"type": "image_url", "image_url": {"url": _data_url(image.media_type, images[image.attachment])}}
        for image in said.images
    ]
    words = [{"type": "text", "text": said.text}] if said.text else []  # some refuse an empty one
    return {"role": said.role, "content": [*words, *shown]}


def _data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


class _Patience:
    """How long to wait for the next bytes, in seconds of the loop's clock."""

    def __init__(self, timeouts: Timeouts, answer: OpenAIAnswer) -> None:
        self.answer = answer
        self._timeouts = timeouts
        self._now = asyncio.get_running_loop().time
        self._begun = self._heard = self._understood = self._now()
        self._events = 0

    def heard(self) -> None:
        self._heard = self._now()

    def understood(self) -> None:
        if self.answer.events > self._events:
            self._events = self.answer.events
            self._understood = self._now()

    @property
    def deadline_s(self) -> float:
        limits, answer = self._timeouts, self.answer
        idle = limits.idle_s if answer.events else limits.first_byte_s
        ends = [self._begun + limits.whole_s, self._understood + limits.keepalive_s, self._heard + idle]
        if answer.finished:
            ends.append(self._understood + limits.after_finish_s)
        if answer.marked:
            ends.append(self._understood + limits.late_usage_s)
        return min(ends)


async def _next(body: AsyncIterator[bytes], patience: _Patience) -> bytes | None:
    """The next bytes, None at the end. After the natural end a lost connection is an end like any other."""
    answer = patience.answer
    try:
        async with asyncio.timeout_at(patience.deadline_s):
            return await anext(body, None)
    except NETWORK_FAILURES as error:
        if answer.finished:
            return None
        raise lost_in_answer(answer.far, error) from error


def _models(said: object) -> tuple[RemoteModel, ...]:
    """Lenient: what has no usable id is left out, a repeated id too. Raises ValueError where no list is."""
    listed = said if isinstance(said, list) else field(said, "data")
    if not isinstance(listed, list):
        raise ValueError("no list")
    models: dict[str, RemoteModel] = {}
    for entry in listed:
        model = text_of(field(entry, "id"))
        if _MODEL_ID.fullmatch(model):
            models.setdefault(model, _model(model, entry))
    return tuple(models.values())


def _model(model: str, entry: object) -> RemoteModel:
    owner = text_of(field(entry, "owned_by"))
    return RemoteModel(
        id=model,
        owner=owner if _MODEL_ID.fullmatch(owner) else "",
        context_tokens=_limit(field(entry, "context_length"), field(entry, "context_window")),
        max_output_tokens=_limit(
            field(entry, "top_provider", "max_completion_tokens"), field(entry, "max_output_tokens")
        ),
    )


def _limit(*values: object) -> int | None:
    return next((value for value in values if type(value) is int and 0 < value <= _LIMIT_MAX), None)
