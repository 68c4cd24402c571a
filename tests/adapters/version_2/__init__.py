"""Chats that the program of version 2 wrote, gzipped: answers with a file, one removed, one unfinished, one deleted."""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def unpack(folder: Path) -> Path:
    """The file as it was left behind."""
    path = folder / "chats.db"
    path.write_bytes(gzip.decompress((HERE / "chats_v2.db.gz").read_bytes()))
    return path
