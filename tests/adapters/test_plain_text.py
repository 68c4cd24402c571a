"""Keys and texts from outside made harmless."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters.http import clean_key
from nexu_desktop.adapters.http_errors import FarSide, sorted_out, told_in_answer
from nexu_desktop.adapters.plain_text import LONGEST, plain
from nexu_desktop.domain.errors import (
    BadInput,
    NexuError,
    ServiceError,
)
from tests.adapters.wire import (
    KEY,
    LOOSE,
)

FAR = FarSide("Test", "api.test", LOOSE, KEY)


@pytest.mark.parametrize("text", ["sk-a", " sk-a\n", "\u200bsk-a\ufeff", "\u00a0sk-a\r\n", "\t\u2060 sk-a"])
def test_clean_key(text: str) -> None:
    """What is around a pasted key is taken off."""
    assert clean_key(text) == "sk-a"


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a\nb", "a\r\nX-Evil: 1", "a\0", "“a”", '"a"', "ключ", "a\u200bb", "é"]
)
def test_bad_keys(text: str) -> None:
    """What is inside is refused, and not repeated in the refusal."""
    with pytest.raises(BadInput) as caught:
        clean_key(text)
    assert "Evil" not in caught.value.sentence


MARKS = st.sampled_from("<>&;abimgsrc=/\"'!-\0\x1b\u202e\u200b\U000e0041\ud800 \n")


@settings(deadline=None)
@given(st.text(MARKS | st.characters(), max_size=400))
def test_plain_text_is_plain(text: str) -> None:
    """No angle bracket, control or invisible character, one line, capped."""
    shown = plain(text)
    assert len(shown) <= LONGEST
    assert not {*"<>\n\r\0\x1b\u202e\u200b\u2028\ud800"} & {*shown}
    assert shown.isprintable() or "\u00a0" in shown or shown == ""


@settings(deadline=None)
@given(st.text("<b>&ltgxy; \0\u200b-", max_size=30), st.text("<b>/ \0\u200b", max_size=30))
def test_plain_text_hides_the_key(before: str, after: str) -> None:
    """Whatever is around it or hidden in it."""
    for echo in ("CANARY", "CAN\u200bARY", "CAN&#65;RY"):
        assert "CANARY" not in plain(f"{before} {echo} {after}", "CANARY")


BODIES = st.binary(max_size=200) | st.text(st.characters(codec="utf-8")).map(str.encode)


@settings(deadline=None)
@given(st.integers(400, 599), BODIES | st.just(b"[" * 100_000))
def test_any_error_body_is_sorted(status: int, body: bytes) -> None:
    """Nothing but a ServiceError with plain text comes of any status and body."""
    error: NexuError = sorted_out(FAR, told_in_answer(status, {}, body))
    assert isinstance(error, ServiceError)
    assert "<" not in error.sentence
