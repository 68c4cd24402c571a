"""What every implementation of library_port.LibraryStore does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.library import Entry, Folder
from nexu_desktop.services.library_port import LibraryStore
from nexu_desktop.services.ports import Chats
from tests.contracts.chats import NOON, OWN, answer, conversation, question, receipt
from tests.contracts.chats_attachments import NOTES, asked

ALWAYS = 1 << 62


def never(cid: str) -> bool:
    return False


class LibraryContract:
    """Subclass it with a fixture `chats` that gives an empty implementation."""

    @pytest.fixture
    def library(self, chats: Chats) -> LibraryStore:
        """Three conversations, the last made first in the list."""
        for number in (1, 2, 3):
            at = NOON + number
            chats.create(conversation(f"c{number}", f"Title {number}", created_ms=at, updated_ms=at))
        return chats.library

    @staticmethod
    def found(
        library: LibraryStore,
        *terms: str,
        since: int = 0,
        until: int = ALWAYS,
        skip: Callable[[str], bool] = never,
    ) -> list[str]:
        with closing(library.said(terms, since, until, skip)) as said:
            return [one.message for one in said]

    def test_entries_say_where_conversations_stand(self, chats: Chats, library: LibraryStore) -> None:
        """And what each has cost."""
        chats.add(answer("a1", where="c1"))
        chats.finish("a1", "x", "", receipt("a1"))
        first = library.entry("c1")
        assert first is not None
        assert (first.title, first.spent) == ("Title 1", Nanocredits(350_000_000))
        rest = {Entry("c3", "Title 3", NOON + 3), Entry("c2", "Title 2", NOON + 2)}
        assert set(library.entries()) == {first} | rest
        assert library.entry("none") is None

    def test_pins_archives_and_bins(self, library: LibraryStore) -> None:
        """Several at once, and back."""
        library.pin(["c1", "c2"], 5)
        library.archive(["c2"], 6)
        library.bin(["c3"], 7)
        entries = {one.id: (one.pinned_ms, one.archived_ms, one.deleted_ms) for one in library.entries()}
        assert entries == {"c1": (5, None, None), "c2": (5, 6, None)}
        assert [(one.id, one.deleted_ms) for one in library.trash()] == [("c3", 7)]
        library.pin(["c1", "c2"], None)
        library.archive(["c2"], None)
        library.bin(["c3"], None)
        assert [one.id for one in library.entries()] == ["c3", "c2", "c1"]
        assert {(one.pinned_ms, one.archived_ms, one.deleted_ms) for one in library.entries()} == {
            (None,) * 3
        }

    def test_a_further_question_ends_the_archiving(self, chats: Chats, library: LibraryStore) -> None:
        """An answer that arrives late does not."""
        library.archive(["c1", "c2"], 6)
        chats.add(question("q1", where="c1"))
        chats.add(answer("a2", where="c2"))
        assert {one.id: one.archived_ms for one in library.entries()} == {"c1": None, "c2": 6, "c3": None}

    def test_folders(self, library: LibraryStore) -> None:
        """Made in their place, renamed, folded, put in order; one that goes leaves its conversations behind."""
        library.add_folder(Folder("f1", "Work"), 0)
        library.add_folder(Folder("f2", "家"), 1)
        library.add_folder(Folder("f0", "First"), 0)
        library.move(["c1", "c2"], "f1")
        library.move(["c3"], "no such folder")
        library.rename_folder("f2", "Home")
        library.fold_folder("f2", True)
        assert library.folders() == (Folder("f0", "First"), Folder("f1", "Work"), Folder("f2", "Home", True))
        assert {one.id: one.folder for one in library.entries()} == {"c1": "f1", "c2": "f1", "c3": None}
        library.order_folders(["f2", "f1", "f0"])
        library.remove_folder("f1")
        assert [one.id for one in library.folders()] == ["f2", "f0"]
        assert {one.folder for one in library.entries()} == {None}

    def test_tags(self, library: LibraryStore) -> None:
        """What is set replaces what was; a conversation that is gone gets none."""
        library.set_tags({"c1": ["work", "工作"], "c2": ["work"], "none": ["x"]})
        library.set_tags({"c2": []})
        tags = {one.id: one.tags for one in library.entries()}
        assert tags == {"c1": ("work", "工作"), "c2": (), "c3": ()}

    def test_everything_is_put_back(self, library: LibraryStore) -> None:
        """As it was before, except into a folder that is gone."""
        library.add_folder(Folder("f1", "Work"), 0)
        library.move(["c1"], "f1")
        library.set_tags({"c1": ["a"]})
        library.pin(["c2"], 4)
        before = library.entries()
        library.bin(["c1", "c2"], 9)
        library.move(["c1"], None)
        library.set_tags({"c1": [], "c2": ["b"]})
        library.pin(["c2"], None)
        library.put_back(before)
        assert library.entries() == before
        library.remove_folder("f1")
        library.put_back(before)
        assert library.entries() == tuple(replace(one, folder=None) for one in before)

    def test_purges_from_the_trash_alone(self, chats: Chats, library: LibraryStore) -> None:
        """What is not in it stays; what was charged stays known."""
        chats.add(answer("a1", where="c1"))
        chats.finish("a1", "x", "", receipt("a1"))
        library.bin(["c1", "c2"], 7)
        assert library.purge(["c1", "c3", "none"]) == 1
        assert [one.id for one in (*library.entries(), *library.trash())] == ["c3", "c2"]
        assert len(chats.receipts(limit=9)) == 1

    def test_purges_what_is_old(self, chats: Chats, library: LibraryStore) -> None:
        """By the time of its deletion."""
        library.bin(["c1"], 100)
        library.bin(["c2"], 200)
        assert chats.purge_deleted(200) == 1
        assert [one.id for one in library.trash()] == ["c2"]

    def test_finds_what_was_said(self, chats: Chats, library: LibraryStore) -> None:
        """Every term in one message, newest first, with the names and texts of its files; not the reasoning."""
        chats.attach("c1", NOTES, b"# Notes\n")
        chats.add(replace(asked(NOTES), text="Merge two lists"), answer("a1"))
        chats.finish("a1", "Merge them with 归并排序", "secretly", receipt())
        chats.add(question("q2", "merged LISTS", where="c2"))
        finds = {
            terms: self.found(library, *terms)
            for terms in (
                ("merge",),
                ("merge", "lists"),
                ("归并",),
                ("排",),
                ("notes",),
                ("secretly",),
                ("zzz",),
            )
        }
        assert list(finds.values()) == [["q2", "a1", "q1"], ["q2", "q1"], ["a1"], ["a1"], ["q1"], [], []]

    def test_finds_within_days_and_conversations(self, chats: Chats, library: LibraryStore) -> None:
        """`since` counts, `until` does not; what is skipped is not read."""
        for number in (1, 2, 3):
            chats.add(Message(f"q{number}", f"c{number}", Role.USER, "tide", NOON + number))
        assert self.found(library, "tide", since=NOON + 2) == ["q3", "q2"]
        assert self.found(library, "tide", until=NOON + 2) == ["q1"]
        assert self.found(library, "tide", skip=lambda cid: cid == "c2") == ["q3", "q1"]
        chats.add(Message("q4", "c1", Role.USER, "an old tide, stored late", NOON - 5))
        assert self.found(library, "tide", until=NOON + 2) == ["q4", "q1"]
        assert self.found(library, "tide", since=NOON + 2) == ["q3", "q2"]
        assert self.found(library, "tide", since=NOON + 9) == []

    def test_what_changes_is_found_as_it_is_now(self, chats: Chats, library: LibraryStore) -> None:
        """Not while it streams, at once when it is finished, and no more when it is removed."""
        chats.add(question(), answer())
        chats.save_answer("a1", "Because of", "")
        streaming = self.found(library, "because")
        chats.finish("a1", "Because.", "", receipt())
        finished = self.found(library, "because")
        chats.hide("c1", ["a1"], "q1")
        assert (streaming, finished, self.found(library, "because")) == ([], ["a1"], [])
        assert library.unread() == 0

    def test_a_summary_is_found_at_once(self, chats: Chats, library: LibraryStore) -> None:
        """Whatever writes a message takes it into the index: none waits for the next start."""
        chats.add(question(), answer())
        chats.summarise(Message("s1", "c1", Role.SYSTEM, "In short: tides.", NOON, parent="a1"), ["q1", "a1"])
        assert (self.found(library, "short"), library.unread()) == (["s1"], 0)

    def test_who_answered(self, chats: Chats, library: LibraryStore) -> None:
        """The model that is set, and those that have answered; never the provider's name."""
        chats.add(answer("a2", where="c2"))
        chats.finish("a2", "x", "", receipt("a2", ref=OWN))
        chats.set_model("c3", OWN)
        assert library.answered_by("glm-5") == {"c1", "c2", "c3"}
        assert library.answered_by(":free") == {"c2", "c3"}
        assert library.answered_by("openrouter") == frozenset()

    def test_titles(self, library: LibraryStore) -> None:
        """Of what is not in the trash."""
        library.bin(["c2"], 5)
        assert library.titles() == (("c3", "Title 3", NOON + 3), ("c1", "Title 1", NOON + 1))
