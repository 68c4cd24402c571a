"""One SQLite file: settings, versions, backups, transactions, and words for every failure."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters import database as module
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.database_errors import CommitUnknown, translate
from nexu_desktop.domain.errors import DiskFull, NewerFile, StorageFailed, StorageReadOnly

ONE = "CREATE TABLE note(text TEXT NOT NULL) STRICT"
TWO = "ALTER TABLE note ADD COLUMN extra TEXT; CREATE TABLE more(x INTEGER) STRICT"

Opener = Callable[..., Database]


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    opened: list[Database] = []

    def make(*migrations: str, application: int = 7, durable: bool = True, name: str = "a.db") -> Database:
        path = tmp_path / "data" / name
        opened.append(
            Database(path, application_id=application, migrations=migrations or (ONE,), durable=durable)
        )
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def write(database: Database, text: str) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO note(text) VALUES(?)", (text,))


def notes(database: Database) -> list[str]:
    with database.reading() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY rowid")]


@pytest.mark.parametrize(("durable", "synchronous", "checkpoint"), [(True, 2, 0), (False, 1, 1000)])
def test_the_settings(opener: Opener, durable: bool, synchronous: int, checkpoint: int) -> None:
    """Every connection has the settings that keep the file safe."""
    connection = opener(durable=durable).read()
    expected = {
        "journal_mode": "wal",
        "synchronous": synchronous,
        "wal_autocheckpoint": checkpoint,
        "fullfsync": 1,
        "checkpoint_fullfsync": 1,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "busy_timeout": 5000,
        "application_id": 7,
        "user_version": 1,
    }
    assert {name: connection.pragma(name) for name in expected} == expected
    with pytest.raises(apsw.SQLError):
        connection.execute('SELECT "no such column" FROM note')


def test_a_transaction_is_whole_or_nothing(opener: Opener) -> None:
    """What raised leaves no trace; what did not is there for the next."""
    database = opener()
    write(database, "kept")

    def fails() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO note(text) VALUES('lost')")
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert notes(database) == ["kept"]


def test_each_thread_has_its_connection(opener: Opener) -> None:
    """A second thread sees what the first wrote, through a connection of its own that close() also closes."""
    database = opener()
    write(database, "one")
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.extend([database.read(), notes(database)]))
    thread.start()
    thread.join()
    assert (seen[0] is database.read(), seen[1]) == (False, ["one"])
    database.close()
    with pytest.raises(apsw.ConnectionClosedError):
        seen[0].execute("SELECT 1")


def test_a_closed_database_says_so(opener: Opener) -> None:
    """Use after close is told, not crashed on."""
    database = opener()
    database.close()
    with pytest.raises(StorageFailed, match="closed"):
        notes(database)


def test_a_migration_keeps_the_rows_and_a_backup(opener: Opener) -> None:
    """The older file is copied under its version before it changes."""
    old = opener()
    write(old, "before")
    old.close()
    new = opener(ONE, TWO)
    assert (notes(new), new.read().pragma("user_version")) == (["before"], 2)
    backup = new.path.with_name("a.db.v1.bak")
    assert sorted(path.name for path in backup.parent.iterdir() if "-" not in path.name) == [
        "a.db",
        "a.db.v1.bak",
    ]
    copy = opener(name="a.db.v1.bak")
    assert notes(copy) == ["before"]


def test_a_failed_migration_changes_nothing(opener: Opener) -> None:
    """Half a migration is none: the old version still opens it."""
    old = opener()
    write(old, "before")
    old.close()
    with pytest.raises(StorageFailed):
        opener(ONE, TWO + "; CREATE TABLE note(x)").read()
    again = opener()
    assert (notes(again), again.read().pragma("user_version")) == (["before"], 1)


def test_a_newer_file_is_refused_untouched(opener: Opener) -> None:
    """The older program says which step helps and writes nothing."""
    new = opener(ONE, TWO)
    write(new, "x")
    new.checkpoint()
    new.close()
    before = new.path.read_bytes()
    with pytest.raises(NewerFile, match="newer version") as told:
        opener().read()
    assert ("Install" in told.value.hint, new.path.read_bytes() == before) == (True, True)


def test_a_foreign_file_is_refused_untouched(opener: Opener) -> None:
    """Another program's database keeps its bytes."""
    theirs = opener(application=8)
    write(theirs, "theirs")
    theirs.checkpoint()
    theirs.close()
    before = theirs.path.read_bytes()
    with pytest.raises(StorageFailed, match="another program"):
        opener().read()
    assert theirs.path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be read" * 50, b"SQLite format 3\0" + bytes(99)]
)
def test_a_damaged_file_is_told(opener: Opener, content: bytes) -> None:
    """Neither a crash nor a deletion: the sentence names the file, which stays."""
    database = opener()
    database.path.parent.mkdir()
    database.path.write_bytes(content)
    with pytest.raises(StorageFailed, match=r"a\.db is damaged"):
        database.read()
    assert database.path.read_bytes() == content


