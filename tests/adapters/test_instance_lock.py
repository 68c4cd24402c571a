"""Living or dead is decided by an OS lock alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.domain.errors import StorageFailed

HOLDER = """
import sys
from pathlib import Path
from nexu_desktop.adapters.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.id, flush=True)
sys.stdin.read()
"""


def test_the_living_are_not_dead(tmp_path: Path) -> None:
    """Neither this instance nor another that holds its lock; asking twice changes nothing."""
    one, two = InstanceLock(tmp_path), InstanceLock(tmp_path)
    assert [one.is_dead(name) for name in (one.id, two.id, two.id)] == [False] * 3
    assert [two.is_dead(one.id), one.id != two.id] == [False, True]
    one.close()
    two.close()


def test_a_closed_instance_is_dead_and_leaves_no_file(tmp_path: Path) -> None:
    """close() frees the lock and removes the file."""
    one, two = InstanceLock(tmp_path), InstanceLock(tmp_path)
    two.close()
    assert [one.is_dead(two.id), [path.stem for path in tmp_path.glob("*.lock")]] == [True, [one.id]]
    one.close()


def test_a_killed_process_is_dead(tmp_path: Path) -> None:
    """Its lock dies with it, its file is swept by the next instance, its pid plays no part."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    theirs = process.stdout.readline().strip()
    mine = InstanceLock(tmp_path)
    assert mine.is_dead(theirs) is False
    process.kill()
    process.communicate()
    assert (tmp_path / f"{theirs}.lock").exists()
    later = InstanceLock(tmp_path)
    assert not (tmp_path / f"{theirs}.lock").exists()
    assert (mine.is_dead(theirs), mine.is_dead(later.id)) == (True, False)
    mine.close()
    later.close()


def test_an_instance_never_seen_is_dead(tmp_path: Path) -> None:
    """Its file was swept long ago, so nobody holds it."""
    lock = InstanceLock(tmp_path)
    assert lock.is_dead(uuid4().hex) is True
    lock.close()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "not-an-id", "A" * 32])
def test_a_strange_id_is_never_a_file_name(tmp_path: Path, name: str) -> None:
    """What is no id of ours counts as alive and touches nothing."""
    lock = InstanceLock(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert (lock.is_dead(name), sorted(tmp_path.iterdir())) == (False, before)
    lock.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way gives a sentence with the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="file"):
        InstanceLock(tmp_path / "file")


if os.name == "posix":

    def test_the_folder_is_private(tmp_path: Path) -> None:
        """Nobody else sees who runs."""
        lock = InstanceLock(tmp_path / "instances")
        assert (tmp_path / "instances").stat().st_mode & 0o777 == 0o700
        lock.close()
