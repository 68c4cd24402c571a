"""A file that the program of version 2 wrote, gzipped, and how a test opens it.

chats: answers made again with notes, failures and drops between them, a summary with a file, an empty conversation.
"""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def unpack(folder: Path) -> Path:
    """The chats as they were left behind."""
    path = folder / "chats.db"
    path.write_bytes(gzip.decompress((HERE / "chats_v2.db.gz").read_bytes()))
    return path
