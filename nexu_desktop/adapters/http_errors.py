"""What a service said, sorted into NexuErrors: by its own code first, by the meaning of the HTTP status else.

Every text of the far side passes `plain` on its way: short, without markup, without the key.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime

from nexu_desktop.adapters.dialect import Advice, Dialect
from nexu_desktop.adapters.json_edge import field as at
from nexu_desktop.adapters.json_edge import parse_json
from nexu_desktop.adapters.plain_text import plain
from nexu_desktop.domain.errors import (
    Billed,
    KeyRejected,
    ProviderDown,
    RateLimited,
    RequestRefused,
    ServiceError,
    Step,
)

RETRY_AFTER_MAX_S = 24 * 3600

_PREFIX = re.compile(r"^\s*\[code=([a-z_]+)\]\s*")

# What codes of OpenAI-like services mean where no honest HTTP status came with them (mid-stream) or a
# misleading one did (an empty account arrives as 429).
_CODE_STATUS: Mapping[str, int] = {
    "insufficient_quota": 402,
    "billing_hard_limit_reached": 402,
    "billing_not_active": 402,
    "insufficient_balance": 402,
    "insufficient_credits": 402,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "model_not_found": 404,
    "context_length_exceeded": 413,
    "invalid_request_error": 400,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "overloaded_error": 529,
    "server_error": 500,
}

_ADVICE: Mapping[int, Advice] = {
    400: Advice(
        RequestRefused,
        Billed.REJECTED,
        "{who} did not accept the request.",
        "Pick another model or lower the answer limit.",
        Step.MODEL,
    ),
    401: Advice(
        KeyRejected,
        Billed.REJECTED,
        "{who} did not accept the key.",
        "Check the key in Settings, or replace it with a new one.",
    ),
    402: Advice(
        RequestRefused,
        Billed.REJECTED,
        "The account of your {who} key is out of money.",
        "Top up that account, or use another key or model.",
        Step.MODEL,
    ),
    403: Advice(
        KeyRejected,
        Billed.REJECTED,
        "{who} does not allow this key to do that.",
        "Check the rights of the key with {who}, or use another key.",
    ),
    404: Advice(
        RequestRefused,
        Billed.REJECTED,
        "{who} does not know this model, or the address is wrong.",
        "Pick another model, or check the base URL in Settings.",
        Step.MODEL,
    ),
    413: Advice(
        RequestRefused,
        Billed.REJECTED,
        "The conversation is too large for {who}.",
        "Shorten the message or start a new conversation.",
    ),
    429: Advice(
        RateLimited,
        Billed.REJECTED,
        "{who} accepts no more requests for now.",
        "Wait a minute, then try again.",
    ),
    500: Advice(
        ProviderDown,
        Billed.UNKNOWN,
        "{who} has a fault of its own.",
        "Try again in a minute, or pick another model.",
    ),
}


@dataclass(frozen=True, slots=True)
class FarSide:
    """Whom we talk to: `who` in sentences, `host` for the way there, `proxy` where one is between."""

    who: str
    host: str
    dialect: Dialect
    secret: str = field(default="", repr=False)
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One error as it came: `status` None in mid-stream, `message` raw, seconds to wait if named."""

    status: int | None
    code: str = ""
    message: str = ""
    retry_after_s: int | None = None
    target: str = ""


def told_in_answer(status: int, headers: Mapping[str, str], body: bytes) -> Told:
    """An HTTP answer that is not the one asked for."""
    try:
        said: object = parse_json(body)
    except ValueError:
        said = body.decode("utf-8", "replace")
    told = told_in_value(said)
    return replace(
        told,
        status=status,
        retry_after_s=retry_after_s(headers.get("retry-after"), headers.get("date")),
        target=headers.get("location", ""),
    )


def told_in_value(said: object) -> Told:
    """`{"error": {"code", "message", "type"}}`, `{"error": "…"}`, `{"message": "…"}` or a bare text."""
    error = at(said, "error")
    inner = said if error is None else error
    message = inner if isinstance(inner, str) else at(inner, "message")
    if not isinstance(message, str):
        message = at(inner, "detail")
    message = message if isinstance(message, str) else ""
    code, status = _code(inner, message)
    return Told(status, code, _PREFIX.sub("", message))


