"""The library's stories: what can be taken back, what is refused, and how long the trash keeps."""

from __future__ import annotations

import asyncio

import pytest

from nexu_desktop.domain.chat import Conversation
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.library import DAY_MS, TRASH_DAYS, Entry
from nexu_desktop.services.library import Library
from tests.services.house import House


@pytest.fixture
def library(house: House) -> Library:
    """Three conversations: c1 to c3, the last one newest."""
    for number in (1, 2, 3):
        house.chats.create(Conversation(f"c{number}", f"Title {number}", None, number, number))
    return house.desk.library


def stand(library: Library) -> dict[str, Entry]:
    return {entry.id: entry for entry in library.entries()}


def test_deleting_is_taken_back(library: Library) -> None:
    """One or several; the words say what went, and one alone is opened again."""
    one, many = library.delete(["c1"]), library.delete(["c2", "c3"])
    assert (one.told, one.opens) == ("Deleted “Title 1”", "c1")
    assert (many.told, many.opens, list(stand(library))) == ("Deleted 2 conversations", "", [])
    many.back()
    assert list(stand(library)) == ["c3", "c2"]
    assert [(entry.id, days) for entry, days in library.trash()] == [("c1", TRASH_DAYS)]


def test_moving_archiving_and_tagging_are_taken_back(library: Library) -> None:
    """Each conversation goes back to where it was, not all to one place."""
    work = library.new_folder("Work")
    library.move(["c1"], work.id)
    library.tag(["c2"], ["old"])
    before = stand(library)
    home = library.new_folder("家")
    undo = [
        library.move(["c1", "c2"], home.id),
        library.archive(["c1", "c3"]),
        library.tag(["c1", "c2"], ["x"], ["old"]),
    ]
    assert [one.told for one in undo] == [
        "Moved to “家”: 2 conversations",
        "Archived 2 conversations",
        "Changed the tags of 2 conversations",
    ]
    assert [entry.tags for entry in stand(library).values()] == [(), ("x",), ("x",)]
    for one in reversed(undo):
        one.back()
    assert stand(library) == before


def test_a_folder_that_goes_can_come_back(library: Library) -> None:
    """In its place, with those that were in it, the deleted ones too."""
    folders = [library.new_folder(name) for name in ("A", "B", "C")]
    library.move(["c1", "c2"], folders[1].id)
    library.delete(["c2"])
    undo = library.delete_folder(folders[1].id)
    assert undo is not None
    assert ([one.name for one in library.folders()], stand(library)["c1"].folder) == (["A", "C"], None)
    undo.back()
    library.restore(["c2"])
    assert [one.name for one in library.folders()] == ["A", "B", "C"]
    assert {one.id for one in stand(library).values() if one.folder == folders[1].id} == {"c1", "c2"}
    assert library.delete_folder("none") is None


def test_folders_have_different_names(library: Library) -> None:
    """Whatever the case; one may be renamed to another way of writing itself."""
    work, _ = library.new_folder("Work"), library.new_folder("Home")
    for refused in ("WORK", "  home "):
        with pytest.raises(BadInput):
            library.new_folder(refused)
    with pytest.raises(BadInput):
        library.rename_folder(work.id, "home")
    library.rename_folder(work.id, "work")
    assert [one.name for one in library.folders()] == ["work", "Home"]


def test_folders_are_put_in_order(library: Library) -> None:
    """A step at a time, and never beyond an end."""
    first, *_ = [library.new_folder(name) for name in "ABC"]
    orders = []
    for steps in (1, 1, 1, -1):
        library.shift_folder(first.id, steps)
        orders.append("".join(one.name for one in library.folders()))
    assert orders == ["BAC", "BCA", "BCA", "BAC"]


def test_a_tag_keeps_its_first_spelling(library: Library) -> None:
    """And is on a conversation once; counts include the archive."""
    library.tag(["c1"], ["Work"])
    library.archive(["c1"])
    library.tag(["c1", "c2"], ["WORK", "工作"])
    assert library.tags() == (("Work", 2), ("工作", 2))
    with pytest.raises(BadInput):
        library.tag(["c3"], ["fine", "not, fine"])
    assert stand(library)["c3"].tags == ()


def test_pins(library: Library) -> None:
    """On and off."""
    library.pin(["c1"], True)
    pinned = [entry.id for entry in stand(library).values() if entry.pinned_ms is not None]
    library.pin(["c1"], False)
    assert (pinned, stand(library)["c1"].pinned_ms) == (["c1"], None)


def test_the_trash_is_emptied(library: Library) -> None:
    """Some of it or all of it; nothing outside it goes."""
    library.delete(["c1", "c2"])
    assert (library.purge(["c1", "c3"]), library.empty_trash(), library.empty_trash()) == (1, 1, 0)
    assert list(stand(library)) == ["c3"]


def test_a_start_empties_what_is_old(house: House, library: Library) -> None:
    """After 30 days, not before; and what was charged is still in the ledger."""
    cid = house.talk("What is a tide?")
    charged = house.last(cid).charged
    library.delete([cid])
    house.clock.ms += TRASH_DAYS * DAY_MS - 1_000
    asyncio.run(house.desk.start(house.events.append))
    library.delete(["c1"])
    assert [(entry.id, days) for entry, days in library.trash()] == [("c1", 30), (cid, 1)]
    house.clock.ms += 2_000
    asyncio.run(house.desk.start(house.events.append))
    assert [entry.id for entry, _ in library.trash()] == ["c1"]
    assert charged == sum(
        entry.amount
        for entry in house.ledgers[house.desk.ref(cid).lane].entries(limit=99)
        if entry.kind == "charge"
    )
