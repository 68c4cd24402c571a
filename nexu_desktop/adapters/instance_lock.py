"""Which processes of this program still live: each holds an OS lock that dies with it, whatever its pid."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID, uuid4

from filelock import FileLock, Timeout

from nexu_desktop.adapters.database_errors import refused_by_system

START_TIMEOUT_S = 5  # another process may probe the new file before it is locked


class InstanceLock:
    """This process in `directory`, as the locked file '<id>.lock', until close() or death.

    Making one also removes the files that dead processes left. Raises StorageFailed or StorageReadOnly where
    the directory cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        self.id = uuid4().hex
        self._directory = directory
        self._probing = threading.Lock()
        self._lock = self._file_lock(self.id)
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(timeout=START_TIMEOUT_S)
        except (OSError, Timeout) as error:
            cause = error if isinstance(error, OSError) else OSError(str(error))
            raise refused_by_system(cause, self._path(self.id)) from error
        self._sweep()

    def is_dead(self, instance_id: str) -> bool:
        """True only if no process holds the lock of that id; a doubt means alive."""
        if instance_id == self.id or not _is_id(instance_id):
            return False
        with self._probing:  # two probes of one process would take each other for the living owner
            return not self._path(instance_id).exists() or self._take_away(instance_id)

    def close(self) -> None:
        """From now on this instance counts as dead."""
        self._lock.release()
        _remove(self._path(self.id))

    def _take_away(self, instance_id: str) -> bool:
        """Take the lock and remove its file; False if a living process holds it."""
        probe = self._file_lock(instance_id)
        try:
            probe.acquire(timeout=0)
        except (OSError, Timeout):
            return False
        removed = _remove(self._path(instance_id))
        probe.release()
        if not removed:  # Windows keeps a file that is open; no living process can hold it there either
            _remove(self._path(instance_id))
        return True

    def _sweep(self) -> None:
        for path in self._directory.glob("*.lock"):
            self.is_dead(path.stem)

    def _path(self, instance_id: str) -> Path:
        return self._directory / f"{instance_id}.lock"

    def _file_lock(self, instance_id: str) -> FileLock:
        # Released from whatever thread closes the program; never a soft lock, which would outlive its process.
        return FileLock(self._path(instance_id), mode=0o600, thread_local=False, fallback_to_soft=False)


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _is_id(text: str) -> bool:
    """Only ids made here become file names."""
    try:
        return UUID(hex=text).hex == text
    except ValueError:
        return False
