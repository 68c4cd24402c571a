"""Values of foreign JSON, whatever type they turn out to have."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.domain.transfer import NAME_MAX, TITLE_MAX

_EARLIEST_MS, _LATEST_MS = 631_152_000_000, 4_102_444_800_000  # 1990 to 2100: anything else is no date
_SECONDS_BELOW = 100_000_000_000
NAME_ONLY = "application/octet-stream"


def text(value: object) -> str:
    """'' for what is no text; half characters made whole."""
    return whole_text(value) if type(value) is str else ""


def line(value: object, longest: int = NAME_MAX) -> str:
    """A text on one line, cut."""
    return " ".join(text(value)[: longest * 4].split())[:longest]


def title(value: object) -> str:
    return line(value, TITLE_MAX)


def fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def name(value: object) -> str:
    """An id: a short text, or a whole number as one."""
    if type(value) is int and abs(value) < 10**18:
        return str(value)
    return text(value) if type(value) is str and len(value) <= 200 else ""


def moment(value: object) -> int | None:
    """Milliseconds of seconds, milliseconds or an ISO date; None for what is no date of our time."""
    if type(value) is str:
        return _of_iso(value)
    if type(value) is not int and not (isinstance(value, Decimal) and value.is_finite()):
        return None
    if not -_LATEST_MS <= value <= _LATEST_MS:
        return None
    return _in_time(int(value * 1000 if value < _SECONDS_BELOW else value))


def by_name(file: str) -> Attachment:
    """A file of which the export has the name alone; it is shown and never sent again."""
    return Attachment("", AttachmentKind.TEXT, file, NAME_ONLY, 0, dropped=True)


def with_text(file: str, content: str) -> Attachment:
    size = len(content.encode())
    return Attachment("", AttachmentKind.TEXT, file, "text/plain", size, content)


def _of_iso(value: str) -> int | None:
    try:
        found = datetime.fromisoformat(value[:40])
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return _in_time(round(aware.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None


def _in_time(ms: int) -> int | None:
    return ms if _EARLIEST_MS <= ms <= _LATEST_MS else None
