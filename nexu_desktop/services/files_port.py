"""What reading a PDF needs from outside; apart from ports.py, which is full."""

from __future__ import annotations

from typing import Protocol


class PdfReader(Protocol):
    def __call__(self, name: str, data: bytes) -> str | None:
        """The text of a PDF, None for anything else. Blocking. Raises BadInput for one that can't be read."""
        ...
