"""Files that can't be used: one clear sentence with the next step, exit 5 (6 for a ledger that is not sound)."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import pytest

from nexu_desktop.domain.credits import NANO_PER_CREDIT
from tests.cli.program import Program

COMMANDS = (("ledger", "balance"), ("models",), ("ask", "--sandbox", "--model", "glm-5", "Hello"))


def tamper(path: Path, *statements: str) -> None:
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_that_is_a_file(program: Program, command: tuple[str, ...]) -> None:
    """The path is named and nothing is sent."""
    program.data_dir.write_text("not a folder")
    result = program.here(*command)
    assert (result.code, len(result.err.splitlines())) == (5, 1), result.err
    assert str(program.data_dir) in result.err


def test_a_read_only_folder(program: Program) -> None:
    """One sentence names it. The administrator of a Unix can write anywhere, and then the command works."""
    program.here("models")
    os.chmod(program.data_dir / "instances", 0o500)
    may_write = os.access(program.data_dir / "instances", os.W_OK)  # root, and folders on Windows
    result = program.here("ledger", "balance")
    os.chmod(program.data_dir / "instances", 0o700)
    assert result.code == (0 if may_write else 5)
    assert ("cannot be written to. Make" in result.err) is not may_write


def test_a_ledger_from_a_newer_version(program: Program) -> None:
    """It is not touched, and what to do is said."""
    program.here("ledger", "grant", "--credits", "1")
    tamper(program.ledger(), "PRAGMA user_version = 999")
    content = program.ledger().read_bytes()
    result = program.here("ledger", "balance", "--json")
    assert (result.code, result.json()["error"]["code"]) == (5, "newer_file")
    assert len(result.err.splitlines()) == 1
    assert program.ledger().read_bytes() == content


def test_a_damaged_settings_file(program: Program) -> None:
    """The defaults apply, the old file is kept, and both are said once."""
    program.data_dir.mkdir()
    (program.data_dir / "settings.json").write_text('{"theme": ')
    first, second = program.here("ledger", "balance", "--json"), program.here("ledger", "balance", "--json")
    assert (first.code, first.json()["settled"]["nanocredits"]) == (0, 100 * NANO_PER_CREDIT)
    assert first.err.startswith("The settings file was damaged, so the defaults apply; ")
    assert (second.code, second.err) == (0, "")


def test_a_ledger_that_is_no_database(program: Program) -> None:
    """`verify` does not call it sound, and says which file it is."""
    program.here("ledger", "grant", "--credits", "1")
    program.ledger().write_bytes(b"\x01" * 8_192)
    for leftover in program.data_dir.glob("ledger.db-*"):
        leftover.unlink()
    result = program.here("ledger", "verify")
    assert (result.code, str(program.ledger()) in result.err) == (5, True), result.err


def test_a_changed_entry_is_found(program: Program) -> None:
    """Somebody edits an amount: exit 6, and which invariant does not hold."""
    program.here("ledger", "grant", "--credits", "1")
    assert program.run("ledger", "verify", "--json").json() == {
        "lane": "credits",
        "sound": True,
        "violations": [],
    }
    connection = apsw.Connection(str(program.ledger()))
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    connection.close()
    drops = [f"DROP TRIGGER {name}" for name in names]
    tamper(program.ledger(), *drops, "UPDATE entry SET amount_nc = amount_nc * 2")
    result = program.run("ledger", "verify", "--json")
    told = result.json()
    assert (result.code, told["sound"]) == (6, False)
    assert [row for row in told["violations"] if set(row) != {"invariant", "found"}] == []
    assert told["violations"] != []
    assert program.here("doctor").code == 5


def test_doctor_works_where_nothing_else_does(program: Program) -> None:
    """It is asked when the folder can't be used: it says so, and tells the rest."""
    program.data_dir.write_text("not a folder")
    result = program.here("doctor", "--json")
    assert (result.code, str(program.data_dir) in result.json()["databases"]["storage"]) == (5, True)
    assert result.json()["packages"]["apsw"] is not None
