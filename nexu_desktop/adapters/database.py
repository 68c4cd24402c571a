"""One SQLite file: opened with safe settings, migrated with a backup, every failure told in plain words.

Both the ledger and the chats stand on it; what their tables mean is their own affair.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from nexu_desktop.adapters.database_backup import back_up
from nexu_desktop.adapters.database_errors import CommitUnknown, refused_by_system, translate
from nexu_desktop.domain.errors import NewerFile, StorageFailed, StorageReadOnly

__all__ = ["CommitUnknown", "Database"]

SQLITE_NEEDED = (3, 51, 3)  # older ones can corrupt a WAL that two connections use (fixed in 3.51.3)
BUSY_TIMEOUT_MS = 5_000
CHECKPOINT_PAGES = 1_000  # about 4 MB of WAL

_SETTINGS = (
    "PRAGMA fullfsync = ON",  # macOS: a plain fsync does not reach the platter
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE walks past the triggers that forbid DELETE
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
)


class Database:
    """A file and one connection per thread, opened when first needed.

    `migrations[n]` lifts the file from version n to n + 1. `durable`: a commit that returned survives a power
    cut, and `checkpoint()` is then the owner's task, because a checkpoint that fails inside a commit would
    make the commit look failed. All methods raise StorageFailed or a child of it.
    """

    def __init__(self, path: Path, *, application_id: int, migrations: Sequence[str], durable: bool) -> None:
        self.path = path
        self.wal_pages = 0
        self._application_id = application_id
        self._migrations = tuple(migrations)
        self._durable = durable
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[apsw.Connection] = []
        self._prepared = False
        self._closed = False

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """One write: BEGIN IMMEDIATE, then COMMIT, or ROLLBACK if the body raised.

        Raises CommitUnknown if COMMIT itself failed: the change may or may not be on disk.
        """
        with self.translated():
            connection = self.read()
            self._begin(connection)
            try:
                yield connection
            except BaseException:
                self._roll_back(connection)
                raise
            self._commit(connection)

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Several reads of one moment."""
        with self.translated():
            connection = self.read()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                self._roll_back(connection)

    def read(self) -> apsw.Connection:
        """This thread's connection; wrap what it does in `translated()`, or use `reading()`."""
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self.translated(), self._lock:
                if self._closed:
                    raise StorageFailed(f"{self.path.name} is already closed.", "Start Nexu Desktop again.")
                connection = self._connect()
                self._open.append(connection)
            self._local.connection = connection
        return connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Every error of SQLite or the file system inside becomes a StorageFailed."""
        try:
            yield
        except apsw.Error as error:
            if isinstance(error, (apsw.IOError, apsw.FullError, apsw.CorruptError)):
                self.forget()  # what this connection believes about the file can no longer be trusted
            raise translate(error, self.path) from error
        except OSError as error:
            raise refused_by_system(error, self.path) from error

    def checkpoint(self) -> None:
        """Move the WAL into the file, under the writer lock. Raises StorageFailed; no commit is at stake."""
        with self.translated():
            self.read().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.wal_pages = 0

    def forget(self) -> None:
        """Close this thread's connection; the next use opens a fresh one."""
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            with self._lock:
                self._open.remove(connection)
            _close(connection)

    def close(self) -> None:
        """Close the connections of all threads; using the database again raises StorageFailed."""
        with self._lock:
            self._closed = True
            for connection in self._open:
                _close(connection)
            self._open.clear()
        self._local = threading.local()

    def _begin(self, connection: apsw.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # a deferred BEGIN decides on balances that others still change

    def _commit(self, connection: apsw.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except apsw.Error as error:
            self.forget()
            raise CommitUnknown(translate(error, self.path)) from error

    def _roll_back(self, connection: apsw.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except apsw.Error:
            self.forget()

    def _connect(self) -> apsw.Connection:
        if not self._prepared:
            _refuse_old_sqlite(apsw.sqlite_lib_version())
            self._make_place()
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            self._configure(connection)
        except BaseException:
            _close(connection)
            raise
        self._prepared = True
        return connection

    def _make_place(self) -> None:
        """A private directory and file; SQLite gives its side files the mode of the main one."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self.path.parent, os.W_OK):
            raise StorageReadOnly(
                f"The folder {self.path.parent} cannot be written to.",
                "Make it writable, or choose another data folder.",
            )
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":  # on Windows the person's profile folder keeps others out
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)

    def _configure(self, connection: apsw.Connection) -> None:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
        connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        if not self._prepared:
            self._identify(connection)
            _switch_to_wal(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
        for setting in _SETTINGS:
            connection.execute(setting).fetchall()
        if self._durable:
            connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
            connection.set_wal_hook(self._count_wal)
        if not self._prepared:
            self._migrate(connection)

    def _count_wal(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self.wal_pages = pages
        return apsw.SQLITE_OK

    def _identify(self, connection: apsw.Connection) -> int:
        """The version of the file; 0 for a new one."""
        with connection:  # one moment: another process may be creating the tables right now
            application = connection.pragma("application_id")
            version: int = connection.pragma("user_version")
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
        if application != self._application_id and (application or version or tables):
            raise StorageFailed(
                f"{self.path} belongs to another program.",
                "Move it away, or choose another data folder; it was not changed.",
            )
        if version > len(self._migrations):
            raise NewerFile(
                f"{self.path.name} was written by a newer version of Nexu Desktop.",
                "Install the newest version; the file was not changed.",
            )
        return version

    def _migrate(self, connection: apsw.Connection) -> None:
        version = self._identify(connection)
        if 0 < version < len(self._migrations):
            back_up(connection, self.path)
        while version < len(self._migrations):
            version = self._step(connection)

    def _step(self, connection: apsw.Connection) -> int:
        """One migration in one transaction; another process may have made it meanwhile."""
        self._begin(connection)
        try:
            version = self._identify(connection)
            if version < len(self._migrations):
                connection.execute(self._migrations[version])
                version += 1
                connection.execute(f"PRAGMA application_id = {self._application_id}")
                connection.execute(f"PRAGMA user_version = {version}")
        except BaseException:
            self._roll_back(connection)
            raise
        connection.execute("COMMIT")
        return version


def _switch_to_wal(connection: apsw.Connection) -> None:
    """SQLite does not wait for this lock by itself: two processes that open a new file would refuse each other."""
    deadline_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            return
        except apsw.BusyError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.01)


def _refuse_old_sqlite(version: str) -> None:
    if tuple(int(part) for part in version.split(".")[:3]) < SQLITE_NEEDED:
        raise StorageFailed(
            f"SQLite {version} is too old to keep credits safely.",
            "Update the Python package apsw to 3.51.3 or newer.",
        )


def _close(connection: apsw.Connection) -> None:
    # Closing can fail only in the checkpoint it attempts; the WAL stays and is read at the next start.
    with suppress(apsw.Error):
        connection.close()
