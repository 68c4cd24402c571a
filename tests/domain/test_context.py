"""What of a conversation is sent again, and why the rest is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.chat import Attachment, AttachmentKind, ContextRules, Conversation, Message, Role
from nexu_desktop.domain.context import (
    SYSTEM_ID,
    ContextItem,
    Image,
    ItemKind,
    Said,
    Unsent,
    as_text,
    asked,
    items,
    keep_from,
    sent,
)

NOTES = Attachment("f", AttachmentKind.TEXT, "notes.md", "text/plain", 4, "Some\n")
PHOTO = Attachment("p", AttachmentKind.IMAGE, "a.png", "image/png", 900, width=640, height=480)
ROLES = {"u": Role.USER, "a": Role.ASSISTANT, "s": Role.SYSTEM, "n": Role.NOTE}
OLD, DROPPED, USED = Unsent.OLD, Unsent.DROPPED, Unsent.USED


def row(
    name: str, text: str | None = None, *, dropped: bool = False, files: tuple[Attachment, ...] = ()
) -> Message:
    """A message whose role is the first letter of its id: u1, a1, s1 (summary), n1 (note)."""
    said = name if text is None else text
    return Message(name, "c", ROLES[name[0]], said, 0, dropped=dropped, attachments=files)


def talk(*names: str) -> list[Message]:
    """Messages by id; a "-" behind one drops it, a "0" as its text makes it empty."""
    return [row(name.rstrip("-0"), "" if name[-1] == "0" else None, dropped="-" in name) for name in names]


def conversation(system: str = "", **rules: object) -> Conversation:
    return Conversation("c", "", None, 0, 0, system=system, rules=ContextRules(**rules))


def reasons(messages: list[Message], **rules: object) -> dict[str, Unsent | None]:
    return {item.id: item.unsent for item in items(conversation(**rules), messages)}


def texts(messages: list[Message], **rules: object) -> list[str]:
    return [one.text for one in sent(items(conversation(**rules), messages))]


def test_everything_is_sent_without_rules() -> None:
    """The prompt first, then each message in order; no notes, no empty rows."""
    found = items(conversation("Be brief."), talk("u1", "a1", "n1", "a20", "u2"))
    assert sent(found) == (
        Said("system", ("Be brief.",)),
        Said("user", ("u1",)),
        Said("assistant", ("a1",)),
        Said("user", ("u2",)),
    )


def test_an_empty_conversation_has_no_items() -> None:
    """Nothing said, nothing to drop."""
    assert items(conversation(), []) == ()


def test_prompt_can_be_dropped() -> None:
    """It stays in the list, so that it can be restored."""
    found = items(conversation("Be brief.", drop_system=True), talk("u1"))
    assert (found[0].id, found[0].kind, found[0].unsent) == (SYSTEM_ID, ItemKind.SYSTEM, DROPPED)
    assert [one.role for one in sent(found)] == ["user"]


def test_what_a_summary_stands_for_is_sent_where_it_is_not() -> None:
    """On a branch without it; what the person dropped is sent nowhere."""
    rows = [replace(row("u1", dropped=True), summaries=("s1", "s2")), row("a1", dropped=True), *talk("u2")]
    assert reasons(rows) == {"u1": None, "a1": DROPPED, "u2": None}
    assert reasons([*rows, *talk("s2")])["u1"] is DROPPED
    assert reasons([*rows, *talk("s3")])["u1"] is None
    assert texts(rows, keep_last=1) == ["u2"]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [(None, 6), (6, 6), (7, 6), (5, 5), (2, 2), (1, 1), (0, 0)],
)
def test_the_last_messages_are_kept(keep: int | None, expected: int) -> None:
    """Exactly N, or all there are."""
    names = ["u1", "a1", "u2", "a2", "u3", "a3"]
    assert names[6 - expected :] == texts(talk(*names), keep_last=keep)


def test_only_what_would_be_sent_counts() -> None:
    """Dropped messages take no place among the last N."""
    rows = talk("u1", "a1", "u2", "a2", "u3-", "a3-", "u4")
    assert texts(rows, keep_last=3) == ["u2", "a2", "u4"]
    assert reasons(rows, keep_last=3) == {
        "u1": OLD,
        "a1": OLD,
        "u2": None,
        "a2": None,
        "u3": DROPPED,
        "a3": DROPPED,
        "u4": None,
    }


def test_a_summary_outlives_the_last_n() -> None:
    """It stands for what is no longer sent, and takes no place among the messages."""
    rows = talk("u1-", "a1-", "s1", "u2", "a2", "u3")
    assert texts(rows, keep_last=2) == ["s1", "a2", "u3"]
    assert next(one.kind for one in items(conversation(), rows) if one.unsent is None) is ItemKind.SUMMARY
    assert texts(talk("s1-", "u2")) == ["u2"]


def test_summaries_join_the_prompt_in_front() -> None:
    """As one system message, for some services take only one; nothing is moved where there is none."""
    found = items(conversation("Be brief."), talk("u1", "s1", "u2", "s2"))
    expected = Said("system", ("Be brief.", "\n\n", "s1", "\n\n", "s2"))
    assert sent(found) == (expected, Said("user", ("u1",)), Said("user", ("u2",)))


def test_files_go_before_the_words_of_their_message() -> None:
    """As one message: its text files in order, its words, its images."""
    (one,) = sent(items(conversation(), [row("u1", files=(NOTES, PHOTO))]))
    image = Image("p", "image/png", 640, 480)
    assert one == Said("user", ("File notes.md:\n```\nSome\n```\n\n", "u1"), (image,))
    assert asked("u1", (NOTES, PHOTO)) == one


def test_a_file_stays_when_it_alone_is_dropped() -> None:
    """Its message is still sent; without the message no file of it is."""
    rows = [row("u1", files=(replace(NOTES, dropped=True), PHOTO))]
    assert reasons(rows) == {"f": DROPPED, "p": None, "u1": None}
    assert reasons([replace(rows[0], dropped=True)]) == {"f": DROPPED, "p": DROPPED, "u1": DROPPED}


def test_files_go_once_when_so_chosen() -> None:
    """With their question until an answer has come, and not again afterwards."""
    question = row("u1", files=(NOTES,))
    assert reasons([question], drop_files=True)["f"] is None
    assert reasons([question, *talk("a10")], drop_files=True)["f"] is None
    assert reasons([question, *talk("a1")], drop_files=True) == {"f": USED, "u1": None, "a1": None}
    assert reasons([question, *talk("a10", "u2", "a2")], drop_files=True)["f"] is USED
    assert reasons([question, *talk("a1")], drop_files=False)["f"] is None


def test_a_file_is_as_old_as_its_message() -> None:
    """What lies before the last N says so, even where the file has been used as well."""
    rows = [row("u1", files=(NOTES,)), *talk("a1", "u2")]
    assert reasons(rows, keep_last=1, drop_files=True)["f"] is OLD


def test_fence_is_longer_than_any_in_the_file() -> None:
    """A file with code blocks can't close its own block."""
    tricky = Attachment("f", AttachmentKind.TEXT, "a.md", "", 1, "x ```` y ``")
    assert as_text(tricky).splitlines()[1] == "`" * 5
    assert as_text(NOTES).splitlines()[1] == "```"


