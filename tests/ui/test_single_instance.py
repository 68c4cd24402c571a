"""One window per data directory."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from nexu_desktop.ui.single_instance import SingleInstance


def test_a_second_start_raises_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    """The second is told that it is not the first, the first is told to come up."""
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.is_first()
    with qtbot.waitSignal(first.raised):
        assert not second.is_first()
    first.close()


def test_another_directory_is_another_window(qtbot: QtBot, tmp_path: Path) -> None:
    """Two profiles can be open side by side."""
    first, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert (first.is_first(), other.is_first()) == (True, True)
    first.close()
    other.close()


def test_after_the_end_the_name_is_free(qtbot: QtBot, tmp_path: Path) -> None:
    """A new start after a close, or after a kill, is the first again."""
    first = SingleInstance(tmp_path)
    assert first.is_first()
    first.close()
    second = SingleInstance(tmp_path)
    assert second.is_first()
    second.close()
