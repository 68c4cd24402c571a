"""Messages with images: accepted, counted by a fixed rule, and answered by nobody who has seen them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from nexu_desktop.sandbox.responder import PlainResponder
from nexu_desktop.sandbox.tally import IMAGE_TOKENS
from tests.sandbox.doubles import MODEL, Client, FourBytes, Reply, Script, serving

URL = "data:image/png;base64,"
ENGLISH = "*Images are not looked at in the sandbox; {} came with this message.*\n\n"
CHINESE = "*沙盒不看图片；这条消息带了 {} 张。*\n\n"


def parts(text: str, images: int, size: int = 3) -> list[dict[str, Any]]:
    url = URL + base64.b64encode(b"x" * size).decode()
    shown = {"type": "image_url", "image_url": {"url": url}}
    return [{"type": "text", "text": text}, *[shown] * images]


def ask(*messages: tuple[str, str | list[dict[str, Any]]], responder: Any = None, **fields: Any) -> Reply:
    said = [{"role": role, "content": content} for role, content in messages]
    with serving(responder or Script("ok")) as server:
        return Client(server.address).chat(messages=said, **fields)


@pytest.mark.parametrize(("text", "note"), [("What is it?", ENGLISH), ("这是什么？", CHINESE)])
def test_the_answer_says_that_nobody_looked(text: str, note: str) -> None:
    """In the language of the message, before what the responder says to its words."""
    assert ask(("user", parts(text, 2))).text == note.format(2) + "ok"


def test_it_is_said_once() -> None:
    """Not again when images of an earlier message are sent along."""
    earlier = (("user", parts("Look", 1)), ("assistant", "ok"))
    assert ask(*earlier, ("user", "And now?")).text == "ok"


def test_each_image_counts_the_same() -> None:
    """Those of earlier messages too; the bytes are no text."""
    plain, shown = [
        ask(("user", parts("Look", images, 50_000)), ("assistant", "ok"), ("user", parts("Again", images)))
        for images in (0, 1)
    ]
    assert shown.usages[0]["prompt_tokens"] - plain.usages[0]["prompt_tokens"] == 2 * IMAGE_TOKENS


def test_the_note_counts_as_output_and_is_cut_at_the_limit() -> None:
    """It is part of the answer that is billed."""
    reply = ask(("user", parts("Look", 1)), max_tokens=5)
    assert (reply.text, reply.finish) == (ENGLISH.format(1)[:20], ["length"])
    whole = ask(("user", parts("Look", 1)))
    assert whole.usages[0]["completion_tokens"] == FourBytes().count(MODEL, whole.text)


def test_a_large_image_fits() -> None:
    """20 MB, the most that can be attached, are 27 MB in base64."""
    reply = ask(("user", parts("Look", 1, 20 * 1_048_576)))
    assert (reply.status, reply.text) == (200, ENGLISH.format(1) + "ok")


def test_the_plain_responder_describes_the_words() -> None:
    """Its answer stays what it is without images."""
    plain = ask(("user", "Look at this. Briefly."), responder=PlainResponder())
    shown = ask(("user", parts("Look at this. Briefly.", 1)), responder=PlainResponder())
    assert shown.text == ENGLISH.format(1) + plain.text
