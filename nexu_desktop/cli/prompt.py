"""What a person or a script hands in: the text, the system prompt, a history in OpenAI message format."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nexu_desktop.domain.errors import BadInput

ROLES = ("system", "user", "assistant")
HISTORY_MAX_BYTES = 256 * 1024 * 1024


def add_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--model", required=True, metavar="ID")
    sub.add_argument("--system", default="", metavar="S", help="system prompt")
    sub.add_argument("--history", type=Path, metavar="FILE", help="JSON list of {role, content}")
    sub.add_argument("--max-tokens", type=int, metavar="N", help="longest answer, in tokens")
    sub.add_argument("text", nargs="?", default="-", metavar="TEXT", help="the message; - reads stdin")


def messages(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """System prompt and history before the text, as (role, text). Raises BadInput."""
    system = (("system", arguments.system),) if arguments.system else ()
    return (*system, *(history(arguments.history) if arguments.history else ()))


def text(arguments: argparse.Namespace) -> str:
    if arguments.text != "-":
        return str(arguments.text)
    if sys.stdin is None or sys.stdin.isatty():
        raise BadInput("There is no message.", "Write it after the options, or pipe it in.")
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


def history(path: Path) -> tuple[tuple[str, str], ...]:
    """Raises BadInput naming the file and what is wrong with it."""
    try:
        if path.stat().st_size > HISTORY_MAX_BYTES:
            raise BadInput(f"{path} is too large for a history.", "Give at most 256 MB.")
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON.", "Give a list of {role, content}.") from error
    rows = raw.get("messages") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise BadInput(f"{path} holds no list of messages.", "Give a list of {role, content}.")
    return tuple(_message(path, number, row) for number, row in enumerate(rows, 1))


def _message(path: Path, number: int, row: Any) -> tuple[str, str]:
    role = row.get("role") if isinstance(row, dict) else None
    if role not in ROLES:
        raise BadInput(f"Message {number} of {path} has no role of {', '.join(ROLES)}.")
    content = row.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
    if not isinstance(content, str):
        raise BadInput(f"Message {number} of {path} has no text.")
    return role, content
