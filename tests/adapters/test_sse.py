"""Server-sent events by the HTML standard, whatever the chunking."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters.sse import DEFAULT_LIMITS, Event, Limits, SseParser

SMALL = Limits(line=12, event=20, answer=60)


def parse(*chunks: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[list[Event], str]:
    parser = SseParser(limits)
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    parser.close()
    return events, parser.broken


def data(text: str) -> list[Event]:
    return [Event(text)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", data("a")),
        (b"data:a\r\r", data("a")),
        (b"data:a\r\n\r\n", data("a")),
        (b"data:  a\n\n", data(" a")),
        (b"data\n\n", data("")),
        (b"data\ndata\n\n", data("\n")),
        (b"data:a\ndata: b\n\n", data("a\nb")),
        (b"data:a\r\ndata: b\r\n\r\n", data("a\nb")),
        (b"data:a\rdata: b\n\r", data("a\nb")),
        (b"\xef\xbb\xbfdata: a\n\n", data("a")),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata:b\n\n", data("b")),
        (b"data:a\n\n\xef\xbb\xbfdata:b\n\n", data("a")),
        (b": OPENROUTER PROCESSING\n\ndata:a\n\n", data("a")),
        (b"event: ping\n\ndata:a\n\n", data("a")),
        (b"event: error\ndata:a\n\ndata:b\n\n", [Event("a", "error"), Event("b")]),
        (b"id: 1\n:\n\n", []),
        (b"retry: 5\nid: 1\nwhat: ever\ndata: a\n\n", data("a")),
        (b"Data: a\n data: b\n\n", []),
        (b"data: \xff\xe2\x82\n\n", data("\ufffd\ufffd")),
        ("data: a\u2028b\u0085c\x0b\x0c\x1c\x00d\n\n".encode(), data("a\u2028b\u0085c\x0b\x0c\x1c\x00d")),
        ("data: 語😀\n\n".encode(), data("語😀")),
        (b"data: a\n", []),
        (b"data: a", []),
        (b"", []),
    ],
)
def test_standard(stream: bytes, expected: list[Event]) -> None:
    """The cases of the standard, whole and byte by byte."""
    assert (expected, "") == parse(stream)
    assert (expected, "") == parse(*(bytes([byte]) for byte in stream))


PIECES = [b"data:", b"data: ", b"event:", b"\r", b"\n", b"\r\n", b"\n\n", b":", b"id:", b"\xef\xbb\xbf"]
PIECES += ["é".encode(), "😀".encode(), b"\xff", b"\xe2\x82", b"[DONE]", b"x" * 7, b"\x00"]
BYTES = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)


@settings(deadline=None)
@given(stream=BYTES, cuts=st.lists(st.integers(0, 200), max_size=12), small=st.booleans())
def test_chunking_changes_nothing(stream: bytes, cuts: list[int], small: bool) -> None:
    """Any chunking gives the same events and breaks at the same limit."""
    limits = SMALL if small else Limits()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(edges)]
    assert parse(stream, limits=limits) == parse(*chunks, limits=limits)


@pytest.mark.parametrize(
    ("stream", "broken"),
    [
        (b"data:a\n\ndata:" + b"x" * 8, "line"),
        (b"data:a\n\n:" + b"x" * 12 + b"\n\n", "line"),
        (b"data:a\n\n" + b"data:1234567\n" * 3 + b"\n", "event"),
        (b"data:a\n\n" + b":\n" * 40 + b"data:b\n\n", "answer"),
    ],
)
def test_limits(stream: bytes, broken: str) -> None:
    """What is too long breaks the stream; the events before it stand, those after it are ignored."""
    assert (data("a"), broken) == parse(stream, b"data:c\n\n", limits=SMALL)


def test_limits_are_not_too_tight() -> None:
    """A line of exactly the limit passes."""
    assert (data("1234567"), "") == parse(b"data:1234567\n\n", limits=SMALL)


def test_long_line_in_small_pieces() -> None:
    """Half a MiB fed 64 bytes at a time comes out whole."""
    text = "x" * (1 << 19)
    stream = f"data:{text}\n\n".encode()
    assert data(text) == parse(*(stream[at : at + 64] for at in range(0, len(stream), 64)))[0]