def _code(error: object, message: str) -> tuple[str, int | None]:
    """The code as text and, for gateways that put the HTTP status there, as a number."""
    code = at(error, "code")
    prefixed = _PREFIX.match(message)
    if re.fullmatch(r"[45][0-9]{2}", str(code)):
        return prefixed.group(1) if prefixed else "", int(code)
    for candidate in (code, prefixed.group(1) if prefixed else None, at(error, "type")):
        if isinstance(candidate, str) and re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", candidate):
            return candidate, None
    return "", None


def sorted_out(far: FarSide, told: Told) -> ServiceError:
    """The NexuError for what was told."""
    if told.status is not None and 300 <= told.status < 400:
        return _redirect(far, told)
    code, advice = _own_advice(far.dialect, told)
    if advice is None:
        code, advice = told.code, _advice_by_status(told)
    return _error(far, told, code, advice)


def _own_advice(dialect: Dialect, told: Told) -> tuple[str, Advice | None]:
    """By the service's own code, else by a phrase; a phrase counts only where no known code came."""
    if told.code in dialect.advice:
        return told.code, dialect.advice[told.code]
    words = "" if told.message.lstrip().startswith("<") else told.message.lower()  # not from error pages
    code = next((code for phrase, code in dialect.phrases if phrase in words), "")
    return code, dialect.advice.get(code)


def _advice_by_status(told: Told) -> Advice:
    status = _CODE_STATUS.get(told.code.lower(), told.status or 500)
    if status in _ADVICE:
        advice = _ADVICE[status]
    elif 400 <= status < 500 and status != 408:
        advice = _ADVICE[400]
    else:
        advice = _ADVICE[500]
    if status in (503, 529) and told.retry_after_s is not None:
        return replace(advice, billed=Billed.REJECTED)  # asked to come back: it did not begin
    return advice


def _error(far: FarSide, told: Told, code: str, advice: Advice) -> ServiceError:
    title = advice.title.format(who=far.who)
    hint = advice.hint.format(who=far.who)
    if advice.kind is ProviderDown and told.status is not None and told.status >= 500:
        title = f"{title.rstrip('.')} (HTTP {told.status})."
    said = plain(told.message, far.secret)
    if advice.kind is RateLimited:
        hint = _wait(hint, told.retry_after_s)
        return RateLimited(
            title,
            _with_quote(hint, far, said),
            code=code,
            billed=advice.billed,
            retry_after_s=told.retry_after_s,
        )
    if told.retry_after_s is not None and told.status in (503, 529):
        hint = f"{_wait(hint, told.retry_after_s).rstrip('.')}, or pick another model."
    error = advice.kind(title, _with_quote(hint, far, said), code=code, billed=advice.billed)
    error.step = advice.step or error.step
    return error


def _with_quote(hint: str, far: FarSide, said: str) -> str:
    return f"{hint} {far.who} said: “{said}”" if said else hint


def _wait(hint: str, seconds: int | None) -> str:
    if seconds is None:
        return hint
    if seconds < 120:
        return f"Try again in {seconds} s."
    return f"Try again in {math.ceil(seconds / 60)} minutes."


def _redirect(far: FarSide, told: Told) -> ServiceError:
    target = plain(told.target, far.secret, 120) or "nowhere"
    return RequestRefused(
        f"{far.host} redirects to {target}; redirects are not followed.",
        "Neither the key nor the message was sent there. Enter that address in Settings if you trust it.",
        code="redirected",
        billed=Billed.REJECTED,
    )


def retry_after_s(value: str | None, date: str | None = None) -> int | None:
    """Seconds (rounded up) or an HTTP date, by the far side's own clock if it told it; None for junk."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        whole, _, fraction = text.partition(".")
        seconds = int(whole) + (1 if fraction.strip("0") else 0)
    else:
        then, now = _unix_s(text), _unix_s(date or "")
        if then is None:
            return None
        seconds = max(0, then - (int(time.time()) if now is None else now))
    return min(seconds, RETRY_AFTER_MAX_S)


def _unix_s(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, OverflowError, OSError, TypeError):
        return None
