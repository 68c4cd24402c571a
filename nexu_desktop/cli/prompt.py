"""What a person or a script hands in: the text, the system prompt, a history in OpenAI message format."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.cli.parser import positive
from nexu_desktop.domain.errors import BadInput

ROLES = ("system", "user", "assistant")
HISTORY_MAX_BYTES = 256 * 1024 * 1024


def add_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--model", required=True, metavar="ID")
    sub.add_argument("--system", default="", metavar="S", help="system prompt")
    sub.add_argument("--history", type=Path, metavar="FILE", help="JSON list of {role, content}")
    sub.add_argument("--max-tokens", type=positive, metavar="N", help="longest answer, in tokens")
    sub.add_argument("text", nargs="?", default="-", metavar="TEXT", help="the message; - reads stdin")


def messages(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """System prompt and history before the text, as (role, text). Raises BadInput."""
    system = (("system", whole_text(arguments.system)),) if arguments.system else ()
    return (*system, *(history(arguments.history) if arguments.history else ()))


def text(arguments: argparse.Namespace) -> str:
    """The message. Raises BadInput where there is none, or where stdin is no text."""
    said = whole_text(arguments.text) if arguments.text != "-" else _piped()
    if not said.strip():
        raise BadInput("There is no message.", "Write it after the options, or pipe it in.")
    return said


def history(path: Path) -> tuple[tuple[str, str], ...]:
    """Raises BadInput naming the file and what is wrong with it."""
    try:
        if path.stat().st_size > HISTORY_MAX_BYTES:
            raise BadInput(f"{path} is too large for a history.", "Give at most 256 MB.")
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON.", "Give a list of {role, content}.") from error
    rows = raw.get("messages") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise BadInput(f"{path} holds no list of messages.", "Give a list of {role, content}.")
    return tuple(_message(path, number, row) for number, row in enumerate(rows, 1))


def _piped() -> str:
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    try:
        said = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        said = "\0"
    if "\0" in said:
        raise BadInput("What came on stdin is not text.", "Pipe in UTF-8 text.")
    return said


def _message(path: Path, number: int, row: Any) -> tuple[str, str]:
    role = row.get("role") if isinstance(row, dict) else None
    if role not in ROLES:
        raise BadInput(f"Message {number} of {path} has no known role.", f"Known are: {', '.join(ROLES)}.")
    content = row.get("content")
    parts = content if isinstance(content, list) else [{"text": content}]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    whole = [part for part in texts if isinstance(part, str)]
    if len(whole) < len(texts):
        raise BadInput(f"Message {number} of {path} has a content that is not text.", "Give text alone.")
    return role, whole_text("".join(whole))
