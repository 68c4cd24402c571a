"""The HTTP client: one origin per key, no redirects, no resending, no compression asked for, bounded waits."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import truststore

from nexu_desktop.adapters.dialect import Dialect
from nexu_desktop.adapters.http_errors import FarSide, sorted_out, told_in_answer
from nexu_desktop.adapters.lost_connection import NETWORK_FAILURES, lost_before_answer
from nexu_desktop.adapters.origin import BaseUrl, origin_of
from nexu_desktop.adapters.proxies import proxy_for, system_proxies
from nexu_desktop.domain.errors import BadInput, Billed, ProviderDown, RequestRefused

ERROR_BODY_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """All in seconds. `idle_s` runs between events that mean something; bytes without meaning (comments,
    pings) extend it, but never beyond `keepalive_s`. `after_finish_s` is the wait for usage after the
    last word, `late_usage_s` after the end mark. `listing_s` bounds a whole GET."""

    connect_s: float = 10
    first_byte_s: float = 120
    idle_s: float = 90
    keepalive_s: float = 600
    whole_s: float = 1800
    after_finish_s: float = 10
    late_usage_s: float = 2
    listing_s: float = 10
    error_body_s: float = 5


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """`proxies` None: those of the system. `ssl_context` None: the certificates the system trusts."""

    timeouts: Timeouts = Timeouts()
    proxies: Mapping[str, str] | None = None
    ssl_context: ssl.SSLContext | None = None


DEFAULT_OPTIONS = ClientOptions()


class BoundTransport(httpx.AsyncBaseTransport):
    """The last step before the socket: a request that carries the key goes to the key's origin or nowhere."""

    def __init__(self, inner: httpx.AsyncBaseTransport, secret: str, origin: str) -> None:
        self._inner = inner
        self._secret = secret.encode("ascii", "replace")
        self._origin = origin

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._carries_key(request) and not self._goes_home(request):
            raise RequestRefused(
                f"The key belongs to {self._origin} and was not sent to {origin_of(request.url)}.",
                "Enter the key again for that address if you trust it.",
                code="wrong_origin",
                billed=Billed.UNSENT,
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _carries_key(self, request: httpx.Request) -> bool:
        if not self._secret:
            return False
        return any(self._secret in value for _, value in request.headers.raw) or self._secret in bytes(
            request.url.raw_path
        )

    def _goes_home(self, request: httpx.Request) -> bool:
        host = request.headers.get("host", "")
        return origin_of(request.url) == self._origin and f"{request.url.scheme}://{host}" == self._origin


class Wire:
    """One service as HTTP sees it. Raises BadInput for a proxy that cannot be used."""

    def __init__(self, base: BaseUrl, secret: str, dialect: Dialect, options: ClientOptions) -> None:
        proxies = system_proxies() if options.proxies is None else options.proxies
        proxy = proxy_for(base, proxies)
        self.base = base
        self.timeouts = options.timeouts
        self.far = FarSide(
            who=dialect.who or base.host_shown,
            host=base.host_shown,
            dialect=dialect,
            secret=secret,
            proxy="" if proxy is None else proxy.url.host,
        )
        self._client = _client(base, secret, options, proxy, dialect.user_agent)

    def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        """`path` is appended to the base URL. The key is added here and nowhere else."""
        all_headers = dict(headers or {})
        if self.far.secret:
            all_headers["Authorization"] = f"Bearer {self.far.secret}"
        return self._client.build_request(
            method, f"{self.base.url}/{path}", content=content, headers=all_headers
        )

    @asynccontextmanager
    async def answer(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """The response once its headers are there; the socket is closed on leaving, however that happens.

        Raises ServiceError for no answer in `first_byte_s` and for any status but 2xx.
        """
        sending = _Sending()
        request.extensions["trace"] = sending.trace
        try:
            async with asyncio.timeout(self.timeouts.first_byte_s):
                response = await self._client.send(request, stream=True)
        except NETWORK_FAILURES as error:
            raise lost_before_answer(self.far, error, sending.begun) from error
        try:
            if not response.is_success:
                body = await self._error_body(response)
                raise sorted_out(self.far, told_in_answer(response.status_code, response.headers, body))
            yield response
        finally:
            await response.aclose()

    async def get(self, path: str, most_bytes: int) -> bytes:
        """A whole small answer within `listing_s`. Raises ServiceError."""
        try:
            async with asyncio.timeout(self.timeouts.listing_s):
                async with self.answer(self.request("GET", path)) as response:
                    return await _whole(self.far, response, most_bytes)
        except NETWORK_FAILURES as error:
            raise lost_before_answer(self.far, error, begun=True) from error

    async def close(self) -> None:
        await self._client.aclose()

    async def _error_body(self, response: httpx.Response) -> bytes:
        """What can be had of it: an error page that never ends must not hide the status."""
        body = bytearray()
        try:
            async with asyncio.timeout(self.timeouts.error_body_s):
                async for piece in pieces(self.far, response):
                    body += piece
                    if len(body) >= ERROR_BODY_BYTES:
                        break
        except (*NETWORK_FAILURES, ProviderDown):
            pass  # the status says enough
        return bytes(body[:ERROR_BODY_BYTES])


class _Sending:
    """Whether the first byte of the request may have left: the transport says when it starts to write."""

    def __init__(self) -> None:
        self.begun = False

    async def trace(self, event: str, _: object) -> None:
        if event.endswith("send_request_headers.started"):
            self.begun = True


def clean_key(text: str) -> str:
    """The key without the blanks and invisible characters around it. Raises BadInput for any inside."""
    key = text.strip().strip("\u200b\u200c\u200d\u2060\ufeff").strip()
    if not key:
        raise BadInput("The key is empty.", "Paste the whole key.")
    if len(key) > 4096 or any(not "!" <= character <= "~" or character in "\"'`" for character in key):
        raise BadInput(
            "The key has characters that do not belong in a key (a blank, a line break, a quotation mark, …).",
            "Copy the key again, alone, and paste it.",
        )
    return key


async def pieces(far: FarSide, response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, in bounded pieces, so that a compressed bomb unfolds only as far as wanted.

    Compression is never asked for; gzip and deflate are undone for servers that use it all the same.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise ProviderDown(
            f"{far.who} sent its answer in a form that was not asked for.",
            "Try again, or pick another model.",
        )
    unfold = None if encoding == "identity" else zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    async for data in response.aiter_raw():
        if unfold is None:
            yield data
            continue
        while data:
            try:
                piece = unfold.decompress(data, PIECE_BYTES)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            data = unfold.unconsumed_tail
            if piece:
                yield piece
            await asyncio.sleep(0)  # nothing here waits for the network: let Stop and the timeouts in


async def _whole(far: FarSide, response: httpx.Response, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in pieces(far, response):
        body += piece
        if len(body) > most_bytes:
            raise ProviderDown(
                f"The list that {far.who} sent is too long.", "Check the base URL in Settings."
            )
    return bytes(body)


def _client(
    base: BaseUrl, secret: str, options: ClientOptions, proxy: httpx.Proxy | None, user_agent: str
) -> httpx.AsyncClient:
    context = options.ssl_context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    transport = httpx.AsyncHTTPTransport(
        verify=context,
        trust_env=False,
        proxy=proxy,
        # A kept connection can die unseen; the request lost on it would be one that may have been billed.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
    )
    return httpx.AsyncClient(
        transport=BoundTransport(transport, secret, base.origin),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=options.timeouts.connect_s),
        headers={"Accept-Encoding": "identity", "User-Agent": user_agent},
    )
