"""The way to a service: keys stay with their origin, failures say what the bill may be, texts are harmless."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from pathlib import Path

import httpx
import pytest

from nexu_desktop.adapters.http import BoundTransport, ClientOptions, Timeouts
from nexu_desktop.adapters.http_errors import retry_after_s
from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.adapters.origin import normalise_base_url
from nexu_desktop.adapters.proxies import proxy_for
from nexu_desktop.domain.errors import (
    BadInput,
    Billed,
    KeyRejected,
    Offline,
    ProviderDown,
    RateLimited,
    RequestRefused,
    ServiceError,
)
from tests.adapters.wire import (
    ASK,
    KEY,
    LOOSE,
    QUICK,
    Heard,
    Step,
    chat,
    full,
    head,
    hear,
    hear_script,
    serve,
)

PEM = Path(__file__).with_name("loopback.pem")
HTML = (
    b"<html><head><title>502 Bad Gateway</title><style>x</style></head><body><img src=/x> nginx</body></html>"
)


def the_error(heard: Heard) -> tuple[type, Billed, str]:
    assert heard.chunks == []
    assert isinstance(heard.error, ServiceError)
    return type(heard.error), heard.error.billed, heard.error.title


STATUSES = [
    ("401 x", KeyRejected, Billed.REJECTED, "Test did not accept the key."),
    ("402 x", RequestRefused, Billed.REJECTED, "The account of your Test key is out of money."),
    ("403 x", KeyRejected, Billed.REJECTED, "Test does not allow this key to do that."),
    ("404 x", RequestRefused, Billed.REJECTED, "Test does not know this model, or the address is wrong."),
    ("400 x", RequestRefused, Billed.REJECTED, "Test did not accept the request."),
    ("422 x", RequestRefused, Billed.REJECTED, "Test did not accept the request."),
    ("413 x", RequestRefused, Billed.REJECTED, "The conversation is too large for Test."),
    ("429 x", RateLimited, Billed.REJECTED, "Test accepts no more requests for now."),
    ("408 x", ProviderDown, Billed.UNKNOWN, "Test has a fault of its own."),
    ("500 x", ProviderDown, Billed.UNKNOWN, "Test has a fault of its own (HTTP 500)."),
    ("503 x", ProviderDown, Billed.UNKNOWN, "Test has a fault of its own (HTTP 503)."),
    ("599 x", ProviderDown, Billed.UNKNOWN, "Test has a fault of its own (HTTP 599)."),
]


@pytest.mark.parametrize(("status", "kind", "billed", "title"), STATUSES)
def test_statuses(status: str, kind: type, billed: Billed, title: str) -> None:
    """Each refusal has its class, its bill and its sentence, and sends once."""
    body = b'{"error":{"message":"words \\u001b[2J ' + KEY.encode() + b'"}}'
    heard = hear_script(full(status, body))
    assert (kind, billed, title) == the_error(heard)
    assert heard.error is not None
    assert heard.error.hint.endswith("Test said: “words [2J [key]”")


def test_html_is_never_shown() -> None:
    """Of an error page the words are left."""
    heard = hear_script(full("502 Bad Gateway", HTML, "Content-Type: text/html"))
    assert heard.error is not None
    assert heard.error.hint.endswith("Test said: “502 Bad Gateway nginx”")


@pytest.mark.parametrize(
    ("header", "seconds", "hint"),
    [
        ("Retry-After: 7", 7, "Try again in 7 s."),
        ("Retry-After: 300", 300, "Try again in 5 minutes."),
        ("X: y", None, "Wait a minute, then try again."),
        ("Retry-After: soon", None, "Wait a minute, then try again."),
    ],
)
def test_rate_limit(header: str, seconds: int | None, hint: str) -> None:
    """The time to wait is told where the service told it."""
    error = hear_script(full("429 x", b"", header)).error
    assert isinstance(error, RateLimited)
    assert (seconds, hint) == (error.retry_after_s, error.hint)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0),
        ("1.2", 2),
        ("999999999", 86400),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:30 GMT", 86400),
        (None, None),
        ("", None),
        ("-5", None),
        ("٣", None),
        ("1e3", None),
        ("NaN", None),
        ("9" * 5000, None),
        ("Wed, 99 Oct 9999999 07:28:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, expected: int | None) -> None:
    """Seconds or a date by the far side's clock, capped at a day; junk is no answer."""
    assert expected == retry_after_s(value, "Wed, 21 Oct 2015 07:28:00 GMT")


