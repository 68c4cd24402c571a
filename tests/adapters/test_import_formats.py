"""Files of five other programs, read by their content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.transfer import Left, Source
from tests.adapters import foreign
from tests.adapters.foreign import as_file, as_zip, read, said


def test_chatgpt(tmp_path: Path) -> None:
    """The branch shown, thoughts with their answer, an answer around a tool in one piece, model, dates, files."""
    (found,), left = read(as_zip(tmp_path, {"conversations.json": [foreign.chatgpt()], "user.json": {}}))
    assert (found.source, found.id, found.title) == (Source.CHATGPT, "c-1", "Spiders")
    assert said(found) == [
        ("user", "How many legs has a spider?"),
        ("assistant", "Let me look.\n\nEight."),
        ("user", "谢谢"),
    ]
    answer, last = found.path()[1:]
    assert (answer.model, answer.reasoning) == ("gpt-5", "Plan\n\nCount the legs.")
    assert [one.name for one in last.attachments] == ["leg.png"]
    assert [one.text for one in found.messages if one.parent == "q"] == ["Six.", "Let me look.\n\nEight."]
    assert (found.created_ms, answer.created_ms) == (1_700_000_000_500, 1_700_000_001_250)
    assert left == {Left.TOOLS: 2, Left.FILES: 1}


def test_chatgpt_in_numbered_parts(tmp_path: Path) -> None:
    """Large exports are split; other JSON beside them is not looked at."""
    parts = {f"x/conversations-00{n}.json": [foreign.chatgpt(f"c-{n}")] for n in (1, 0)}
    found, _ = read(as_zip(tmp_path, {**parts, "x/other.json": [{"role": "user", "content": "no"}]}))
    assert [one.id for one in found] == ["c-0", "c-1"]


def test_what_chatgpt_hides_stays_out(tmp_path: Path) -> None:
    """Custom instructions and hidden messages are bridged and counted."""
    nodes = dict(
        [
            foreign.chatgpt_node("m", None, "user", "About me", kind="user_editable_context"),
            foreign.chatgpt_node(
                "h", "m", "system", "Secret", metadata={"is_visually_hidden_from_conversation": True}
            ),
            foreign.chatgpt_node("q", "h", "user", "Hi"),
        ]
    )
    (found,), left = read(as_file(tmp_path, [foreign.chatgpt(mapping=nodes, current_node="gone")]))
    assert said(found) == [("user", "Hi")]
    assert left == {Left.HIDDEN: 2}


def test_claude(tmp_path: Path) -> None:
    """Blocks, thinking, text files with their text and other files by name."""
    (found,), left = read(as_zip(tmp_path, {"conversations.json": [foreign.claude()], "users.json": [{}]}))
    assert (found.source, found.id, found.title) == (Source.CLAUDE, "u-1", "Rhymes")
    assert said(found) == [("user", "A rhyme?"), ("assistant", "Cat, hat.")]
    question, answer = found.path()
    assert [(one.name, one.text, one.dropped) for one in question.attachments] == [
        ("notes.txt", "cat, hat", False),
        ("photo.jpg", "", True),
    ]
    assert (answer.reasoning, question.created_ms) == ("Rhyme it.", 1_740_823_200_500)
    assert left == {Left.TOOLS: 1, Left.FILES: 1}


def test_claude_with_branches(tmp_path: Path) -> None:
    """Where messages name their parents, the leaf says which branch was shown."""
    rows = [
        {"uuid": "a", "sender": "human", "text": "One", "parent_message_uuid": "0000"},
        {"uuid": "b", "sender": "assistant", "text": "Two", "parent_message_uuid": "a"},
        {"uuid": "c", "sender": "assistant", "text": "Three", "parent_message_uuid": "a"},
    ]
    made = foreign.claude(chat_messages=rows, current_leaf_message_uuid="b")
    (found,), _ = read(as_file(tmp_path, [made]))
    assert said(found) == [("user", "One"), ("assistant", "Two")]
    assert len(found.messages) == 3


def test_cherry_studio(tmp_path: Path) -> None:
    """Names and prompts come from its settings; of two models the unfolded one goes on."""
    (found,), left = read(as_zip(tmp_path, {"data.json": foreign.cherry()}))
    assert (found.source, found.id, found.title, found.system) == (Source.CHERRY, "t1", "Tea", "Be kind.")
    assert said(found) == [
        ("user", "绿茶还是红茶？"),
        ("assistant", "```python\ntea = 'red'\n```"),
        ("user", "Why?"),
    ]
    first, second = (one for one in found.messages if one.role is Role.ASSISTANT)
    assert (first.text, first.reasoning, first.model, first.parent) == ("Green.", "Hm.", "glm", "a")
    assert (second.model, second.parent) == ("qwen", "a")
    assert left == {Left.FILES: 1}


def test_a_cherry_backup_of_database_folders_is_explained(tmp_path: Path) -> None:
    """Since version 6 a backup holds what only that program can read."""
    path = as_zip(tmp_path, {"IndexedDB/file__0/000003.log": b"\x00", "metadata.json": {"version": 6}})
    with pytest.raises(Exception, match="only Cherry Studio can read"):
        read(path)


def test_chatbox(tmp_path: Path) -> None:
    """Prompt, reasoning, the fork as a branch, and each thread as a conversation of its own."""
    found, left = read(as_file(tmp_path, foreign.chatbox()))
    assert [(one.id, one.title, one.system) for one in found] == [
        ("s1", "Weather", "Be short."),
        ("s1/th", "Weather: Rain", ""),
    ]
    assert said(found[0]) == [("user", "Snow?"), ("assistant", "Cold.")]
    assert [(one.text, one.reasoning, one.parent) for one in found[0].messages[1:]] == [
        ("Cold.", "Ice.", "q"),
        ("White.", "", "q"),
    ]
    assert left == {Left.TOOLS: 1}


@pytest.mark.parametrize(
    "whole",
    [{"chat-sessions": [foreign.chatbox_session()]}, foreign.chatbox_session()],
    ids=["old", "single"],
)
def test_older_and_single_chatbox_files(tmp_path: Path, whole: dict[str, Any]) -> None:
    """All sessions in one list, or one session alone."""
    found, _ = read(as_file(tmp_path, whole))
    assert [one.source for one in found] == [Source.CHATBOX] * 2
    assert said(found[0]) == [("user", "Snow?"), ("assistant", "Cold.")]


@pytest.mark.parametrize(
    "shape", ["list", "object", "list of objects", "lines of objects", "lines of messages"]
)
def test_openai(tmp_path: Path, shape: str) -> None:
    """A list of messages, an object with them, or JSONL of either say the same."""
    rows = foreign.openai()
    whole: Any = {
        "list": rows,
        "object": {"messages": rows},
        "list of objects": [{"messages": rows}],
        "lines of objects": json.dumps({"messages": rows}).encode() + b"\n",
        "lines of messages": "\n".join(map(json.dumps, rows)).encode(),
    }[shape]
    (found,), left = read(as_file(tmp_path, whole))
    assert (found.source, found.title, found.system) == (Source.OPENAI, "What is it?", "Be brief.")
    assert said(found) == [("user", "What is it?"), ("assistant", "A cat.")]
    assert [one.name for one in found.path()[0].attachments] == ["image"]
    assert found.path()[1].reasoning == "Whiskers."
    assert left == {Left.TOOLS: 2, Left.FILES: 1}


def test_the_same_messages_are_the_same_conversation(tmp_path: Path) -> None:
    """Without an id the texts are one, so that a second import knows them."""
    first, second = foreign.openai(), [*foreign.openai(), {"role": "user", "content": "More"}]
    names = [read(as_file(tmp_path, rows))[0][0].id for rows in (first, first, second)]
    assert names[0] == names[1] != names[2]


def test_librechat_messages(tmp_path: Path) -> None:
    """The same things under other names, as a tree."""
    rows = [
        {"messageId": "a", "parentMessageId": "0", "isCreatedByUser": True, "text": "Hi"},
        {"messageId": "b", "parentMessageId": "a", "isCreatedByUser": False, "text": "Old"},
        {"messageId": "c", "parentMessageId": "a", "isCreatedByUser": False, "text": "New"},
    ]
    (found,), _ = read(as_file(tmp_path, {"conversationId": "x", "title": "T", "messages": rows}))
    assert said(found) == [("user", "Hi"), ("assistant", "New")]
    assert len(found.messages) == 3


def test_names_of_files_do_not_matter(tmp_path: Path) -> None:
    """A format is known by its content."""
    assert read(as_file(tmp_path, [foreign.claude()], "chatgpt.json"))[0][0].source is Source.CLAUDE
    assert read(as_file(tmp_path, [foreign.chatgpt()], "notes.txt"))[0][0].source is Source.CHATGPT


def test_keys_of_other_programs_are_read_nowhere(tmp_path: Path) -> None:
    """No field of what is imported holds one."""
    for number, whole in enumerate((foreign.cherry(), foreign.chatbox())):
        found, _ = read(as_file(tmp_path, whole, f"{number}.json"))
        assert "CANARY" not in repr(found)