def test_an_old_sqlite_is_refused(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older versions can corrupt a file that two windows use."""
    monkeypatch.setattr(module.apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(StorageFailed, match=r"3\.51\.2 is too old"):
        opener().read()


def test_a_second_writer_waits(opener: Opener) -> None:
    """A write lock that never comes free is told as another program's."""
    one, two = opener(), opener()
    two.read().set_busy_timeout(1)
    with one.transaction(), pytest.raises(StorageFailed, match="another program"), two.transaction():
        pass


def test_reading_sees_one_moment(opener: Opener) -> None:
    """What is written meanwhile shows in the next reading, not in the middle of this one."""
    database, other = opener(), opener()
    write(database, "one")
    with database.reading() as connection:
        count = "SELECT count(*) FROM note"
        before = connection.execute(count).get
        write(other, "two")
        assert (before, connection.execute(count).get) == (1, 1)
    assert notes(database) == ["one", "two"]


def test_reading_joins_the_transaction_of_its_thread(opener: Opener) -> None:
    """Inside a transaction a reading sees what was just written."""
    database = opener()
    with database.transaction() as connection:
        connection.execute("INSERT INTO note(text) VALUES('mine')")
        assert notes(database) == ["mine"]


def test_a_checkpoint_empties_the_wal(opener: Opener) -> None:
    """A durable file checkpoints only when told."""
    database = opener()
    for number in range(30):
        write(database, "x" * 4000 + str(number))
    wal = database.path.with_name("a.db-wal")
    assert (database.wal_pages > 30, wal.stat().st_size > 100_000) == (True, True)
    database.checkpoint()
    assert (database.wal_pages, wal.stat().st_size, len(notes(database))) == (0, 0, 30)


def test_a_commit_that_raised_is_unknown(opener: Opener) -> None:
    """The caller is told to look before it repeats, and gets a fresh connection."""
    database = opener()
    connection = database.read()
    connection.execute(
        """CREATE TABLE parent(id INTEGER PRIMARY KEY);
        CREATE TABLE child(x INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)"""
    )
    with pytest.raises(CommitUnknown), database.transaction() as writer:
        writer.execute("INSERT INTO child VALUES(99)")
    assert (database.read() is connection, database.read().execute("SELECT count(*) FROM child").get) == (
        False,
        0,
    )


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (apsw.FullError("x"), DiskFull, "full"),
        (apsw.ReadOnlyError("x"), StorageReadOnly, "cannot be written"),
        (apsw.BusyError("x"), StorageFailed, "in use"),
        (apsw.CorruptError("x"), StorageFailed, "damaged"),
        (apsw.IOError("disk I/O error"), StorageFailed, "disk I/O error"),
        (apsw.ConstraintError("CHECK failed"), StorageFailed, "CHECK failed"),
    ],
)
def test_every_failure_has_words_and_a_next_step(
    error: apsw.Error, kind: type[StorageFailed], words: str
) -> None:
    """The class says who can act, the title what happened, the hint what to do."""
    told = translate(error, Path("/data/a.db"))
    assert (type(told), words in told.title, told.hint != "") == (kind, True, True)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.EROFS, StorageReadOnly),
        (errno.EACCES, StorageReadOnly),
        (errno.ENOSPC, DiskFull),
        (errno.EIO, StorageFailed),
    ],
)
def test_a_file_system_that_refuses_is_told(
    opener: Opener, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[StorageFailed]
) -> None:
    """A folder that cannot be written to gives one sentence that names it."""

    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    database = opener()
    monkeypatch.setattr(module.os, "open", refuse)
    with pytest.raises(StorageFailed) as told:
        database.read()
    assert (type(told.value), str(database.path.parent) in told.value.sentence) == (kind, True)


if os.name == "posix":

    @contextmanager
    def not_root() -> Iterator[None]:
        """Root may write everywhere, so be somebody else for a moment."""
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(65_534)
        try:
            yield
        finally:
            os.seteuid(0)

    def test_a_read_only_folder_is_told_at_once() -> None:
        """No half-open database, no hang: the sentence names the folder."""
        with (
            tempfile.TemporaryDirectory() as folder
        ):  # made by who may: not every machine lets nobody into /tmp
            place = Path(folder)
            place.chmod(0o555)
            with not_root():
                database = Database(place / "a.db", application_id=7, migrations=(ONE,), durable=True)
                with pytest.raises(StorageReadOnly) as told:
                    database.read()
                database.close()
            place.chmod(0o700)
            assert str(place) in told.value.sentence

    def test_nobody_else_can_read_it(opener: Opener) -> None:
        """Folder 0700, file and side files 0600, also where the file was made with a wider mode."""
        database = opener()
        database.path.parent.mkdir(mode=0o700)
        database.path.touch(mode=0o644)
        write(database, "x")
        modes = {path.name: path.stat().st_mode & 0o777 for path in database.path.parent.iterdir()}
        assert modes == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}
        assert database.path.parent.stat().st_mode & 0o777 == 0o700
