"""Searching: titles first, filters, limits, and being called off."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from datetime import datetime

import pytest

from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.library import FOREVER_MS, Found, Said
from nexu_desktop.services import search as module
from nexu_desktop.services.library import Library
from tests.services.house import House

GLM, GEMINI = ModelRef(Lane.SANDBOX, "sandbox", "glm-5"), ModelRef(Lane.SANDBOX, "sandbox", "gemini-3")
MAY = int(datetime(2026, 5, 4, 12).timestamp() * 1000)
DAY_MS = 86_400_000


@pytest.fixture
def library(house: House) -> Library:
    """c1 on tides (glm, May 4), c2 on rivers (gemini, May 5), c3 with a title alone (May 6)."""
    talks = (
        ("c1", "Tides", GLM, ("Why do tides come twice a day?", "月球引力造成潮汐")),
        ("c2", "Rivers", GEMINI, ("How does a river meet the tides?",)),
        ("c3", "Tides and rivers", GEMINI, ()),
    )
    for number, (cid, title, ref, texts) in enumerate(talks):
        at = MAY + number * DAY_MS
        house.chats.create(Conversation(cid, title, ref, at, at))
        house.chats.add(*(Message(f"{cid}-{n}", cid, Role.USER, text, at) for n, text in enumerate(texts)))
    return house.desk.library


def shown(found: Found) -> tuple[list[str], list[str]]:
    """Ids by title, and of messages."""
    return [one.entry.id for one in found.titles], [hit.message for one in found.messages for hit in one.hits]


def test_titles_come_first(library: Library) -> None:
    """Every word in the title, or every word in one message."""
    found = library.search.find("tides")
    assert ({*shown(found)[0]}, shown(found)[1]) == ({"c1", "c3"}, ["c2-0", "c1-0"])
    assert [one.marks for one in found.titles] == [((0, 5),)] * 2
    assert shown(library.search.find("tides river")) == (["c3"], ["c2-0"])
    assert shown(library.search.find("潮汐")) == ([], ["c1-1"])
    assert library.search.find("volcano").empty
    assert library.search.find("  ") == Found()


def test_filters(library: Library) -> None:
    """By tag, folder, model and day, alone or together; a title counts on the day its conversation changed."""
    work = library.new_folder("My work")
    library.move(["c1", "c3"], work.id)
    library.tag(["c2", "c3"], ["Water"])
    finds = {
        text: shown(library.search.find(text))
        for text in (
            "tag:water",
            "tag:WATER tides",
            'folder:"my work" tides',
            "model:glm tides",
            "model:gemini tag:water",
            "after:2026-05-05 tides",
            "before:2026-05-05 tides",
        )
    }
    assert {text: ({*titles}, messages) for text, (titles, messages) in finds.items()} == {
        "tag:water": ({"c2", "c3"}, []),
        "tag:WATER tides": ({"c3"}, ["c2-0"]),
        'folder:"my work" tides': ({"c1", "c3"}, ["c1-0"]),
        "model:glm tides": ({"c1"}, ["c1-0"]),
        "model:gemini tag:water": ({"c2", "c3"}, []),
        "after:2026-05-05 tides": ({"c3"}, ["c2-0"]),
        "before:2026-05-05 tides": ({"c1"}, ["c1-0"]),
    }


def test_a_day_begins_at_midnight(house: House, library: Library) -> None:
    """What changed at that very moment is after it, and not before it; messages and titles alike."""
    midnight = int(datetime(2026, 5, 5).timestamp() * 1000)
    house.chats.create(Conversation("m", "Estuary", GLM, midnight, midnight))
    house.chats.create(Conversation("n", "", GLM, midnight, midnight))
    house.chats.add(Message("n-0", "n", Role.USER, "An estuary.", midnight))
    assert shown(library.search.find("after:2026-05-05 estuary")) == (["m"], ["n-0"])
    assert shown(library.search.find("before:2026-05-05 estuary")) == ([], [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tag:nothing", "There is no tag “nothing”. There are: Water."),
        ("folder:none x", "There is no folder “none”. There is no folder yet."),
        ("before:soon", "“before:soon” is no date. Write it as before:2026-03-31."),
    ],
)
def test_what_is_wrong_is_said(library: Library, text: str, sentence: str) -> None:
    """Names that do not exist are told with those that do."""
    library.tag(["c1"], ["Water"])
    with pytest.raises(BadInput) as refused:
        library.search.find(text)
    assert refused.value.sentence == sentence


def test_the_trash_is_not_searched_but_the_archive_is(library: Library) -> None:
    """Nor its titles; restored, it is found again."""
    library.archive(["c2"])
    library.delete(["c1"])
    assert shown(library.search.find("tides")) == (["c3"], ["c2-0"])
    library.restore(["c1"])
    assert shown(library.search.find("tides"))[1] == ["c2-0", "c1-0"]


def test_limits(house: House, library: Library) -> None:
    """A few of each conversation, so many conversations, and word that there is more."""
    for number in range(module.CONVERSATIONS_MAX + 2):
        house.chats.create(Conversation(f"d{number}", "", None, 1, 1))
        house.chats.add(*(Message(f"d{number}-{n}", f"d{number}", Role.USER, "polder", 1) for n in range(4)))
    found = library.search.find("polder")
    assert [len(one.hits) for one in found.messages] == [module.HITS_EACH] * module.CONVERSATIONS_MAX
    assert (found.messages[0].hits[0].message, found.more) == ("d51-3", True)
    assert not library.search.find("tides").more


def test_titles_have_a_limit_of_their_own(house: House, library: Library) -> None:
    """So many, and word that there are more."""
    for number in range(module.CONVERSATIONS_MAX):
        house.chats.create(Conversation(f"d{number}", "Polder", None, 1, 1))
    found = library.search.find("polder")
    assert (len(found.titles), found.more) == (module.CONVERSATIONS_MAX, False)
    house.chats.create(Conversation("one more", "Polder", None, 1, 1))
    found = library.search.find("polder")
    assert (len(found.titles), found.more) == (module.CONVERSATIONS_MAX, True)


def test_what_there_is_after_a_moment_is_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, before the whole."""
    monkeypatch.setattr(module, "EARLY_S", -1.0)
    early: list[Found] = []
    found = library.search.find("tides", early.append)
    assert [shown(one)[1] for one in early] == [["c2-0"]]
    assert shown(found)[1] == ["c2-0", "c1-0"]


