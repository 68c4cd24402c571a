"""The bytes of an answer as chunks: usage wherever it comes, every cut known as a cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters.http_errors import FarSide
from nexu_desktop.adapters.openai_answer import OpenAIAnswer
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import (
    Billed,
    KeyRejected,
    NexuError,
    ProviderDown,
    RateLimited,
    ServiceError,
    StreamCut,
)
from nexu_desktop.services.ports import Chunk, Ended, ReasoningChunk, TextChunk, UsageReport
from tests.adapters.wire import LOOSE

FAR = FarSide("Test", "api.test", LOOSE, "sk-secret")
DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def say(text: str, **more: object) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}], **more})


def stop(reason: str = "stop", **more: object) -> bytes:
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **more})


def usage(prompt: int = 12, completion: int = 5) -> dict[str, object]:
    return {"prompt_tokens": prompt, "completion_tokens": completion}


RECORDED = b"".join(
    [
        b": OPENROUTER PROCESSING\n\n",
        event({"choices": [{"delta": {"role": "assistant", "content": ""}}], "usage": None}),
        event({"choices": [{"delta": {"reasoning_content": "Hm… "}}], "usage": None}),
        say("Grüße, "),
        say("語😀"),
        stop(),
        event({"choices": [], "usage": usage()}),
        DONE,
    ]
)
GOOD = Usage(input=12, output=5)


def decode(*pieces: bytes) -> tuple[list[Chunk], type[NexuError] | None, ServiceError | None]:
    """The chunks, neighbouring texts joined, and the error that ended them."""
    answer = OpenAIAnswer(FAR)
    chunks: list[Chunk] = []
    try:
        for piece in pieces:
            chunks += answer.feed(piece)
        chunks += answer.close()
    except ServiceError as error:
        return _joined(chunks), type(error), error
    return _joined(chunks), None, None


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    joined: list[Chunk] = []
    for chunk in chunks:
        last = joined[-1] if joined else None
        if isinstance(chunk, TextChunk) and isinstance(last, TextChunk):
            joined[-1] = TextChunk(last.text + chunk.text)
        else:
            joined.append(chunk)
    return joined


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


def usages(chunks: list[Chunk]) -> list[Usage | None]:
    return [chunk.usage for chunk in chunks if isinstance(chunk, UsageReport)]


EXPECTED: list[Chunk] = [
    ReasoningChunk("Hm… "),
    TextChunk("Grüße, 語😀"),
    UsageReport('{"prompt_tokens": 12, "completion_tokens": 5}', GOOD),
    Ended("stop"),
]


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_chunk_sizes(size: int) -> None:
    """A recorded answer gives the same chunks in pieces of any size."""
    pieces = [RECORDED[at : at + size] for at in range(0, len(RECORDED), size)]
    assert decode(*pieces) == (EXPECTED, None, None)


@settings(deadline=None)
@given(st.lists(st.integers(0, len(RECORDED)), max_size=20))
def test_any_chunking(cuts: list[int]) -> None:
    """The same for random pieces."""
    edges = [0, *sorted(cuts), len(RECORDED)]
    assert decode(*(RECORDED[a:b] for a, b in pairwise(edges))) == (EXPECTED, None, None)


def test_every_cut() -> None:
    """Cut at any byte the text is a beginning of the whole, Ended comes only after the natural end."""
    natural_end = RECORDED.index(b'"finish_reason": "stop"')
    natural_end = RECORDED.index(b"\n\n", natural_end) + 2
    for at in range(len(RECORDED)):
        chunks, kind, error = decode(RECORDED[:at])
        assert "Grüße, 語😀".startswith(text(chunks))
        assert (at >= natural_end) == any(isinstance(chunk, Ended) for chunk in chunks)
        assert (at < natural_end) == (error is not None)
        assert kind in ((None,) if at >= natural_end else (StreamCut, ProviderDown))
        assert error is None or error.billed is Billed.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        say("a") + stop(usage=usage()) + DONE,
        say("a") + stop() + event({"choices": None, "usage": usage()}) + DONE,
        say("a") + stop() + event({"usage": usage()}) + DONE,
        say("a") + stop() + DONE + event({"choices": [], "usage": usage()}),
        say("a") + stop() + event({"choices": [{"delta": {}, "usage": usage()}]}) + DONE,
        say("a", usage={})
        + stop(usage=None)
        + b"data: [DONE]  \n\ndata: garbage\n\n"
        + event({"usage": usage()}),
        say("a") + stop() + event({"choices": [], "usage": usage()}),
        say("a") + b"event: ping\n\n: ping\n\n" + stop() + event({"choices": [], "usage": usage()}) + DONE,
        b'\n {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],'
        b'"usage":{"prompt_tokens":12,"completion_tokens":5}}',
        b"\xef\xbb\xbf" + say("a") + stop(usage=usage()) + DONE,
    ],
)
def test_usage_wherever_it_comes(body: bytes) -> None:
    """Own chunk, last chunk, choices null or missing, after the end mark, or in a plain JSON body."""
    for pieces in ([body], [bytes([byte]) for byte in body]):
        chunks, _, error = decode(*pieces)
        assert error is None
        assert ("a", [GOOD], Ended("stop")) == (text(chunks), usages(chunks), chunks[-1])


def test_usage_on_every_chunk() -> None:
    """Each block is reported as it came, the last one last."""
    body = say("a", usage=usage(12, 1)) + say("b", usage=usage(12, 2)) + stop(usage=usage()) + DONE
    assert [Usage(12, output=1), Usage(12, output=2), GOOD] == usages(decode(body)[0])


def test_no_usage() -> None:
    """Its absence is no fault."""
    assert ([TextChunk("a"), Ended("length")], None, None) == decode(say("a") + stop("length") + DONE)


def test_end_mark_alone_is_an_end() -> None:
    """Some local servers send no finish_reason."""
    assert ([TextChunk("a"), Ended("done")], None, None) == decode(say("a") + DONE)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (usage(), GOOD),
        ({**usage(), "prompt_tokens_details": None, "completion_tokens_details": {}}, GOOD),
        (
            {
                **usage(),
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 2},
            },
            Usage(input=5, cached_input=4, cache_write=3, output=3, reasoning=2),
        ),
        ({**usage(), "prompt_cache_hit_tokens": 12, "prompt_cache_miss_tokens": 0}, Usage(0, 12, output=5)),
        ({**usage(), "prompt_tokens_details": {"cached_tokens": 13}}, None),
        ({**usage(), "prompt_tokens_details": {"cached_tokens": 7, "cache_write_tokens": 6}}, None),
        ({**usage(), "completion_tokens_details": {"reasoning_tokens": 6}}, None),
        (
            {**usage(), "completion_tokens_details": {"reasoning_tokens": 6}, "total_tokens": 12 + 5 + 6},
            Usage(input=12, output=5, reasoning=6),
        ),
        (
            {**usage(), "completion_tokens_details": {"reasoning_tokens": 4}, "total_tokens": 12 + 5 + 4},
            Usage(input=12, output=5, reasoning=4),
        ),
        (usage(-1), None),
        (usage(100_000_001), None),
        ({"prompt_tokens": 12.0, "completion_tokens": 5}, None),
        ({"prompt_tokens": True, "completion_tokens": 5}, None),
        ({"prompt_tokens": "12", "completion_tokens": 5}, None),
        ({"prompt_tokens": float("nan"), "completion_tokens": 5}, None),
        ({**usage(), "prompt_tokens_details": {"cached_tokens": float("nan")}}, None),
        ({**usage(), "prompt_tokens_details": {"cached_tokens": -1}}, None),
        ({"completion_tokens": 5}, None),
        ({"total_tokens": 17}, None),
        ([12, 5], None),
        ("12", None),
        (17, None),
    ],
)
def test_usage_is_disjoint_or_unknown(raw: object, expected: Usage | None) -> None:
    """Buckets inside each other are taken apart; contradictions and non-counts are unknown, and kept raw."""
    chunks, _, error = decode(say("a") + stop() + event({"choices": [], "usage": raw}) + DONE)
    assert error is None
    (report,) = [chunk for chunk in chunks if isinstance(chunk, UsageReport)]
    assert expected == report.usage
    json.loads(report.raw, parse_constant=int)  # which refuses NaN: the raw block is JSON


COUNTS = st.integers(-2, 30) | st.sampled_from([None, True, 1.5, "3", 10**9, float("nan")])


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_disjoint_buckets_sum_to_what_was_counted(
    p: object, c: object, cached: object, w: object, r: object
) -> None:
    """Whatever the figures: a usage that is accepted has the totals of the provider."""
    raw = {
        "prompt_tokens": p,
        "completion_tokens": c,
        "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": w},
        "completion_tokens_details": {"reasoning_tokens": r},
    }
    for found in usages(decode(stop(usage=raw) + DONE)[0]):
        assert found is None or (p, c) == (found.total_input, found.total_output)


def test_raw_usage_is_capped() -> None:
    """64 KiB of it are kept."""
    chunks, _, _ = decode(stop(usage={**usage(), "x": "y" * 100_000}) + DONE)
    assert [len(chunk.raw) for chunk in chunks if isinstance(chunk, UsageReport)] == [65536]


@pytest.mark.parametrize(
    "bad",
    [
        b"data: {\n\n",
        b'data: {"a":1}{"b":2}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
        b'data: {"usage":{"prompt_tokens":' + b"9" * 5000 + b"}}\n\n",
        b"data: [1]\n\n",
        b"data: nonsense\n\n",
        b"data: null\n\n",
        b"data: " + b"x" * 2_000_000,
    ],
)
def test_damaged_chunks_cut_the_answer(bad: bytes) -> None:
    """A part that cannot be read ends the answer as cut, what came before stands."""
    chunks, kind, error = decode(say("a") + bad + say("b") + DONE)
    assert ([TextChunk("a")], StreamCut) == (chunks, kind)
    assert error is not None
    assert error.billed is Billed.UNKNOWN


ERRORS = [
    ({"error": {"code": "rate_limit_exceeded", "message": "slow"}}, RateLimited, Billed.REJECTED),
    ({"error": {"code": 401, "message": "no key"}}, KeyRejected, Billed.REJECTED),
    ({"error": {"code": 502, "message": "down"}, "choices": [{"finish_reason": ""}]}, ProviderDown, Billed.UNKNOWN),
    ({"error": {"message": "[code=insufficient_quota] x"}}, ServiceError, Billed.REJECTED),
    ({"error": "broken"}, ProviderDown, Billed.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("said", "kind", "billed"), ERRORS)
def test_errors_inside_a_200(said: object, kind: type[ServiceError], billed: Billed) -> None:
    """Before any output the error is what it says; after output the answer is cut and the bill unknown."""
    for body in (event(said), json.dumps(said).encode(), b": x\n\n" + event(said) + DONE):
        chunks, _, error = decode(body)
        assert (chunks, isinstance(error, kind)) == ([], True)
        assert error is not None
        assert error.billed is billed
    chunks, cut_kind, error = decode(say("a") + event(said))
    assert ([TextChunk("a")], StreamCut) == (chunks, cut_kind)
    assert error is not None
    assert error.billed is Billed.UNKNOWN


def test_other_error_forms() -> None:
    """An event named error, a bare [code=…] line, a finish_reason of error; null errors are none."""
    assert decode(b'event: error\ndata: {"message":"x"}\n\n')[1] is ProviderDown
    assert decode(b"data: [code=rate_limit_exceeded] wait\n\n")[1] is RateLimited
    assert decode(say("a") + stop("error"))[1] is StreamCut
    assert decode(say("a", error=None) + stop() + DONE)[1] is None


@pytest.mark.parametrize("reason", ["content_filter", "length", "tool_calls"])
def test_other_ends_are_ends(reason: str) -> None:
    """The service ended the answer on purpose."""
    assert ([Ended(reason)], None, None) == decode(stop(reason) + DONE)


@pytest.mark.parametrize(("body", "code"), [(b"", "empty"), (b" \n\n ", "empty"), (b"<html>hi", "web_page")])
def test_no_answer_at_all(body: bytes, code: str) -> None:
    """200 with nothing, or with a web page."""
    chunks, kind, error = decode(body)
    assert ([], ProviderDown) == (chunks, kind)
    assert error is not None
    assert (code, Billed.UNKNOWN) == (error.code, error.billed)


def test_content_forms() -> None:
    """Parts instead of a text, `reasoning`, refusals, lone surrogates, and fields of the wrong type."""
    deltas: list[object] = [
        {"content": [{"type": "text", "text": "a"}, {"type": "image"}]},
        {"reasoning": "r", "content": None},
        {"refusal": "no"},
        {"content": 7},
        None,
        [],
    ]
    body = b"".join(event({"choices": [{"delta": delta}]}) for delta in deltas)
    body += b'data: {"choices":[{"delta":{"content":"\\ud83d\\ude00\\ud800"}}]}\n\n'
    chunks, _, _ = decode(body + b'data: {"choices":[7]}\n\ndata: {"choices":{}}\n\n' + DONE)
    assert [TextChunk("a"), ReasoningChunk("r"), TextChunk("no😀\ufffd"), Ended("done")] == chunks


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [say("a"), stop(), DONE, event({"error": {}}), event({"error": {"code": {}}}), b"\n", b"{"]
        )
        | st.binary(max_size=30)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["choices", "delta", "usage", "error", "code", "message", "content", "finish_reason"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ).map(lambda value: f"data: {json.dumps(value)}\n\n".encode()),
        max_size=6,
    ).map(b"".join)
)
def test_nothing_but_service_errors(body: bytes) -> None:
    """No bytes raise anything else, Ended is last and only without an error, errors are plain text."""
    chunks, _, error = decode(body)
    ended = [isinstance(chunk, Ended) for chunk in chunks]
    assert ended == [False] * (len(ended) - 1) + [True] if error is None else not any(ended)
    assert error is None or "<" not in error.sentence
