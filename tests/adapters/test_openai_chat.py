"""Chat completions over a real loopback socket: what is sent, when it ends, and that it closes."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from nexu_desktop.adapters.dialect import Dialect
from nexu_desktop.adapters.http import ClientOptions, Timeouts
from nexu_desktop.adapters.nexu_cloud import NexuLink
from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.adapters.providers import NEXU, PROVIDERS
from nexu_desktop.domain.context import said
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import (
    Billed,
    NexuError,
    ProviderDown,
    ServiceError,
    StreamCut,
)
from nexu_desktop.services.ports import ChatRequest, Ended, Provider, TextChunk
from tests.adapters.test_openai_answer import DONE, EXPECTED, RECORDED, event, say, stop, usage, usages
from tests.adapters.wire import (
    ASK,
    KEY,
    LOOSE,
    MODELS,
    QUICK,
    REFUSED,
    Heard,
    Script,
    Step,
    WireServer,
    chat,
    full,
    head,
    hear,
    hear_script,
    listen,
    serve,
    sse,
)
from tests.contracts.provider import ProviderContract, Scene

OPTIONS = ClientOptions(QUICK, proxies={})

SCRIPTS: dict[Scene, Script] = {
    Scene.ANSWERS: [sse(RECORDED)],
    Scene.CUTS: [sse(say("half")), Step.RESET],
    Scene.HANGS: [sse(say("half")), Step.HANG],
    Scene.REFUSES_KEY: [REFUSED],
}


class TestOpenAIChat(ProviderContract):
    """The contract, for a plain OpenAI-compatible service."""

    def make(self, url: str) -> Provider:
        return chat(url)

    @asynccontextmanager
    async def stage(self, scene: Scene) -> AsyncIterator[Provider]:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            closed = f"http://127.0.0.1:{bound.getsockname()[1]}"
            script = SCRIPTS.get(scene, [])
            async with serve(script, models=MODELS if scene is Scene.ANSWERS else b"") as server:
                provider = self.make(closed if scene is Scene.IS_CLOSED else server.url)
                try:
                    yield provider
                finally:
                    await provider.close()


class TestNexuLink(TestOpenAIChat):
    """The contract, for the Nexu gateway."""

    def make(self, url: str) -> Provider:
        return NexuLink(url, "", "nxk_test", options=OPTIONS)


def sent_by(dialect: Dialect, request: ChatRequest = ASK) -> tuple[dict[str, str], dict[str, object], bytes]:
    """Headers, JSON body and raw bytes of one request."""

    async def run() -> bytes:
        async with serve([sse(RECORDED)]) as server:
            await hear(chat(server.url, dialect=dialect), request)
            return server.requests[0]

    raw = asyncio.run(run())
    top, _, body = raw.partition(b"\r\n\r\n")
    lines = top.decode().split("\r\n")[1:]
    return {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}, json.loads(body), raw


def test_the_request() -> None:
    """Exactly these fields and headers; no `store`, no compression."""
    headers, body, raw = sent_by(LOOSE)
    assert raw.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    assert body == {
        "model": "m-1",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hé?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 64,
    }
    expected = {
        "authorization": f"Bearer {KEY}",
        "x-request-id": "0199-attempt",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "accept": "text/event-stream",
    }
    assert expected == {name: headers[name] for name in expected}


def test_dialects_differ_by_data() -> None:
    """OpenAI wants another field, Nexu another User-Agent."""
    _, body, _ = sent_by(PROVIDERS["openai"])
    assert (body["max_completion_tokens"], "max_tokens" in body) == (64, False)
    headers, _, _ = sent_by(NEXU)
    assert headers["user-agent"].startswith("Mozilla/5.0 (compatible; nexu-desktop/")


def test_half_characters_are_sent_as_text() -> None:
    """A pasted lone surrogate must not stop the message."""
    _, body, _ = sent_by(LOOSE, ChatRequest("a", "m", (said("user", "x\ud800y"),), 1))
    assert body["messages"] == [{"role": "user", "content": "x?y"}]


def test_no_key_no_header() -> None:
    """A local server without a key gets none."""
    assert "authorization" not in _without_key()


def _without_key() -> dict[str, str]:
    async def run() -> bytes:
        async with serve([sse(RECORDED)]) as server:
            await hear(chat(server.url, key=""))
            return server.requests[0]

    return {line.split(b":")[0].decode().lower(): "" for line in asyncio.run(run()).split(b"\r\n")}


def test_nothing_is_sent_twice() -> None:
    """One request for one stream, however it fails."""

    async def run(script: Script) -> int:
        async with serve(script) as server:
            await hear(chat(server.url))
            return len(server.requests)

    scripts: list[Script] = [
        [full("503 x", b"", "Retry-After: 0")],
        [full("429 x", b"", "Retry-After: 0")],
        [b""],
        [Step.RESET],
        [sse(say("a")), Step.RESET],
    ]
    assert [asyncio.run(run(script)) for script in scripts] == [1] * 5


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_http_chunks(size: int) -> None:
    """Chunked transfer in pieces of any size."""
    parts = [RECORDED[at : at + size] for at in range(0, len(RECORDED), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    heard = hear_script(head("200 OK", "Transfer-Encoding: chunked") + framed)
    assert (None, "Grüße, 語😀", [Usage(12, output=5)]) == (heard.error, heard.text, usages(heard.chunks))


def test_compressed_all_the_same() -> None:
    """A server that compresses unasked is understood."""
    heard = hear_script(head("200 OK", "Content-Encoding: gzip") + gzip.compress(RECORDED))
    assert (heard.error, heard.text) == (None, "Grüße, 語😀")


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"data: " + b"x" * 50_000_000), gzip.compress((b":" + b"x" * 1000 + b"\n") * 80_000)],
    ids=["one line", "many lines"],
)
def test_compressed_bomb(body: bytes) -> None:
    """It is cut at the limits instead of unfolding."""
    heard = hear_script(head("200 OK", "Content-Encoding: gzip") + body)
    assert (StreamCut, "unreadable") == (type(heard.error), heard.error and heard.error.code)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_unknown_compression(encoding: str) -> None:
    """What cannot be undone is an error, not garbage on the screen."""
    heard = hear_script(head("200 OK", f"Content-Encoding: {encoding}") + RECORDED)
    assert isinstance(heard.error, ServiceError)
    assert (heard.chunks, heard.error.billed) == ([], Billed.UNKNOWN)


def test_length_that_is_not_kept() -> None:
    """A body shorter than its Content-Length is a cut."""
    heard = hear_script(head("200 OK", "Content-Length: 5000") + say("a"))
    assert (StreamCut, [TextChunk("a")]) == (type(heard.error), heard.chunks)


def test_cut_after_the_natural_end() -> None:
    """The text is whole: a lost connection while waiting for usage changes nothing."""
    heard = hear_script(sse(say("a") + stop()), Step.RESET)
    assert ([TextChunk("a"), Ended("stop")], None) == (heard.chunks, heard.error)


def test_no_end_of_the_connection_needed() -> None:
    """With the end mark and usage nothing more is waited for."""
    slow = Timeouts(late_usage_s=60, after_finish_s=60)
    heard = hear_script(sse(RECORDED), Step.HANG, timeouts=slow)
    assert (heard.error, heard.text) == (None, "Grüße, 語😀")


def test_late_usage() -> None:
    """Usage shortly after the end mark still counts; without any the wait is short."""
    late = event({"choices": [], "usage": usage()})
    heard = hear_script(sse(say("a") + stop() + DONE), 0.05, late, Step.HANG)
    assert (None, [Usage(12, output=5)]) == (heard.error, usages(heard.chunks))
    for ended in (say("a") + stop() + DONE, say("a") + stop()):
        assert ([TextChunk("a"), Ended("stop")], None) == _pair(hear_script(sse(ended), Step.HANG))


def _pair(heard: Heard) -> tuple[list[object], NexuError | None]:
    return [*heard.chunks], heard.error


IDLE = Timeouts(first_byte_s=0.6, idle_s=0.2, keepalive_s=0.4, whole_s=5)
DRIP: Script = [step for _ in range(100) for step in (b": ping\n\n", 0.02)]
WORDS: Script = [step for _ in range(100) for step in (say("a"), 0.02)]


@pytest.mark.parametrize(
    "script",
    [
        [sse(say("a")), Step.HANG],
        [sse(say("a")), *DRIP],
        [sse(b""), Step.HANG],
    ],
    ids=["silence", "drip", "silence after the headers"],
)
def test_idle(script: Script) -> None:
    """Silence ends the answer, and so does a drip of bytes that mean nothing."""
    heard = hear_script(*script, timeouts=IDLE)
    assert isinstance(heard.error, StreamCut)
    assert (heard.error.code, heard.error.billed) == ("stalled", Billed.UNKNOWN)


def test_whole_answer_is_bounded() -> None:
    """Words without end are cut too."""
    heard = hear_script(sse(b""), *WORDS, timeouts=Timeouts(whole_s=0.3))
    assert isinstance(heard.error, StreamCut)
    assert (heard.error.code, heard.text[:1]) == ("stalled", "a")


@pytest.mark.parametrize("way", ["cancel", "aclose"])
def test_stop_closes_the_socket(way: str) -> None:
    """The far side sees the connection end, before close() of the provider."""

    async def run() -> bool:
        async with serve([sse(say("a")), Step.HANG]) as server:
            provider = chat(server.url)
            await (_cancel(provider, server) if way == "cancel" else _aclose(provider))
            await asyncio.wait_for(server.hung_up.wait(), 5)
            await provider.close()
            return True

    assert asyncio.run(run())


async def _cancel(provider: OpenAIChat, server: WireServer) -> None:
    async def wait() -> None:
        async for _ in provider.stream(ASK):
            pass

    task = asyncio.create_task(wait())
    await server.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _aclose(provider: OpenAIChat) -> None:
    stream = provider.stream(ASK)
    assert await anext(stream) == TextChunk("a")
    await stream.aclose()


def test_stop_before_the_answer() -> None:
    """Cancelling while no header has come closes the socket as well."""

    async def run() -> bool:
        async with serve([Step.HANG]) as server:
            provider = chat(server.url)
            await _cancel(provider, server)
            await asyncio.wait_for(server.hung_up.wait(), 5)
            await provider.close()
            return True

    assert asyncio.run(run())


def test_two_streams_at_once() -> None:
    """One provider serves several answers side by side."""

    async def run() -> list[str]:
        async with serve([sse(RECORDED)]) as server:
            provider = chat(server.url)

            async def text() -> str:
                return "".join([c.text async for c in provider.stream(ASK) if isinstance(c, TextChunk)])

            texts = await asyncio.gather(*(text() for _ in range(5)))
            await provider.close()
            return texts

    assert asyncio.run(run()) == ["Grüße, 語😀"] * 5


def test_the_key_is_in_no_representation() -> None:
    """Neither repr nor str of what holds the key shows it."""
    provider = chat("https://api.test")
    shown = [repr(thing) + str(thing) for thing in (provider, *vars(provider).values())]
    shown += [repr(vars(part)) for part in vars(provider).values() if hasattr(part, "__dict__")]
    assert KEY not in "".join(shown)
    asyncio.run(provider.close())


def test_every_cut_on_the_wire() -> None:
    """Cut the whole response, headers included, at every byte: text is a beginning, nothing else escapes."""
    raw = sse(RECORDED)

    scripts: list[Script] = [[raw[:at], Step.RESET] if at % 2 else [raw[:at]] for at in range(len(raw))]

    async def run() -> list[Heard]:
        async with serve(*scripts) as server:
            provider = chat(server.url)
            heard = [await listen(provider) for _ in scripts]
            await provider.close()
            return heard

    finished = 0
    for heard in asyncio.run(run()):
        assert "Grüße, 語😀".startswith(heard.text)
        assert (heard.error is None) == any(isinstance(chunk, Ended) for chunk in heard.chunks)
        finished += heard.error is None
        assert heard.error is None or isinstance(heard.error, StreamCut | ProviderDown)
    assert finished == len(raw) - raw.index(b"\n\n", raw.index(b'"finish_reason": "stop"')) - 2


def test_sweep_of_damaged_responses() -> None:
    """Random damage to whole responses: nothing but a NexuError leaves, and no key is shown."""
    rng = random.Random(7)
    bases = [
        sse(RECORDED),
        REFUSED,
        full("500 x", b"<html>" + KEY.encode()),
        full("302 x", b"", "Location: \\\\x"),
    ]

    def damaged() -> bytes:
        raw = bytearray(rng.choice(bases))
        for _ in range(rng.randint(1, 6)):
            raw[rng.randrange(len(raw))] = rng.choice([rng.randrange(256), 10, 13, 0, 58])
        return bytes(raw)

    async def run() -> list[Heard]:
        async with serve(*([damaged()] for _ in range(300))) as server:
            provider = chat(server.url)
            heard = [await listen(provider) for _ in range(300)]
            await provider.close()
            return heard

    for heard in asyncio.run(run()):
        assert heard.error is None or isinstance(heard.error, ServiceError)
        assert heard.error is None or KEY not in heard.error.sentence


def test_expected_chunks_over_the_wire() -> None:
    """The recorded answer, byte by byte, as the decoder promises it."""
    heard = hear_script(head("200 OK"), *(bytes([byte]) for byte in RECORDED))
    assert EXPECTED[0] == heard.chunks[0]
    assert EXPECTED[-2:] == heard.chunks[-2:]
    assert heard.text == "Grüße, 語😀"
