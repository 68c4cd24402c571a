"""Settings on disk: read field by field, saved atomically, damaged files kept aside."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.adapters import private_file
from nexu_desktop.adapters.private_file import write_private
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.domain.errors import BadInput, DiskFull, StorageFailed, StorageReadOnly
from nexu_desktop.domain.settings import SavedKey, Settings

KEY = SavedKey("openai", "https://api.openai.com/v1", "sk-…1234", 1_775_692_800_000, ("gpt-4o",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "settings.json"


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")


def _names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    """And nothing is written for having looked."""
    store = SettingsFile(path)
    assert (store.current, store.notice, path.parent.exists()) == (Settings(), None, False)


def test_update_survives_a_restart(path: Path) -> None:
    """Every option comes back with its type."""
    changes = {
        "theme": "dark",
        "answer_limit_tokens": 4_096,
        "favourites": ("credits/nexu/glm-5", "sandbox/nexu/größe"),
        "picker_sort": "rate",
        "last_model": "byok/openai/gpt-4o",
        "cloud_url": "http://127.0.0.1:1",
        "link_url": "http://127.0.0.1:2",
        "sandbox_model_file": "C:\\models\\a b.gguf",
        "window_geometry": "AdnQ",
        "keys": (KEY, SavedKey("mine", "http://[::1]:8080", "…")),
    }
    saved = SettingsFile(path).update(**changes)
    again = SettingsFile(path)
    assert (again.current, again.notice) == (saved, None)
    assert saved == Settings(**changes)


def test_update_returns_and_keeps_the_new_settings(path: Path) -> None:
    """One change leaves the other options alone."""
    store = SettingsFile(path)
    store.update(theme="dark")
    assert store.update(picker_sort="name") == store.current == Settings(theme="dark", picker_sort="name")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits; the profile folder is private")
def test_file_and_folder_are_private(path: Path) -> None:
    """Whatever the umask, only the owner reads; a file that was open to all is closed by the next save."""
    old = os.umask(0)
    try:
        SettingsFile(path).update(theme="dark")
        path.chmod(0o644)
        SettingsFile(path).update(theme="light")
    finally:
        os.umask(old)
    assert [stat.S_IMODE(found.stat().st_mode) for found in (path, path.parent)] == [0o600, 0o700]


def test_fields_of_a_newer_version_stay(path: Path) -> None:
    """An older version saves what it does not know."""
    _write(path, {"theme": "dark", "voice": {"name": "x"}, "beta": [1, 2.5, None]})
    store = SettingsFile(path)
    store.update(theme="light")
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert (raw["voice"], raw["beta"], raw["theme"], store.notice) == (
        {"name": "x"},
        [1, 2.5, None],
        "light",
        None,
    )


def test_changes_of_another_process_stay(path: Path) -> None:
    """The command line adds a key while the window is open; the window then saves its place."""
    window, command = SettingsFile(path), SettingsFile(path)
    command.update(keys=(KEY,))
    assert window.update(window_geometry="AA") == Settings(keys=(KEY,), window_geometry="AA")


def test_settings_deleted_while_open_are_saved_again(path: Path) -> None:
    """What the person chose in this session does not vanish with the file."""
    store = SettingsFile(path)
    store.update(keys=(KEY,))
    path.unlink()
    assert store.update(theme="dark") == SettingsFile(path).current == Settings(keys=(KEY,), theme="dark")


DAMAGED = ["", "{", "[]", "null", '"text"', "\x00" * 64, "[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_file_is_kept_aside(path: Path, content: str) -> None:
    """The defaults apply, the old bytes are kept, and one sentence says where."""
    _write(path, content)
    store = SettingsFile(path)
    (aside,) = _names(path)
    assert aside.startswith("settings.damaged-")
    assert (path.parent / aside).read_text(encoding="utf-8") == content
    expected = f"The settings file was damaged, so the defaults apply; the old file is kept as {aside}."
    assert (store.current, store.notice) == (Settings(), expected)
    assert store.update(theme="dark") == SettingsFile(path).current


def test_file_of_another_encoding_is_kept_aside(path: Path) -> None:
    """Bytes that are no UTF-8 do not stop the program."""
    _write(path, "")
    path.write_bytes(b"\xff\xfe\x00{")
    assert (SettingsFile(path).current, len(_names(path))) == (Settings(), 1)


def test_mark_of_an_editor_is_read(path: Path) -> None:
    """A byte order mark is no damage."""
    _write(path, '\ufeff{"theme": "dark"}')
    assert SettingsFile(path).current == Settings(theme="dark")


BAD = [
    ("theme", "purple"),
    ("theme", 1),
    ("theme", None),
    ("answer_limit_tokens", 5),
    ("answer_limit_tokens", "4096"),
    ("answer_limit_tokens", 4096.0),
    ("answer_limit_tokens", True),
    ("answer_limit_tokens", 10**30),
    ("favourites", "glm-5"),
    ("favourites", [1]),
    ("favourites", {"a": 1}),
    ("last_model", []),
    ("keys", [{"provider": "openai"}]),
    ("keys", ["sk-1"]),
    ("keys", {}),
    ("keys", [{"provider": "a", "base_url": "b", "masked": "c", "verified_ms": "now"}]),
    ("keys", [{"provider": "a", "base_url": "b", "masked": "c", "models": [1]}]),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_one_bad_value_costs_one_option(path: Path, name: str, value: object) -> None:
    """The others are read and saved; the file with the bad one is kept aside and the option is named."""
    _write(path, {"window_geometry": "AA", "voice": 1, name: value})
    store = SettingsFile(path)
    assert store.current == Settings(window_geometry="AA")
    assert store.notice is not None
    assert store.notice.startswith(f"Some settings had values of no use ({name}), so their defaults apply; ")
    assert json.loads(path.read_text(encoding="utf-8"))["voice"] == 1
    again = SettingsFile(path)
    assert (again.current, again.notice, len(_names(path))) == (store.current, None, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"theme": "purple"},
        {"answer_limit_tokens": 1.5},
        {"keys": ["sk-1"]},
        {"nothing": 1},
        {"favourites": [1]},
    ],
)
def test_bad_change_is_refused(path: Path, changes: dict[str, Any]) -> None:
    """Neither the memory nor the file changes."""
    store = SettingsFile(path)
    store.update(theme="dark")
    before = path.read_bytes()
    with pytest.raises(BadInput):
        store.update(**changes)
    assert (store.current, path.read_bytes()) == (Settings(theme="dark"), before)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EROFS, StorageReadOnly),
        (errno.EACCES, StorageReadOnly),
        (errno.EIO, StorageFailed),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failed_save_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, kind: type[StorageFailed]
) -> None:
    """A full or read-only disk is told by name; the old file is whole and no temporary one stays."""
    store = SettingsFile(path)
    store.update(theme="dark")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(private_file.os, call, fail)
    with pytest.raises(StorageFailed) as caught:
        store.update(theme="light")
    assert (type(caught.value), store.current) == (kind, Settings(theme="dark"))
    assert (path.read_bytes(), _names(path)) == (before, ["settings.json"])


def test_read_only_folder_is_readable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings apply, a change is refused; a damaged file stays where it is."""
    _write(path, {"theme": "dark"})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(private_file.tempfile, "mkstemp", refuse)
    store = SettingsFile(path)
    with pytest.raises(StorageReadOnly):
        store.update(theme="light")
    assert store.current == Settings(theme="dark")
    monkeypatch.setattr(os, "replace", refuse)
    _write(path, "{")
    notice = SettingsFile(path).notice
    assert notice == f"The settings file was damaged, so the defaults apply; {path} was left as it is."


