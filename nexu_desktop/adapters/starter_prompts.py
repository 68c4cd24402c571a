"""The prompts that come with the program: data, so that they can be translated without touching code."""

from __future__ import annotations

import json
from functools import cache

from nexu_desktop.adapters.resources import read_text
from nexu_desktop.domain.prompts import Prompt

FILE = "prompts-en.json"


@cache  # the menu asks at each key
def starter_prompts() -> tuple[Prompt, ...]:
    """In the order of the file. Raises StorageFailed where it is missing."""
    rows = json.loads(read_text(FILE))["prompts"]
    return tuple(Prompt(row["id"], row["name"], row["text"], shipped=True) for row in rows)
