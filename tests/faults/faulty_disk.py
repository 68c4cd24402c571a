"""A disk for SQLite that fails where it is told to: the Nth write or sync, once or from then on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import apsw

Fault = Literal["write", "sync", "full"]
NAME = "faulty"


class FaultyDisk(apsw.VFS):
    """Wraps the disk of the system; `arm` starts counting, `struck` says how often it failed."""

    def __init__(self) -> None:
        self.base = apsw.vfs_names()[0]
        self._fault: Fault | None = None
        self._after = 0
        self._for_good = False
        self.struck = 0
        super().__init__(NAME, self.base, makedefault=True)

    def xOpen(self, name: object, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)

    def arm(self, fault: Fault, after: int, *, for_good: bool) -> None:
        """Let `after` operations pass, then fail."""
        self._fault, self._after, self._for_good, self.struck = fault, after, for_good, 0

    def disarm(self) -> None:
        self._fault = None

    def strike(self, operation: Literal["write", "sync"]) -> None:
        if self._fault is None or operation != ("sync" if self._fault == "sync" else "write"):
            return
        if self._after:
            self._after -= 1
            return
        self.struck += 1
        error = apsw.FullError if self._fault == "full" else apsw.IOError
        if not self._for_good:
            self._fault = None
        raise error("planted")


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: object, flags: list[int]) -> None:
        self._disk = disk
        super().__init__(disk.base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.strike("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.strike("sync")
        super().xSync(flags)


@contextmanager
def faulty_disk() -> Iterator[FaultyDisk]:
    """The default disk of every connection opened inside."""
    disk = FaultyDisk()
    try:
        yield disk
    finally:
        disk.unregister()
