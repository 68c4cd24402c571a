"""A loopback server that says exactly the bytes it is told to, so that any cut, stall or odd framing can be made."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from nexu_desktop.adapters.dialect import Dialect
from nexu_desktop.adapters.http import ClientOptions, Timeouts
from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.domain.context import said
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.ports import ChatRequest, Chunk, Provider, ReasoningChunk, TextChunk

T = TypeVar("T")

KEY = "sk-CANARY-0123456789abcdef"
ASK = ChatRequest("0199-attempt", "m-1", (said("system", "Be kind."), said("user", "Hé?")), 64)
LOOSE = Dialect("test", "Test", "", who="Test", key_needed=False)
QUICK = Timeouts(
    connect_s=5,
    first_byte_s=5,
    idle_s=5,
    keepalive_s=5,
    whole_s=10,
    after_finish_s=0.3,
    late_usage_s=0.3,
    listing_s=5,
    error_body_s=0.3,
)


class Step(Enum):
    HANG = "hang"  # say nothing more, keep the connection
    RESET = "reset"  # break it without a goodbye


Script = Sequence[bytes | float | Step]


@dataclass(slots=True)
class WireServer:
    """`requests` are the raw bytes of each request; `hung_up` is set once a client closed its socket."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def serve(
    *scripts: Script, tls: ssl.SSLContext | None = None, greeting: bytes = b"", models: bytes = b""
) -> AsyncIterator[WireServer]:
    """The n-th request is answered by the n-th script, later ones by the last; `models` answers GET …/models."""
    server = WireServer("")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(greeting)
            server.requests.append(await _request(reader))
            script = scripts[min(len(server.requests), len(scripts)) - 1]
            if models and b"/models HTTP/" in server.requests[-1]:
                script = [models]
            await _say(script, server, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            server.hung_up.set()
        except asyncio.CancelledError:
            pass  # by `_quiet`: the test is over
        finally:
            writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()
        await _quiet()


async def _quiet() -> None:
    """Let the talks end, so that no socket outlives its test."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


async def _say(
    script: Script, server: WireServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    for step in script:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif step is Step.RESET:
            writer.transport.abort()
            return
        elif step is Step.HANG:
            server.hanging.set()
            await reader.read(1)
            server.hung_up.set()
        else:
            assert isinstance(step, float)
            await asyncio.sleep(step)


def head(status: str = "200 OK", *headers: str) -> bytes:
    """A response that ends with its connection."""
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def full(status: str, body: bytes, *headers: str) -> bytes:
    return head(status, f"Content-Length: {len(body)}", *headers) + body


def sse(body: bytes) -> bytes:
    return head("200 OK", "Content-Type: text/event-stream") + body


MODELS = full("200 OK", b'{"object":"list","data":[{"id":"m-1","owned_by":"o"}]}')
REFUSED = full(
    "401 Unauthorized", b'{"error":{"code":"invalid_api_key","message":"[code=invalid_api_key] no"}}'
)


def chat(
    url: str, key: str = KEY, dialect: Dialect = LOOSE, timeouts: Timeouts = QUICK, **options: Any
) -> OpenAIChat:
    return OpenAIChat(
        f"{url}/v1", key, dialect=dialect, options=ClientOptions(timeouts, proxies={}, **options)
    )


@dataclass(slots=True)
class Heard:
    """All that came of one stream: the chunks and the error, if one ended it."""

    chunks: list[Chunk]
    error: NexuError | None = None

    @property
    def text(self) -> str:
        return "".join(chunk.text for chunk in self.chunks if isinstance(chunk, TextChunk))

    @property
    def reasoning(self) -> str:
        return "".join(chunk.text for chunk in self.chunks if isinstance(chunk, ReasoningChunk))


async def hear(provider: Provider, request: ChatRequest = ASK) -> Heard:
    """`listen`, and close the provider."""
    try:
        return await listen(provider, request)
    finally:
        await provider.close()


async def listen(provider: Provider, request: ChatRequest = ASK) -> Heard:
    """Only a NexuError is caught: anything else fails the test."""
    heard = Heard([])
    try:
        async for chunk in provider.stream(request):
            heard.chunks.append(chunk)
    except NexuError as error:
        heard.error = error
    return heard


def hear_script(
    *script: bytes | float | Step, key: str = KEY, dialect: Dialect = LOOSE, **options: Any
) -> Heard:
    """One request against one scripted answer."""

    async def run() -> Heard:
        async with serve(script) as server:
            return await hear(chat(server.url, key, dialect, **options))

    return asyncio.run(run())


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)
