"""One chat completion as asked for: the JSON body turned into values, or refused with its code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nexu_desktop.domain.ratecard import CardModel, RateCard
from nexu_desktop.sandbox.refusals import Refusal

ROLES = ("system", "developer", "user", "assistant", "tool")
Turn = tuple[str, str]  # (role, text)


@dataclass(frozen=True, slots=True)
class ChatCall:
    """`max_tokens` is counted in the vocabulary of `model`, one of the card.

    `images` is how many came, `images_asked` how many of them with the last message.
    """

    model: CardModel
    messages: tuple[Turn, ...]
    max_tokens: int
    stream: bool
    include_usage: bool
    images: int = 0
    images_asked: int = 0


def parse_call(body: bytes, card: RateCard) -> ChatCall:
    """Raises Refusal: invalid_json, invalid_model, model_not_found or invalid_request."""
    raw = _object(body)
    model = _model(raw, card)
    options = raw.get("stream_options")
    return ChatCall(
        model=model,
        messages=_messages(raw.get("messages")),
        max_tokens=min(_limit(raw, model), model.max_output_tokens),
        stream=raw.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
        images=_images(raw["messages"]),
        images_asked=_images(raw["messages"][-1:]),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal("invalid_json") from error
    if not isinstance(raw, dict):
        raise Refusal("invalid_json", "The request body is not a JSON object.")
    return raw


def _model(raw: dict[str, Any], card: RateCard) -> CardModel:
    name = raw.get("model")
    if not isinstance(name, str) or not name.strip():
        raise Refusal("invalid_model")
    model = card.model(name)
    if model is None:
        raise Refusal("model_not_found", f"There is no model “{name[:80]}”.")
    return model


def _limit(raw: dict[str, Any], model: CardModel) -> int:
    for name in ("max_completion_tokens", "max_tokens"):
        value = raw.get(name)
        if value is None:
            continue
        if type(value) is not int or value < 1:
            raise Refusal("invalid_request", f"“{name}” must be a positive integer.")
        return value
    return model.max_output_tokens


def _messages(raw: object) -> tuple[Turn, ...]:
    if not isinstance(raw, list) or not raw:
        raise Refusal("invalid_request", "“messages” must be a list with at least one message.")
    return tuple(_message(entry) for entry in raw)


def _message(entry: object) -> Turn:
    if not isinstance(entry, dict) or entry.get("role") not in ROLES:
        raise Refusal("invalid_request", "A message has no known role.")
    return entry["role"], _text(entry.get("content"))


def _images(messages: list[dict[str, Any]]) -> int:
    contents = [entry["content"] for entry in messages if isinstance(entry["content"], list)]
    parts = [part for content in contents for part in content if isinstance(part, dict)]
    return sum(part.get("type") == "image_url" for part in parts)


def _text(content: object) -> str:
    """Plain text, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise Refusal("invalid_request", "A message has no text.")
    parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(part for part in parts if isinstance(part, str))
