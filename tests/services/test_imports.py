"""Import: look, choose, store, take back; money and keys stay as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.transfer import Left, Source, TransferStopped
from nexu_desktop.services.imports import Imported, Imports, Preview, State
from nexu_desktop.services.ports import Grant
from tests.adapters import foreign
from tests.adapters.foreign import as_file, never, quiet
from tests.services.house import House

EVERYTHING = (
    lambda: [foreign.chatgpt()], lambda: [foreign.claude()], foreign.cherry, foreign.chatbox, foreign.openai,
)  # fmt: skip


def look(imports: Imports, path: Path) -> Preview:
    return imports.preview(path, quiet, never)


def take(imports: Imports, path: Path, *chosen: str) -> Imported:
    preview = look(imports, path)
    return imports.run(preview, chosen or preview.wanted, quiet, never)


def longer(whole: dict[str, Any]) -> dict[str, Any]:
    """The same ChatGPT conversation after one more answer."""
    whole["mapping"].update([foreign.chatgpt_node("a2", "q2", "assistant", "Gern.")])
    return {**whole, "current_node": "a2", "update_time": 1_800_000_000}


def test_a_preview_stores_nothing(imports: Imports, house: House, tmp_path: Path) -> None:
    """It tells titles, counts and dates, newest first, and what is left out."""
    path = as_file(
        tmp_path, [foreign.chatgpt(), foreign.chatgpt("c-2", title="Newer", update_time=1_800_000_000)]
    )
    preview = look(imports, path)
    assert [(row.title, row.messages, row.fresh, row.state) for row in preview.rows] == [
        ("Newer", 4, 4, State.NEW),
        ("Spiders", 4, 4, State.NEW),
    ]
    assert preview.sources == (Source.CHATGPT,)
    assert dict(preview.left_out)[Left.TOOLS] == 4
    assert house.chats.conversations() == ()


def test_what_was_chosen_is_stored(imports: Imports, house: House, tmp_path: Path) -> None:
    """With every branch, its own dates, the model by name, and nothing spent."""
    done = take(imports, as_file(tmp_path, [foreign.chatgpt()]))
    (made,) = house.chats.conversations()
    assert (done.created, done.messages, done.stopped) == ((made.id,), 4, False)
    assert (made.title, made.created_ms, made.spent, made.ref) == ("Spiders", 1_700_000_000_500, 0, None)
    shown, whole = house.chats.messages(made.id), house.chats.tree(made.id)
    assert [one.text for one in shown] == ["How many legs has a spider?", "Let me look.\n\nEight.", "谢谢"]
    assert [one.text for one in whole if one.parent == shown[0].id] == ["Six.", "Let me look.\n\nEight."]
    assert shown[1].ref == ModelRef(Lane.LOCAL, "chatgpt", "gpt-5")
    assert [one.name for one in shown[2].attachments] == ["leg.png"]
    assert all(one.receipt is None for one in whole)


def test_an_import_is_an_ordinary_conversation(imports: Imports, house: House, tmp_path: Path) -> None:
    """It can be gone on with; what is known of a file by name alone is not sent."""
    (cid,) = take(imports, as_file(tmp_path, [foreign.claude()])).created
    assert house.send(cid, "Another?") is not None
    sent = "\n".join(one.text for one in house.asked[-1].messages)
    assert "Cat, hat." in sent
    assert "cat, hat" in sent  # the text of the text file
    assert "photo.jpg" not in sent


def test_the_same_file_again_changes_nothing(imports: Imports, house: House, tmp_path: Path) -> None:
    """Conversations and messages are known by where they come from."""
    path = as_file(tmp_path, [foreign.chatgpt()])
    take(imports, path)
    preview = look(imports, path)
    assert [(row.state, row.fresh) for row in preview.rows] == [(State.SAME, 0)]
    assert preview.wanted == frozenset()
    assert imports.run(preview, [preview.rows[0].id], quiet, never) == Imported()
    assert len(house.chats.conversations()) == 1


def test_a_newer_export_adds_what_is_new(imports: Imports, house: House, tmp_path: Path) -> None:
    """Behind the branch shown, which it then shows; undo takes exactly that back."""
    path = as_file(tmp_path, [foreign.chatgpt()])
    (cid,) = take(imports, path).created
    house.chats.rename(cid, "Mine")
    before = house.chats.conversation(cid), house.chats.messages(cid)
    as_file(tmp_path, [longer(foreign.chatgpt())])
    assert look(imports, path).rows[0].state is State.MORE
    done = take(imports, path)
    assert [one.text for one in house.chats.messages(cid)][-1] == "Gern."
    after = house.chats.conversation(cid)
    assert after is not None
    assert (done.conversations, done.messages, after.title) == (1, 1, "Mine")
    assert imports.undo(done) == 1
    undone = house.chats.conversation(cid)
    assert before[0] is not None
    assert undone is not None
    assert (undone.leaf, house.chats.messages(cid)) == (before[0].leaf, before[1])


def test_what_is_sent_next_knows_of_the_import(imports: Imports, house: House, tmp_path: Path) -> None:
    """And of its undoing: the estimate is made of what is there now."""

    def tokens() -> int:
        estimate = house.desk.estimate(cid, "Next")
        assert estimate is not None
        return estimate.input.tokens

    path = as_file(tmp_path, [foreign.chatgpt()])
    (cid,) = take(imports, path).created
    before = tokens()
    as_file(tmp_path, [longer(foreign.chatgpt())])
    done = take(imports, path)
    assert tokens() == before + 1  # “Gern.”
    imports.undo(done)
    assert tokens() == before


def test_what_was_said_since_stays(imports: Imports, house: House, tmp_path: Path) -> None:
    """Going on here is a branch of its own that stays in sight; new messages answered here are not taken back."""
    path = as_file(tmp_path, [foreign.chatgpt()])
    (cid,) = take(imports, path).created
    house.send(cid, "Mine")
    as_file(tmp_path, [longer(foreign.chatgpt())])
    done = take(imports, path)
    assert [one.text for one in house.chats.messages(cid)][-2:] == ["Mine", "Hi there"]
    (added,) = done.added
    house.chats.show_branch(cid, added[1][0])
    house.send(cid, "Here too")
    assert imports.undo(done) == 0
    assert [one.text for one in house.chats.messages(cid)][-3:] == ["Gern.", "Here too", "Hi there"]


def test_undo_moves_the_whole_import_to_the_trash(imports: Imports, house: House, tmp_path: Path) -> None:
    """What was there before stays; a further import can fetch it from there."""
    mine = house.talk("Mine")
    path = as_file(tmp_path, [foreign.claude("a"), foreign.claude("b")])
    done = take(imports, path)
    assert imports.undo(done) == 2
    assert [one.id for one in house.chats.conversations()] == [mine]
    preview = look(imports, path)
    assert {row.state for row in preview.rows} == {State.TRASHED}
    assert preview.wanted == frozenset()
    again = imports.run(preview, [row.id for row in preview.rows], quiet, never)
    assert (len(again.restored), len(house.chats.conversations())) == (2, 3)
    assert imports.undo(again) == 2
    assert len(house.chats.conversations()) == 1


def test_a_file_that_changed_is_not_imported(imports: Imports, house: House, tmp_path: Path) -> None:
    """What was looked at is what is stored."""
    path = as_file(tmp_path, [foreign.claude()])
    preview = look(imports, path)
    as_file(tmp_path, [foreign.claude("other", name="Another title")])
    with pytest.raises(BadInput, match="changed"):
        imports.run(preview, preview.wanted, quiet, never)
    assert house.chats.conversations() == ()


def test_a_stop_keeps_whole_conversations(imports: Imports, house: House, tmp_path: Path) -> None:
    """And can be undone like any import."""
    path = as_file(tmp_path, [foreign.claude(f"k{n}") for n in range(300)])
    preview = look(imports, path)
    progress: list[tuple[int, int]] = []
    done = imports.run(preview, preview.wanted, lambda *one: progress.append(one), lambda: len(progress) > 5)
    assert done.stopped
    assert 5 < done.conversations == len(house.chats.conversations()) < 300
    assert progress[0] == (1, 300)
    assert imports.undo(done) == done.conversations
    with pytest.raises(TransferStopped):
        imports.preview(path, quiet, lambda: True)


def test_one_conversation_twice_in_a_file(imports: Imports, tmp_path: Path) -> None:
    """Is stored once and counted."""
    preview = look(imports, as_file(tmp_path, [foreign.claude(), foreign.claude()]))
    assert (len(preview.rows), dict(preview.left_out)[Left.TWICE]) == (1, 1)


def test_more_conversations_than_there_may_be(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ones can be chosen, the rest is counted."""
    monkeypatch.setattr("nexu_desktop.services.imports.CONVERSATIONS_MAX", 2)
    preview = look(imports, as_file(tmp_path, [foreign.claude(name) for name in "abc"]))
    assert (len(preview.rows), dict(preview.left_out)[Left.TOO_MANY]) == (2, 1)


