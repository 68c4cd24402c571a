"""The text of a PDF file, read by a process with limits; what can't be read is told in plain words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.errors import BadInput

PAGES_MAX = 2_000
CHARS_MAX = 2 * 1024 * 1024
SECONDS_MAX = 60
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def read_pdf(name: str, data: bytes, seconds: float = SECONDS_MAX) -> str | None:
    """None for anything but a PDF. Blocking, for a worker thread. Raises BadInput."""
    if not data[:1_024].lstrip().startswith(b"%PDF-"):
        return None
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "nexu_desktop.adapters.pdf_child", str(PAGES_MAX), str(CHARS_MAX)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
        found = json.loads(ran.stdout)
    except subprocess.TimeoutExpired:
        raise BadInput(
            f"{name} takes longer than {seconds:g} seconds to read.",
            "Copy the text out of it and paste that.",
        ) from None
    except ValueError:  # it ended without a word: out of memory, or worse
        found = {"error": "damaged"}
    if "text" not in found:
        raise _refusal(name, found["error"], found.get("pages", 0))
    return whole_text(found["text"])


def _refusal(name: str, error: str, pages: int) -> BadInput:
    match error:
        case "encrypted":
            return BadInput(f"{name} is protected by a password.", "Save a copy without it and attach that.")
        case "pages":
            return BadInput(f"{name} has {pages:,} pages.", f"A PDF may have at most {PAGES_MAX:,}.")
        case "long":
            return BadInput(f"The text of {name} is longer than 2 MB.", "Attach a part of it.")
        case "scanned":
            what = "its page is a picture" if pages == 1 else f"its {pages:,} pages are pictures"
            return BadInput(
                f"{name} has no text in it: {what}.",
                "Attach pages as images to a model that sees, or run text recognition on it first.",
            )
        case _:
            return BadInput(
                f"{name} is damaged, or no PDF that can be read.", "Save it again and attach that."
            )


def _environment() -> dict[str, str]:
    """Ours, with this very package importable wherever the child starts."""
    path = os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}
