"""What SQLite and the file system say, in words for a person with the next step."""

from __future__ import annotations

import errno
from pathlib import Path

import apsw

from nexu_desktop.domain.errors import DiskFull, StorageFailed, StorageReadOnly

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


class CommitUnknown(StorageFailed):
    """COMMIT failed, yet the change may be on disk: look for it before doing it again."""

    def __init__(self, cause: StorageFailed) -> None:
        super().__init__(cause.title, cause.hint, code=cause.code)
        self.cause = cause


def translate(error: apsw.Error, path: Path) -> StorageFailed:
    """The failure of one SQLite call on `path`."""
    if isinstance(error, apsw.FullError):
        return _full(path)
    if isinstance(error, (apsw.ReadOnlyError, apsw.PermissionsError)):
        return _read_only(path)
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        return StorageFailed(
            f"{path.name} is in use by another program.", "Close other windows of Nexu Desktop and try again."
        )
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
        return StorageFailed(
            f"{path} is damaged or is no file of Nexu Desktop.",
            "Keep it, and put your newest backup in its place.",
        )
    if isinstance(error, (apsw.IOError, apsw.CantOpenError)):
        return StorageFailed(
            f"{path} could not be read or written: {error}.", "Check the disk, then start Nexu Desktop again."
        )
    return StorageFailed(f"{path.name} refused a change: {error}.", "Start Nexu Desktop again.")


def refused_by_system(error: OSError, path: Path) -> StorageFailed:
    """The failure of one call of the file system around `path`."""
    if error.errno in FULL:
        return _full(path)
    if error.errno in READ_ONLY:
        return _read_only(path)
    return StorageFailed(
        f"{path} could not be opened: {error.strerror or error}.", "Check the data folder and start again."
    )


def _full(path: Path) -> DiskFull:
    return DiskFull(f"The disk that holds {path.parent} is full.", "Free some space, then try again.")


def _read_only(path: Path) -> StorageReadOnly:
    return StorageReadOnly(
        f"{path} cannot be written to.", f"Make {path.parent} writable, or choose another data folder."
    )
