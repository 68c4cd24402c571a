"""A verified copy of a database beside it, made before a migration touches it."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import apsw

from nexu_desktop.domain.errors import StorageFailed


def back_up(connection: apsw.Connection, path: Path) -> Path:
    """Copy to '<name>.v<version>.bak', whole or not at all. Raises StorageFailed, apsw.Error, OSError."""
    draft = path.with_name(f"{path.name}.{uuid4().hex}.part")
    # Made first, so that the copy is private from its first byte; VACUUM INTO accepts an empty file.
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection.execute("VACUUM INTO ?", (str(draft),))
        copy = path.with_name(f"{path.name}.v{_verified_version(draft)}.bak")
        _flush(draft)
        os.replace(draft, copy)
    finally:
        draft.unlink(missing_ok=True)
    return copy


def _verified_version(draft: Path) -> int:
    """The version the copy itself states, so that its name is true even if another process migrated."""
    copy = apsw.Connection(str(draft), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        if copy.execute("PRAGMA quick_check").get != "ok":
            raise StorageFailed(
                f"The backup {draft.name} is damaged.", "Check the disk; nothing was changed."
            )
        version: int = copy.pragma("user_version")
        return version
    finally:
        copy.close()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
