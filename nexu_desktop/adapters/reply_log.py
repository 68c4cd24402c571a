"""Logs of past answers as numbers: CSV (also gzipped) or one JSON object a line."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.hints import FLAGS, Hints
from nexu_desktop.services.evaluation import LogRow

MAX_BYTES = 512 * 1024 * 1024
NEEDED = ("conv", "ctx_tokens", "prompt_tokens", "reply_tokens")
# The names of the log's columns that are not the names of the flags.
COLUMNS = {"listing": "lst", "more": "cont", "thanks": "ack"}
TOKENS_MOST = 100_000_000


def read_log(path: Path) -> list[LogRow]:
    """In the order of the file. Raises BadInput with the line of what is wrong."""
    rows = [_row(path, line, raw) for line, raw in _raw_rows(path)]
    if not rows:
        raise BadInput(f"{path} holds no answers.", f"Give rows with {', '.join(NEEDED)}.")
    return rows


def _raw_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    text = _text(path)
    if text.lstrip().startswith("{"):
        for line, part in enumerate(text.splitlines(), 1):
            if part.strip():
                yield line, _json(path, line, part)
        return
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{path} has no column {missing[0]}.", f"Needed are {', '.join(NEEDED)}.")
    try:
        for raw in reader:
            yield reader.line_num, raw
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num} of {path} is no CSV: {error}.", "Check the file.") from error


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BadInput(f"{path} is larger than 512 MB.", "Give a part of it.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise BadInput(f"{path} can't be read.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not text.", "Give CSV, gzipped CSV or JSON lines.") from error


def _json(path: Path, line: int, part: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(part)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"Line {line} of {path} is not JSON.", "Give one object a line.") from error
    if not isinstance(raw, dict):
        raise BadInput(f"Line {line} of {path} is no object.", "Give one object a line.")
    return raw


def _row(path: Path, line: int, raw: Mapping[str, Any]) -> LogRow:
    def number(name: str, *, needed: bool = False) -> int:
        value = raw.get(name)
        if value in (None, "") and not needed:
            return 0
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit() or int(text) > TOKENS_MOST:
            raise BadInput(
                f"Line {line} of {path}: {name} is {str(value)[:40]!r}.",
                "It must be a whole number of tokens.",
            )
        return int(text)

    conversation = str(raw.get("conv") or "")
    if not conversation:
        raise BadInput(f"Line {line} of {path} names no conversation.", "Fill the column conv.")
    flags = {name: number(COLUMNS.get(name, name)) > 0 for name in FLAGS}
    hints = Hints(number("prompt_tokens", needed=True), number("asked_words"), number("asked_items"), **flags)
    return LogRow(
        conversation=conversation,
        context_tokens=number("ctx_tokens", needed=True),
        reply_tokens=number("reply_tokens", needed=True),
        hints=hints,
        reasoning_tokens=number("reasoning_tokens"),
        stream="/".join(str(raw.get(name) or "") for name in ("model", "effort")),
    )