@pytest.mark.parametrize("make", EVERYTHING, ids=["chatgpt", "claude", "cherry", "chatbox", "openai"])
def test_money_and_settings_are_not_touched(
    imports: Imports, house: House, tmp_path: Path, make: Any
) -> None:
    """Ledgers are the same byte for byte, there is no receipt, and no setting has changed."""
    house.talk("Paid")
    house.ledgers[Lane.CREDITS].grant(Grant("g:test:1", Nanocredits(1), "test"))  # else it has no file yet
    files = [path for lane in house.ledgers for path in sorted(house.folder.glob(f"{lane.value}.db*"))]
    assert len({path.stem for path in files}) == len(house.ledgers) == 2
    before = [path.read_bytes() for path in files], house.settings.current, house.chats.receipts(limit=99)
    folder = tmp_path / "in"
    folder.mkdir()
    done = take(imports, as_file(folder, make()))
    assert done.created
    assert (
        [path.read_bytes() for path in files],
        house.settings.current,
        house.chats.receipts(limit=99),
    ) == before
    assert all(one.spent == 0 for one in house.chats.conversations() if one.id in done.created)
    assert b"CANARY" not in b"".join(path.read_bytes() for path in house.folder.glob("chats.db*"))


def test_ids_of_others_are_not_taken(imports: Imports, house: House, tmp_path: Path) -> None:
    """A file in our own format that names messages of another conversation gets new ones."""
    mine, first, theirs = (f"0192f000-0000-7000-8000-00000000000{n}" for n in range(3))
    row = Message(first, mine, Role.USER, "Mine", 10**12)
    house.chats.archive.store(Conversation(mine, "Mine", None, 10**12, 10**12, leaf=first), [row], {})
    rows = [{"id": first, "role": "user", "text": "Fake"}]
    whole = {"format": "nexu-desktop-conversation", "id": theirs, "messages": rows}
    done = take(imports, as_file(tmp_path, whole))
    assert house.chats.messages(mine) == (row,)
    assert [one.text for one in house.chats.messages(theirs)] == ["Fake"]
    assert done.created == (theirs,)


def test_receipts_in_a_file_are_passed_over(imports: Imports, house: House, tmp_path: Path) -> None:
    """Whatever a file claims, nothing was charged here."""
    receipt = {
        "attempt": "x",
        "charged_nanocredits": 10**12,
        "model": "credits/nexu/glm-5",
        "outcome": "complete",
    }
    row = {"id": "a", "role": "assistant", "text": "A", "model": "credits/nexu/glm-5", "receipt": receipt}
    whole = {
        "format": "nexu-desktop-conversation",
        "id": "c",
        "spent": {"nanocredits": 10**12},
        "messages": [row],
    }
    (cid,) = take(imports, as_file(tmp_path, json.dumps(whole).encode())).created
    (message,) = house.chats.messages(cid)
    made = house.chats.conversation(cid)
    assert made is not None
    assert (message.receipt, message.role, made.spent) == (None, Role.ASSISTANT, 0)
    assert house.chats.spent(tuple(Lane)) == 0
