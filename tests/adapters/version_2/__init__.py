"""Files that the program of version 2 wrote, gzipped, and how a test opens them.

chats: answers made again with notes, failures and drops between them, a summary with a file, an empty conversation.
chats_library: answers with a file, one removed, one unfinished, one conversation deleted.
"""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def unpack(folder: Path, name: str = "chats_v2") -> Path:
    """The chats as they were left behind."""
    path = folder / "chats.db"
    path.write_bytes(gzip.decompress((HERE / f"{name}.db.gz").read_bytes()))
    return path
