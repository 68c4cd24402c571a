"""Failures of the way to a service, sorted by what they say about the bill."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from nexu_desktop.adapters.http_errors import FarSide
from nexu_desktop.adapters.plain_text import plain
from nexu_desktop.domain.errors import Billed, Offline, ProviderDown, ServiceError, StreamCut

# All that httpx lets out. UnicodeError: a host name that the resolver's IDNA codec refuses.
NETWORK_FAILURES = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, UnicodeError)

# Raised before the first byte of the request: the connection is not there yet.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeError,
)

_CHECK = "Check the internet connection and the address in Settings, then try again."


def lost_before_answer(far: FarSide, error: Exception, begun: bool) -> ServiceError:
    """No status line came. What happened after the request had `begun` to be written may have been billed."""
    if not begun or isinstance(error, _BEFORE_SENDING):
        title, hint = _unreachable(far, error)
        return Offline(title, hint, billed=Billed.UNSENT)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return ProviderDown(
            f"{far.host} took the request but did not begin to answer.",
            "Try again later or pick another model.",
        )
    return ProviderDown(
        f"The connection to {far.host} broke before an answer came.", "Check the connection, then try again."
    )


def lost_in_answer(far: FarSide, error: Exception) -> ServiceError:
    """The answer had begun."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return stalled(far)
    return cut(far)


def cut(far: FarSide) -> StreamCut:
    return StreamCut(
        f"{far.who} broke off in the middle of the answer.",
        "Try again for a full answer.",
    )


def stalled(far: FarSide) -> StreamCut:
    return StreamCut(
        f"{far.who} did not finish the answer in time.",
        "Try again for a full answer.",
        code="stalled",
    )


def unreadable(far: FarSide, why: str) -> StreamCut:
    """`why` is ours, never the far side's text."""
    return StreamCut(
        f"{far.who} sent something that is not a readable answer: {why}.",
        "Try again, or pick another model.",
        code="unreadable",
    )


def _unreachable(far: FarSide, error: Exception) -> tuple[str, str]:
    causes = tuple(_causes(error))
    there = f"the proxy {far.proxy}" if far.proxy else far.host
    certificate = next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        reason = plain(getattr(certificate, "verify_message", "") or "not trusted", far.secret, 120)
        return (
            f"The certificate of {far.host} is not trusted: {reason}.",
            "If your network inspects encrypted traffic, add its certificate to this system, then try again.",
        )
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return f"{_capital(there)} did not accept a connection in time.", _CHECK
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"No encrypted connection to {far.host} is possible.", "Check that the address begins rightly."
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return f"{_capital(there)} was not found.", _CHECK
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"Nothing answers at {there}.", "Check the address and that the service runs, then try again."
    if isinstance(error, httpx.ProxyError):
        return (
            f"{_capital(there)} refused to connect to {far.host}.",
            "Check the proxy settings of this system.",
        )
    return f"{_capital(there)} cannot be reached.", _CHECK


def _capital(text: str) -> str:
    return "T" + text[1:] if text.startswith("the ") else text


def _causes(error: BaseException | None, depth: int = 12) -> Iterator[BaseException]:
    """The error, what caused it, and the members of groups (one per address tried)."""
    if error is None or depth == 0:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member, depth - 1)
    yield from _causes(error.__cause__ or error.__context__, depth - 1)