def test_a_search_is_called_off(library: Library) -> None:
    """At the next message, without an error."""
    assert shown(library.search.find("tides", stopped=lambda: True))[1] == []
    assert shown(library.search.find("tides"))[1] == ["c2-0", "c1-0"]


def test_a_cancelled_search_ends_its_work(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread takes no further message, and the files are closed only after it."""
    store, taken = library.search._store, []
    began, cancelled = threading.Event(), threading.Event()
    (message, *_) = store.said(["tides"], 0, FOREVER_MS, lambda cid: False)

    def slowly(*_: object) -> Generator[Said, None, None]:
        for _ in range(50):
            taken.append(message)
            yield message
            began.set()
            assert cancelled.wait(10)

    monkeypatch.setattr(store, "said", slowly)

    async def look() -> None:
        task = asyncio.ensure_future(library.search.find_async("tides", lambda found: None))
        await asyncio.to_thread(began.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        cancelled.set()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(look())
    assert len(taken) == 2  # the second one was on its way


def test_what_older_versions_wrote_is_read_in(house: House, library: Library) -> None:
    """With word of how much is left, which a search tells too."""
    with house.chats._database.transaction() as db:
        db.execute("INSERT INTO search_waiting SELECT seq FROM message")
    heard: list[int] = []
    before = library.search.find("tides").unread
    asyncio.run(library.search.read_old(heard.append))
    assert (before, heard, library.search.find("tides").unread) == (3, [0], 0)
