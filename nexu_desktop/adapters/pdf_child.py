"""Run as a process: a PDF on standard input, its text as one JSON object on standard output.

A process of its own, because a PDF can be made to compute for ever or to fill the memory, and because a busy
Python thread beside the window would ruin its pace.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

MEMORY_BYTES = 1_536 * 1_048_576


def text_of(data: bytes, pages_max: int, chars_max: int) -> dict[str, Any]:
    """{'text', 'pages'}, or {'error': encrypted, damaged, pages, long or scanned}; 'pages' where known."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):  # many are locked against printing alone
            return {"error": "encrypted"}
        count = len(reader.pages)
        if count > pages_max:
            return {"error": "pages", "pages": count}
        return _pages(reader, count, chars_max)
    except DependencyError:
        return {"error": "encrypted"}
    except (
        PyPdfError,
        RecursionError,
        MemoryError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    ):
        return {"error": "damaged"}  # what a broken file makes of a library is no fault of ours


def _pages(reader: Any, count: int, chars_max: int) -> dict[str, Any]:
    """A page without text is said in its place, so that neither person nor model takes it for read."""
    texts: list[str] = []
    total = empty = 0
    for number in range(count):
        text = reader.pages[number].extract_text().strip()
        empty += not text
        texts.append(text or f"[page {number + 1}: no text]")
        total += len(texts[-1]) + 2
        if total > chars_max:
            return {"error": "long", "pages": count}
    if empty == count:
        return {"error": "scanned", "pages": count}
    return {"text": "\n\n".join(texts), "pages": count}


def _limit_memory() -> None:
    if sys.platform == "linux":  # macOS refuses the limit, Windows has none of this kind
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    _limit_memory()
    logging.disable(logging.CRITICAL)  # what is odd in a file is not for our log
    pages_max, chars_max = map(int, sys.argv[1:3])
    found = text_of(sys.stdin.buffer.read(), pages_max, chars_max)
    whole = json.dumps(found).encode("ascii")  # half characters survive as escapes
    sys.stdout.buffer.write(whole)


if __name__ == "__main__":
    main()