def test_out_of_money_is_not_a_rate_limit() -> None:
    """Some services say 429 for an empty account."""
    error = hear_script(full("429 x", b'{"error":{"code":"insufficient_quota","message":"m"}}')).error
    assert isinstance(error, RequestRefused)
    assert (error.billed, error.code) == (Billed.REJECTED, "insufficient_quota")


def test_overloaded_with_retry_after_was_refused() -> None:
    """503 that names a time to come back did not begin to work."""
    assert the_error(hear_script(full("503 x", b"", "Retry-After: 3")))[1] is Billed.REJECTED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_get_nothing(status: int) -> None:
    """Another origin sees no byte, the person sees where it pointed, and nothing is sent twice."""

    async def run() -> tuple[Heard, int, int]:
        async with serve([full("200 OK", b"")]) as trap:
            redirect = full(f"{status} x", b"", f"Location: {trap.url}/steal")
            async with serve([redirect]) as server:
                heard = await hear(chat(server.url))
                assert heard.error is not None
                assert f"redirects to {trap.url}/steal; " in heard.error.title
                return heard, len(server.requests), len(trap.requests)

    heard, asked, trapped = asyncio.run(run())
    assert (RequestRefused, Billed.REJECTED) == the_error(heard)[:2]
    assert (asked, trapped) == (1, 0)


def test_closed_port() -> None:
    """Nothing was sent, and the sentence names the address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        heard = asyncio.run(hear(chat(f"http://127.0.0.1:{port}")))
    assert (Offline, Billed.UNSENT, f"Nothing answers at 127.0.0.1:{port}.") == the_error(heard)


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no resolver knows."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    heard = asyncio.run(hear(chat("https://no-such-host.example")))
    assert (Offline, Billed.UNSENT, "no-such-host.example was not found.") == the_error(heard)


def test_slow_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever bound ends the wait: without a connection nothing was sent."""
    done = threading.Event()

    def slow(*_: object, **__: object) -> None:
        done.wait(0.5)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    quick = Timeouts(connect_s=5, first_byte_s=0.1)
    heard = asyncio.run(hear(chat("https://slow.example", timeouts=quick)))
    assert the_error(heard) == (
        Offline,
        Billed.UNSENT,
        "slow.example did not accept a connection in time.",
    )