def test_title_is_the_first_words_on_one_line() -> None:
    """However long or ragged the text."""
    (item,) = items(conversation(), [row("u1", "  \n" * 500 + "Merge\n\n two\tlists " + "x" * 5_000)])
    assert item.title.startswith("Merge two lists xxx")
    assert len(item.title) == 120


def test_how_many_to_keep_from_a_message_on() -> None:
    """Keeping that many makes it the first one sent."""
    rows = talk("u1", "a1", "u2", "a2", "u3-", "s1", "u4")
    found = items(conversation(keep_last=1), rows)
    assert [keep_from(found, name) for name in ("u1", "u2", "a2", "u4", "none")] == [5, 3, 2, 1, 0]
    assert texts(rows, keep_last=3) == ["s1", "u2", "a2", "u4"]


@given(st.lists(st.tuples(st.sampled_from("uans"), st.booleans()), max_size=12), st.integers(0, 8))
def test_never_more_than_n(kinds: list[tuple[str, bool]], keep: int) -> None:
    """The last N of what is sent without the rule, whatever was dropped; summaries beside them."""
    rows = [row(f"{kind}{n}", dropped=gone) for n, (kind, gone) in enumerate(kinds)]
    every = [text for text in texts(rows) if text[0] != "s"]
    kept = [text for text in texts(rows, keep_last=keep) if text[0] != "s"]
    assert every[max(len(every) - keep, 0) :] == kept


class Watched(Message):
    """A message that counts how often something of it is read."""

    reads = 0

    def __getattribute__(self, name: str) -> object:
        Watched.reads += 1
        return super().__getattribute__(name)


def reads(count: int) -> int:
    """How often `count` messages with files are read until it is known what is sent of them."""
    Watched.reads = 0
    files = (NOTES,)
    rows = [Watched(str(n), "c", ROLES["uaa"[n % 3]], "x", 0, attachments=files) for n in range(count)]
    found: tuple[ContextItem, ...] = items(conversation(keep_last=count // 2, drop_files=True), rows)
    keep_from(found, "0")
    assert len(found) == 2 * count
    return Watched.reads


def test_work_grows_with_the_messages() -> None:
    """Twice as many are twice the work: 10,000 take a few dozen milliseconds."""
    assert reads(2_000) == pytest.approx(2 * reads(1_000), rel=0.01)
