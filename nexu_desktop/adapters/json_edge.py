"""The edge where outside JSON becomes values that can be trusted to be what their type says."""

from __future__ import annotations

import json
from typing import Any


class Inexact(str):
    """A JSON number that is not a whole one (1.5, 1e999, NaN), kept as text: shown, never counted with.

    A kind of text, so that no check for an integer lets it pass and it can be written as JSON again.
    """

    __slots__ = ()


def parse_json(text: str | bytes) -> Any:
    """Raises ValueError for what is not JSON, too deep, or holds an integer of thousands of digits."""
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_constant=Inexact, parse_float=Inexact)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def text_of(value: object) -> str:
    """`value` if it is a text, else ''."""
    return value if type(value) is str else ""


def field(value: object, *names: str) -> Any:
    """The value at a path of object fields, None as soon as one is missing or not an object."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
