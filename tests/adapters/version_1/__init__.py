"""Files that the program of version 1 wrote, gzipped, and how a test opens them.

chats: three conversations with finished, unfinished, removed and failed answers; ledger: a grant, and attempts
that are settled, released, held, overrun and refused.
"""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def unpack(name: str, folder: Path) -> Path:
    """`name` is 'chats' or 'ledger'; the file as it was left behind."""
    path = folder / f"{name}.db"
    path.write_bytes(gzip.decompress((HERE / f"{name}_v1.db.gz").read_bytes()))
    return path
