"""The script behind `make run` and `make test`: what it misses, what it says, when it has nothing to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from scripts import prepare, system_needs

ROOT = Path(__file__).resolve().parents[2]
ALL_LIBRARIES = set(system_needs.LIBRARIES)


def everywhere(name: str) -> str | None:
    """A system that has every program."""
    return f"/usr/bin/{name}"


def nowhere(name: str) -> str | None:
    """A system that has no program."""
    return None


def test_a_complete_system_lacks_nothing() -> None:
    """All libraries, programs and fonts there: nothing to install."""
    assert system_needs.missing_packages("test", ALL_LIBRARIES, everywhere, True) == []
    assert system_needs.missing_fonts(["notosanscjk-regular.ttc", "notocoloremoji.ttf"]) == []


def test_one_missing_library_is_named_by_its_package() -> None:
    """The loader's name is turned into the package that brings it."""
    libraries = ALL_LIBRARIES - {"libxcb-icccm.so.4"}
    assert system_needs.missing_packages("run", libraries, nowhere, True) == ["libxcb-icccm4"]


def test_debian_without_venv_gets_it() -> None:
    """Debian's python3 comes without ensurepip; its package carries the interpreter's version."""
    expected = ["python{}.{}-venv".format(*sys.version_info)]
    assert system_needs.missing_packages("run", ALL_LIBRARIES, nowhere, False) == expected


def test_only_the_tests_need_a_keyring() -> None:
    """Running asks for no keyring daemon; testing does."""
    needed = system_needs.missing_packages("test", ALL_LIBRARIES, nowhere, True)
    assert needed == ["gnome-keyring", "dbus-daemon", "libglib2.0-bin"]


def test_a_loader_that_cannot_be_asked_is_trusted() -> None:
    """Where there is no ldconfig, libraries are not reported as missing."""
    assert system_needs.missing_packages("run", None, nowhere, True) == []


def test_missing_scripts_are_named_by_font_package() -> None:
    """With Latin fonts alone, Chinese and emoji would be boxes."""
    assert system_needs.missing_fonts(["dejavusans.ttf"]) == ["fonts-wqy-microhei", "fonts-noto-color-emoji"]


def test_without_rights_one_line_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Debian the advice is a line that can be pasted."""
    monkeypatch.setattr(system_needs, "find_program", everywhere)
    expected = (
        "Missing system packages. Run: "
        "sudo apt-get install -y --no-install-recommends libgl1 libegl1 && make run"
    )
    assert system_needs.advice(["libgl1", "libegl1"], "make run") == expected


def test_other_systems_are_sent_to_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without apt-get the packages are named and the README has the other names."""
    monkeypatch.setattr(system_needs, "find_program", nowhere)
    line = system_needs.advice(["libgl1"], "make run")
    assert ("libgl1" in line, "README.md" in line, "\n" in line) == (True, True, False)


def test_a_required_package_without_rights_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed and the advice is handed back."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_needs, "known_libraries", lambda: ALL_LIBRARIES - {"libGL.so.1"})
    monkeypatch.setattr(system_needs, "apt_prefix", lambda: None)
    assert system_needs.ensure("run", True) == system_needs.advice(["libgl1"], "make run")


def test_missing_fonts_without_rights_are_only_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fonts are worth a line, not a stop."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_needs, "known_libraries", lambda: ALL_LIBRARIES)
    monkeypatch.setattr(system_needs, "font_files", lambda: {"dejavusans.ttf"})
    monkeypatch.setattr(system_needs, "apt_prefix", lambda: None)
    assert system_needs.ensure("run", True) is None
    assert "fonts-wqy-microhei fonts-noto-color-emoji" in capsys.readouterr().out


def test_an_old_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the version found and how to name another."""
    monkeypatch.setattr(prepare, "OLDEST_PYTHON", (99, 0))
    line = prepare.main(["run"]) or ""
    assert ("{}.{}".format(*sys.version_info) in line, "PYTHON=" in line) == (True, True)


@pytest.fixture
def copied_locks(tmp_path: Path) -> Path:
    """A checkout with only the locks and scripts in it."""
    for folder in ("requirements", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / "copy" / folder)
    return tmp_path / "copy"


@pytest.mark.parametrize("lock", ["requirements/run.lock", "requirements/model.lock", "scripts/prepare.py"])
def test_a_changed_lock_is_installed_anew(copied_locks: Path, lock: str) -> None:
    """The stamp stands for the very content of the locks and scripts."""
    before = prepare.stamp_key("run", copied_locks)
    assert prepare.stamp_key("run", copied_locks) == before
    (copied_locks / lock).write_text("changed\n", encoding="utf-8")
    assert prepare.stamp_key("run", copied_locks) != before


def test_a_second_start_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the stamp in place nothing is prepared; with an old one it is."""
    prepared: list[str] = []
    monkeypatch.setattr(prepare, "VENV", tmp_path)
    monkeypatch.setattr(prepare, "prepare", prepared.append)
    monkeypatch.setattr(prepare, "stamp_file", lambda purpose: tmp_path / purpose)
    (tmp_path / "test").write_text(prepare.stamp_key("test"))
    (tmp_path / "run").write_text("an older key")
    assert [prepare.main(["test"]), prepare.main(["run"])] == [None, None]
    assert prepared == ["run"]
