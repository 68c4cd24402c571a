"""Usage of the OpenAI dialect, where buckets lie inside each other, turned into disjoint buckets."""

from __future__ import annotations

import json

from nexu_desktop.adapters.json_edge import field
from nexu_desktop.domain.credits import TOKENS_PER_BUCKET_MAX, Usage
from nexu_desktop.services.ports import UsageReport

RAW_BYTES = 64 * 1024


def usage_report(raw: object) -> UsageReport:
    """`usage` is None where the figures contradict each other or are no token counts."""
    try:
        text = json.dumps(raw, ensure_ascii=True)
    except (ValueError, RecursionError):
        text = ""  # an integer of thousands of digits
    return UsageReport(text[:RAW_BYTES], disjoint(raw))


def disjoint(raw: object) -> Usage | None:
    """Cached and cache-write tokens are inside prompt_tokens, reasoning inside completion_tokens.

    Some services count reasoning beside completion_tokens; their total_tokens proves it.
    """
    prompt = _count(field(raw, "prompt_tokens"))
    completion = _count(field(raw, "completion_tokens"))
    cached = _part(raw, "prompt_tokens_details", "cached_tokens")
    if field(raw, "prompt_tokens_details", "cached_tokens") is None:
        cached = _part(raw, "prompt_cache_hit_tokens")  # DeepSeek's older name
    written = _part(raw, "prompt_tokens_details", "cache_write_tokens")
    reasoning = _part(raw, "completion_tokens_details", "reasoning_tokens")
    if prompt is None or completion is None or cached is None or written is None or reasoning is None:
        return None
    if reasoning and field(raw, "total_tokens") == prompt + completion + reasoning:
        completion += reasoning
    if cached + written > prompt or reasoning > completion:
        return None
    return Usage(
        input=prompt - cached - written,
        cached_input=cached,
        cache_write=written,
        output=completion - reasoning,
        reasoning=reasoning,
    )


def _part(raw: object, *path: str) -> int | None:
    """A bucket that may be left out: absent and null mean zero."""
    value = field(raw, *path)
    return 0 if value is None else _count(value)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= TOKENS_PER_BUCKET_MAX else None