def test_network_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """No route: offline, unsent."""

    def unreachable(*_: object, **__: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    heard = asyncio.run(hear(chat("http://127.0.0.1:9")))
    assert (Offline, Billed.UNSENT, "127.0.0.1:9 cannot be reached.") == the_error(heard)


def test_untrusted_certificate() -> None:
    """A self-signed certificate ends before any request byte, with its reason."""

    async def run() -> tuple[Heard, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        async with serve([full("200 OK", b"")], tls=context) as server:
            return await hear(chat(server.url)), len(server.requests)

    heard, requests = asyncio.run(run())
    kind, billed, title = the_error(heard)
    assert (Offline, Billed.UNSENT, 0) == (kind, billed, requests)
    assert title.startswith("The certificate of 127.0.0.1:")


def test_no_tls_at_all() -> None:
    """https:// to a server that speaks plain HTTP."""

    async def run() -> Heard:
        async with serve([Step.HANG], greeting=b"220 hello\r\n\r\n") as server:
            return await hear(chat(server.url.replace("http:", "https:")))

    kind, billed, title = the_error(asyncio.run(run()))
    assert (Offline, Billed.UNSENT) == (kind, billed)
    assert title.startswith("No encrypted connection to 127.0.0.1:")


def test_a_handshake_that_never_ends() -> None:
    """The wait for the connection has its own bound, and nothing was sent."""

    async def run() -> Heard:
        async with serve([Step.HANG]) as server:
            quick = Timeouts(connect_s=0.2, first_byte_s=5)
            return await hear(chat(server.url.replace("http:", "https:"), timeouts=quick))

    kind, billed, title = the_error(asyncio.run(run()))
    assert (Offline, Billed.UNSENT) == (kind, billed)
    assert title.endswith(" did not accept a connection in time.")


def test_trusted_certificate() -> None:
    """With the certificate trusted the same server answers."""

    async def run() -> Heard:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        trusting = ssl.create_default_context(cafile=str(PEM))
        async with serve([full("401 x", b"")], tls=context) as server:
            return await hear(chat(server.url, ssl_context=trusting))

    assert the_error(asyncio.run(run()))[0] is KeyRejected


def test_silence_before_the_answer() -> None:
    """The request was taken: it may be billed."""
    heard = hear_script(Step.HANG, timeouts=Timeouts(first_byte_s=0.2))
    assert (ProviderDown, Billed.UNKNOWN) == the_error(heard)[:2]


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n"]
)
def test_broken_before_the_answer(start: bytes) -> None:
    """A connection that breaks or speaks no HTTP may be billed."""
    assert (ProviderDown, Billed.UNKNOWN) == the_error(hear_script(start))[:2]
    assert (ProviderDown, Billed.UNKNOWN) == the_error(hear_script(start, Step.RESET))[:2]


def test_an_error_page_without_end_does_not_hide_the_status() -> None:
    """The part of the body that came is enough."""
    error = hear_script(head("401 x") + b"[code=x] half", Step.HANG).error
    assert isinstance(error, KeyRejected)
    assert error.hint.endswith("Test said: “half”")


def test_the_key_goes_to_its_origin_only() -> None:
    """The last step before the socket refuses any other origin, port, scheme or Host header."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    transport = BoundTransport(httpx.MockTransport(answer), KEY, "https://api.test")
    auth = {"Authorization": f"Bearer {KEY}"}
    wrong = [
        httpx.Request("GET", "https://evil.test/", headers=auth),
        httpx.Request("GET", "https://api.test:444/", headers={"x-api-key": KEY}),
        httpx.Request("GET", "http://api.test/", headers=auth),
        httpx.Request("GET", f"https://evil.test/?key={KEY}"),
        httpx.Request("GET", "https://api.test/", headers={**auth, "Host": "evil.test"}),
        httpx.Request("GET", "https://evil.test/", headers={**auth, "Host": "api.test"}),
    ]
    right = [
        httpx.Request("GET", "https://api.test/v1", headers=auth),
        httpx.Request("GET", "https://evil.test/"),
    ]

    async def run() -> int:
        refused = 0
        for request in wrong + right:
            try:
                await transport.handle_async_request(request)
            except RequestRefused as error:
                refused += error.billed is Billed.UNSENT
        return refused

    assert asyncio.run(run()) == len(wrong)
    assert right == sent


@pytest.mark.parametrize(
    ("url", "proxies", "expected"),
    [
        ("https://a.com", {"https": "http://p:1"}, "http://p:1"),
        ("https://a.com", {"all": "p:1"}, "http://p:1"),
        ("https://a.com", {"http": "http://p:1"}, None),
        ("https://a.com", {"https": "http://p:1", "no": "b.com, .a.com"}, None),
        ("https://x.a.com", {"https": "http://p:1", "no": "a.com"}, None),
        ("https://xa.com", {"https": "http://p:1", "no": "a.com"}, "http://p:1"),
        ("https://192.168.1.5", {"https": "http://p:1", "no": "192.168.0.0/16"}, None),
        ("https://192.169.1.5", {"https": "http://p:1", "no": "192.168.0.0/16"}, "http://p:1"),
        ("https://a.com", {"https": "http://p:1", "no": "*"}, None),
        ("http://localhost", {"http": "http://p:1", "all": "http://p:1"}, None),
        ("https://127.0.0.9", {"https": "http://p:1"}, None),
        ("http://[::1]:8", {"http": "http://p:1"}, None),
    ],
)
def test_proxies(url: str, proxies: dict[str, str], expected: str | None) -> None:
    """Loopback never takes one; exceptions may be names, suffixes and address ranges."""
    proxy = proxy_for(normalise_base_url(url), {"no": "", **proxies})
    assert expected == (None if proxy is None else str(proxy.url))


@pytest.mark.parametrize("proxy", ["socks5://p:1", "ftp://p", "http://", "http://[::1"])
def test_unusable_proxies(proxy: str) -> None:
    """One sentence instead of a trace."""
    with pytest.raises(BadInput, match="proxy"):
        proxy_for(normalise_base_url("https://a.com"), {"https": proxy})


def test_a_proxy_that_refuses() -> None:
    """407: nothing was sent, the password is not shown, and the proxy saw neither key nor prompt."""

    async def run() -> tuple[Heard, bytes]:
        async with serve([full("407 Proxy Authentication Required", b"<b>no</b>")]) as server:
            proxy = server.url.replace("http://", "http://me:s3cret@")
            options = ClientOptions(QUICK, proxies={"https": proxy, "no": ""})
            provider = OpenAIChat("https://api.example/v1", KEY, dialect=LOOSE, options=options)
            return await hear(provider, ASK), b"".join(server.requests)

    heard, seen = asyncio.run(run())
    kind, billed, title = the_error(heard)
    assert (Offline, Billed.UNSENT) == (kind, billed)
    assert title == "The proxy 127.0.0.1 refused to connect to api.example."
    assert heard.error is not None
    assert "s3cret" not in heard.error.sentence
    assert KEY.encode() not in seen
    assert "Hé".encode() not in seen
