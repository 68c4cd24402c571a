"""The palette, the sheet of keys, the menus and the README say the same of every action."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot

from nexu_desktop.ui.actions import ACTIONS, Commands, action, key_table
from nexu_desktop.ui.drafts import Drafts
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.palette.opener import PaletteOpener
from nexu_desktop.ui.palette.palette import Palette
from tests.architecture.source import ROOT
from tests.ui.settings_world import World

TITLES = {"orbital": "Orbital mechanics", "房东": "写给房东的信"}


@pytest.fixture
def gone() -> list[str]:
    """Conversations that were gone to."""
    return []


@pytest.fixture
def opener(world: World, qtbot: QtBot, gone: list[str]) -> PaletteOpener:
    """Over a window with two conversations that have titles."""
    window = MainWindow()
    qtbot.addWidget(window)
    for title in TITLES.values():
        cid = world.core.desk.new_conversation().id
        Drafts(world.core.desk).save(cid, "x")
        world.core.desk.rename(cid, title)
    window.resize(900, 600)
    window.show()
    qtbot.waitExposed(window)
    return PaletteOpener(window, world.core.desk, gone.append)


def window_of(opener: PaletteOpener) -> MainWindow:
    window = opener.parent()
    assert isinstance(window, MainWindow)
    return window


def words(palette: Palette) -> list[str]:
    return [row.words for row in palette.model.rows]


def chosen(palette: Palette) -> str:
    return palette.model.rows[palette.list.currentIndex().row()].words


def test_the_readme_has_exactly_these_keys() -> None:
    """A key that is added, moved or named otherwise is so in the README too."""
    part = (ROOT / "README.md").read_text("utf-8").split("## Keys of the window", 1)[1].split("\n## ", 1)[0]
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in part.splitlines()
        if "|" in line
    ]
    assert tuple(rows[2:]) == key_table()


def test_no_key_means_two_things() -> None:
    """Qt runs neither of two actions that have one key."""
    counted = Counter(keys for one in ACTIONS for keys in one.keys)
    assert [keys for keys, times in counted.items() if times > 1] == []
    assert len({one.id for one in ACTIONS}) == len(ACTIONS)


def test_ids_in_use_are_declared(opener: PaletteOpener) -> None:
    """What the window binds has its keys as shortcuts."""
    window = window_of(opener)
    shortcuts = {one.key().toString() for one in window.findChildren(QShortcut)}
    assert {keys for one in window.commands.bound() for keys in one.keys} <= shortcuts


def test_typing_filters_and_enter_does_it(opener: PaletteOpener, qtbot: QtBot) -> None:
    """Every typed word counts, in any order; the layer is closed before the action runs."""
    wanted: list[tuple[str, bool]] = []
    window_of(opener).theme_wanted.connect(lambda theme: wanted.append((theme, opener.palette.isVisible())))
    opener.open()
    qtbot.keyClicks(opener.palette.filter, "dark theme")
    assert chosen(opener.palette) == "Theme: Dark"
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Return)
    assert wanted == [("dark", False)]


def test_search_everything_is_first(opener: PaletteOpener, qtbot: QtBot) -> None:
    """Without words it is chosen; words that name no action go into the search."""
    opener.open()
    assert chosen(opener.palette) == words(opener.palette)[0] == action("search").words
    qtbot.keyClicks(opener.palette.filter, "zebra stripes")
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Return)
    assert window_of(opener).sidebar.search.text() == "zebra stripes"


@pytest.mark.parametrize("typed", TITLES)
def test_a_conversation_is_found_by_its_title(
    opener: PaletteOpener, world: World, qtbot: QtBot, gone: list[str], typed: str
) -> None:
    """Enter goes to that one."""
    opener.open()
    opener.palette.filter.setText(typed)
    assert chosen(opener.palette) == f"Go to: {TITLES[typed]}"
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Return)
    titles = {one.id: one.title for one in world.core.desk.conversations()}
    assert [titles[cid] for cid in gone] == [TITLES[typed]]


def test_one_of_several_titles_is_gone_to(opener: PaletteOpener, world: World, gone: list[str]) -> None:
    """Each row to its own conversation, not all of them to the last."""
    for row in [row for row in opener.find("") if row.words.startswith("Go to: ")]:
        assert row.call is not None
        row.call()
    assert sorted(gone) == sorted(one.id for one in world.core.desk.conversations())


def test_arrows_move_and_are_told(opener: PaletteOpener, qtbot: QtBot) -> None:
    """A screen reader hears the chosen line with its keys."""
    opener.open()
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Down)
    assert opener.palette.filter.accessibleDescription() == "New conversation, Ctrl+N"


def test_escape_gives_the_focus_back(opener: PaletteOpener, qtbot: QtBot) -> None:
    """To where it was before."""
    window = window_of(opener)
    window.composer.focus_input()
    before = window.focusWidget()
    opener.open()
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Escape)
    assert window.focusWidget() is before
    assert not opener.palette.isVisible()


def test_the_sheet_shows_every_key(opener: PaletteOpener, qtbot: QtBot) -> None:
    """Those of the window as those of a place; a line of a place does nothing on Enter."""
    opener.open_keys()
    shown = set(words(opener.palette))
    assert {one.words for one in window_of(opener).commands.bound() if one.keys} <= shown
    opener.palette.filter.setText("new line")
    qtbot.keyClick(opener.palette.filter, Qt.Key.Key_Return)
    assert opener.palette.isVisible()


def test_the_layer_fits_a_small_window(opener: PaletteOpener) -> None:
    """All of the card is inside."""
    opener.open()
    assert opener.palette.rect().contains(opener.palette.card.geometry())


def test_a_later_binding_counts(qtbot: QtBot) -> None:
    """The keys run what was bound last."""
    window = MainWindow()
    qtbot.addWidget(window)
    done: list[int] = []
    commands = Commands(window)
    commands.bind("new", lambda: done.append(1))
    commands.bind("new", lambda: done.append(2))
    commands.run("new")
    assert done == [2]
