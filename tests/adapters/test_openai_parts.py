"""What a request says besides plain text: images as content parts, the reasoning effort."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from nexu_desktop.domain.context import Image, Said, said
from nexu_desktop.services.ports import ChatRequest
from tests.adapters.test_openai_answer import RECORDED
from tests.adapters.wire import chat, hear, serve, sse
from tests.services.image_bytes import jpeg, png

PHOTO = Image("i1", "image/png", 4, 3)
SCAN = Image("i2", "image/jpeg", 8, 6)


def body(request: ChatRequest) -> dict[str, Any]:
    """What arrives at the service."""

    async def run() -> bytes:
        async with serve([sse(RECORDED)]) as server:
            await hear(chat(server.url), request)
            return server.requests[0]

    return dict(json.loads(asyncio.run(run()).partition(b"\r\n\r\n")[2]))


def image_part(kind: str, data: bytes) -> dict[str, object]:
    url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def test_images_follow_the_words_of_their_message() -> None:
    """As data in the request, in order; messages without one stay plain text."""
    messages = (
        said("system", "Be kind."),
        Said("user", ("File n.md:\n…\n", "What is it?"), (PHOTO, SCAN)),
    )
    bytes_of = {"i1": png(4, 3), "i2": jpeg(8, 6)}
    assert body(ChatRequest("a", "m", messages, 64, images=bytes_of))["messages"] == [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "File n.md:\n…\nWhat is it?"},
                image_part("image/png", png(4, 3)),
                image_part("image/jpeg", jpeg(8, 6)),
            ],
        },
    ]


def test_an_image_alone_comes_without_an_empty_text() -> None:
    """Some services refuse one."""
    request = ChatRequest("a", "m", (Said("user", ("",), (PHOTO,)),), 64, images={"i1": png(4, 3)})
    assert body(request)["messages"] == [{"role": "user", "content": [image_part("image/png", png(4, 3))]}]


def test_the_effort_is_sent_where_one_is_set() -> None:
    """Not at all where it is left to the model."""
    plain = ChatRequest("a", "m", (said("user", "Hi"),), 64)
    assert "reasoning_effort" not in body(plain)
    assert body(ChatRequest("a", "m", (said("user", "Hi"),), 64, effort="low"))["reasoning_effort"] == "low"


def test_the_temperature_is_sent_where_one_is_set() -> None:
    """As a number with two decimals at most; zero is a temperature too."""
    plain = ChatRequest("a", "m", (said("user", "Hi"),), 64)
    assert "temperature" not in body(plain)
    for hundredths, sent in ((0, 0), (70, 0.7), (29, 0.29), (200, 2)):
        request = ChatRequest("a", "m", (said("user", "Hi"),), 64, temperature=hundredths)
        assert body(request)["temperature"] == sent
