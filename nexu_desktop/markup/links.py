"""Which link targets may be clicked, and what a person must read before one is opened; no Qt here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SCHEMES = ("http", "https", "mailto")
_HOST = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.)+[^\W\d_]{2,24})(?:[/:?#]\S*)?", re.IGNORECASE)


def allowed(href: str) -> bool:
    """Only web and mail addresses; everything else (file:, javascript:, //host/share, …) stays text."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if parts.scheme not in SCHEMES:
        return False
    return bool(parts.path) if parts.scheme == "mailto" else bool(parts.hostname)


def host(href: str) -> str:
    """The host for a placeholder, or what kind of place it is where there is none."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return "unreadable address"
    if parts.hostname:
        return parts.hostname
    return f"{parts.scheme}:" if parts.scheme else "no host"


def other_host(label: str, href: str) -> str:
    """The host `href` goes to where `label` reads like the address of another one, else ''."""
    said = _HOST.fullmatch(label.strip()[:300])
    goes = host(href).lower()
    if said is None or not href.startswith("http"):
        return ""
    named = said.group(1).lower()
    return "" if goes in (named, f"www.{named}") or named == f"www.{goes}" else goes


def shown(href: str) -> str:
    """An address as a person reads it in a list: without https:// and a lone slash at its end."""
    return href.removeprefix("https://").removeprefix("http://").removesuffix("/")[:200]
