"""What a person or a script hands in: the text, files, the system prompt, a history in OpenAI message format."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.image_header import read_image
from nexu_desktop.adapters.pdf_text import read_pdf
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.cli.parser import positive
from nexu_desktop.domain.chat import EFFORTS, Attachment, AttachmentKind
from nexu_desktop.domain.context import Image, Said, asked, said
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.files import IMAGE_MAX_BYTES, no_more_than_fit, read_file

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
HISTORY_MAX_BYTES = 256 * 1024 * 1024


def add_arguments(sub: argparse.ArgumentParser, *, model_needed: bool = True) -> None:
    sub.add_argument("--model", required=model_needed, metavar="ID")
    sub.add_argument("--system", default="", metavar="S", help="system prompt")
    sub.add_argument("--history", type=Path, metavar="FILE", help="JSON list of {role, content}")
    sub.add_argument(
        "--file", action="append", default=[], type=Path, metavar="PATH", help="a text or PDF file to send"
    )
    sub.add_argument(
        "--image", action="append", default=[], type=Path, metavar="PATH", help="an image to send"
    )
    sub.add_argument(
        "--effort", default="", choices=EFFORTS, metavar="E", help="minimal, low, medium or high"
    )
    sub.add_argument("--max-tokens", type=positive, metavar="N", help="longest answer, in tokens")
    sub.add_argument("text", nargs="?", default="-", metavar="TEXT", help="the message; - reads stdin")


def messages(arguments: argparse.Namespace) -> tuple[Said, ...]:
    """System prompt and history before the text. Raises BadInput."""
    system = (said("system", whole_text(arguments.system)),) if arguments.system else ()
    return (*system, *(history(arguments.history) if arguments.history else ()))


def files(arguments: argparse.Namespace) -> Said:
    """What goes with the text: --file and --image, in the order given. Raises BadInput."""
    found = [_attachment(path) for path in arguments.file]
    found += [_seen(_attachment(path)) for path in arguments.image]
    no_more_than_fit(found)
    whole = asked("", found)
    return replace(whole, parts=whole.parts[:-1])


def images(arguments: argparse.Namespace) -> dict[str, bytes]:
    """The bytes of every image, by the name that `files` and `history` gave it."""
    named = [Path(image.attachment) for image in files(arguments).images]
    found = {str(path): _read(path, IMAGE_MAX_BYTES) for path in named}
    return {**found, **(_images_of(arguments.history) if arguments.history else {})}


def text(arguments: argparse.Namespace) -> str:
    """The message. Raises BadInput where there is none, or where stdin is no text."""
    said = whole_text(arguments.text) if arguments.text != "-" else _piped()
    if not said.strip():
        raise BadInput("There is no message.", "Write it after the options, or pipe it in.")
    return said


def history(path: Path) -> tuple[Said, ...]:
    """Raises BadInput naming the file and what is wrong with it."""
    return tuple(_message(path, number, row) for number, row in enumerate(_rows(path), 1))


def _rows(path: Path) -> list[Any]:
    try:
        raw = json.loads(_read(path, HISTORY_MAX_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON.", "Give a list of {role, content}.") from error
    rows = raw.get("messages") if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise BadInput(f"{path} holds no list of messages.", "Give a list of {role, content}.")
    return rows


def _read(path: Path, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            raise BadInput(f"{path} is too large.", f"Give at most {most // 1_048_576} MB.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.", "Check the path.") from error


def _attachment(path: Path) -> Attachment:
    """Named by its path, so that its bytes are found again."""
    read = read_file(path.name, _read(path, IMAGE_MAX_BYTES), read_image, read_pdf)
    return replace(read, id=str(path))


def _seen(attachment: Attachment) -> Attachment:
    if attachment.kind is not AttachmentKind.IMAGE:
        raise BadInput(f"{attachment.name} is not an image.", "Give a text with --file.")
    return attachment


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


def _message(path: Path, number: int, row: Any) -> Said:
    role = row.get("role") if isinstance(row, dict) else None
    if role not in ROLES:
        raise BadInput(f"Message {number} of {path} has no known role.", f"Known are: {', '.join(ROLES)}.")
    calls, content = _calls(row), row.get("content")
    if content is None and calls:  # an answer that only calls tools
        content = ""
    parts = content if isinstance(content, list) else [{"text": content}]
    texts, shown = [], []
    for place, part in enumerate(parts):
        url = _image_url(part)
        if url is not None:
            shown.append(_image(f"{number}/{place}", path, number, url))
            continue
        text = _text_of(part)
        if text is None:
            raise BadInput(
                f"Message {number} of {path} has a content that is not text.", "Give text or images alone."
            )
        texts.append(whole_text(text))
    return Said(role, ("".join(texts), *map(whole_text, calls)), tuple(shown))


def _text_of(part: Any) -> str | None:
    if not isinstance(part, dict):
        return part if isinstance(part, str) else None
    text = part.get("text", part.get("refusal"))
    return text if isinstance(text, str) else None


def refuse_tools(messages: tuple[Said, ...]) -> None:
    """They are priced as text, but not sent. Raises BadInput."""
    for number, one in enumerate(messages, 1):
        if one.role in ("tool", "function") or len(one.parts) > 1:
            raise BadInput(
                f"Message {number} of the history calls a tool or answers for one.",
                "Leave such messages out; estimate can price them.",
            )


def _calls(row: dict[str, Any]) -> list[str]:
    """Name and arguments of the tools an answer calls: the model wrote them, and reads them again."""
    calls = row.get("tool_calls")
    found = (
        [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    )
    said = [call for call in (*found, row.get("function_call")) if isinstance(call, dict)]
    return [
        value
        for call in said
        for value in (call.get("name"), call.get("arguments"))
        if isinstance(value, str)
    ]


def _images_of(path: Path) -> dict[str, bytes]:
    found = {}
    for number, row in enumerate(_rows(path), 1):
        content = row.get("content") if isinstance(row, dict) else None
        for place, part in enumerate(content if isinstance(content, list) else []):
            url = _image_url(part)
            if url is not None:
                found[f"{number}/{place}"] = _data(path, number, url)
    return found


def _image_url(part: Any) -> str | None:
    image = part.get("image_url") if isinstance(part, dict) else None
    url = image.get("url") if isinstance(image, dict) else image
    return url if isinstance(url, str) else None


def _image(name: str, path: Path, number: int, url: str) -> Image:
    found = read_image(_data(path, number, url))
    if found is None:
        raise BadInput(
            f"Message {number} of {path} has an image of no known kind.", "Use PNG, JPEG, WebP or GIF."
        )
    return Image(name, *found)


def _data(path: Path, number: int, url: str) -> bytes:
    """Nothing is fetched: the image must be in the file. Raises BadInput."""
    head, comma, body = url.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise BadInput(
            f"Message {number} of {path} names an image by its address.",
            "Put it in as a data: URL in base64.",
        )
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise BadInput(f"Message {number} of {path} has a damaged image.", "Encode it as base64.") from error
