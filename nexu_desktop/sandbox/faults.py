"""Fault switches: what the service does wrong on purpose, for the next requests, so that tests can see it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, fields
from typing import Any

from nexu_desktop.sandbox.refusals import STATUS, Refusal

USAGE_WAYS = ("normal", "none", "double", "last_chunk")
PLACES = ("chat", "models", "account", "any")


@dataclass(frozen=True, slots=True)
class Faults:
    """One set of faults; the defaults are a healthy service. Counts of chunks are text chunks; -1: never.

    `code` refuses with one of the 13 codes, `status` with a bare HTTP status (as `html` if set);
    `retry_after` is the header sent with either. `usage` is one of USAGE_WAYS.
    `cut_at_byte` breaks the connection after so many bytes of the stream, or with `clean_cut` ends the body
    as if it were whole. `malformed_after` sends half a chunk, `error_after` an error (`error_code`) instead
    of the rest. `endless` never stops by itself. `on` says which requests: one of PLACES.
    """

    on: str = "chat"
    code: str = ""
    status: int = 0
    html: bool = False
    retry_after: str = ""
    delay_first_ms: int = 0
    delay_chunk_ms: int = 0
    chunks_per_s: int = 0
    usage: str = "normal"
    cut_at_byte: int = -1
    clean_cut: bool = False
    malformed_after: int = -1
    error_after: int = -1
    error_code: str = "upstream_error"
    endless: bool = False

    def hits(self, place: str) -> bool:
        return self.on in (place, "any")


HEALTHY = Faults()


def parse_faults(text: bytes | str) -> tuple[Faults, int]:
    """(faults, for how many requests) of a JSON object. Raises Refusal naming what is not understood."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("invalid_json") from error
    if not isinstance(raw, dict):
        raise Refusal("invalid_request", "Faults are a JSON object.")
    requests = raw.pop("requests", 1)
    if type(requests) is not int or requests < 0:
        raise Refusal("invalid_request", "“requests” is a count.")
    return _faults(raw), requests


def _faults(raw: dict[str, Any]) -> Faults:
    kinds = {field.name: type(field.default) for field in fields(Faults)}
    for name, value in raw.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise Refusal("invalid_request", f"“{name}” is not a fault, or has a wrong value.")
    faults = Faults(**raw)
    known = {"", *STATUS}
    if faults.code not in known or faults.error_code not in known:
        raise Refusal("invalid_request", "There is no such error code.")
    if faults.usage not in USAGE_WAYS or faults.on not in PLACES:
        raise Refusal("invalid_request", "“usage” or “on” has an unknown word.")
    return faults


class FaultPlan:
    """The faults of the next requests; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults = HEALTHY
        self._left = 0

    def set(self, faults: Faults, *, requests: int = 1) -> None:
        """Replace the plan; 0 requests clears it."""
        with self._lock:
            self._faults, self._left = faults, requests

    def take(self, place: str) -> Faults:
        """The faults for one request to `place`, which uses up one of the planned requests if they hit it."""
        with self._lock:
            if self._left == 0 or not self._faults.hits(place):
                return HEALTHY
            self._left -= 1
            return self._faults