def test_unreadable_file_is_not_overwritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read: the defaults apply, and they are not saved over it."""
    _write(path, {"theme": "dark"})

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", refuse)
        store = SettingsFile(path)
        with pytest.raises(StorageReadOnly):
            store.update(picker_sort="rate")
    notice = f"The settings could not be read, so the defaults apply: {path}."
    assert (store.current, store.notice) == (Settings(), notice)
    assert SettingsFile(path).current == Settings(theme="dark")


def test_write_private_replaces_whole_files(tmp_path: Path) -> None:
    """A shorter text leaves nothing of the longer one."""
    target = tmp_path / "file"
    write_private(target, "long text")
    write_private(target, "ü\n")
    assert target.read_bytes() == "ü\n".encode()


def test_two_files_damaged_in_one_second_are_both_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second does not take the name of the first."""
    monkeypatch.setattr("nexu_desktop.adapters.settings_file.time.strftime", lambda _: "20260101-000000")
    for content in ("{", "[", "]"):
        _write(path, content)
        SettingsFile(path)
    kept = {name: (path.parent / name).read_text("utf-8") for name in _names(path)}
    stem = "settings.damaged-20260101-000000"
    assert kept == {f"{stem}.json": "{", f"{stem}-2.json": "[", f"{stem}-3.json": "]"}
