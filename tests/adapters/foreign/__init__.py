"""Small files of other programs, made by hand with invented texts, and the way to read them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.import_files import ImportFiles
from nexu_desktop.domain.transfer import ImportedConversation, Left, Tally

Said = tuple[str, str]


def quiet(done: int, total: int) -> None:
    """No progress."""


def never() -> bool:
    return False


def read(path: Path, cancelled: Any = never) -> tuple[list[ImportedConversation], dict[Left, int]]:
    """Everything in a file, and what was left out."""
    tally = Tally()
    found = list(ImportFiles(path).conversations(tally, quiet, cancelled))
    return found, dict(tally.rows)


def as_file(folder: Path, content: Any, name: str = "a.bin") -> Path:
    """Bytes as they are, anything else as JSON."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def as_zip(folder: Path, members: dict[str, Any], name: str = "a.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content if isinstance(content, (str, bytes)) else json.dumps(content))
    return path


def said(found: ImportedConversation) -> list[Said]:
    """(role, text) of the branch that was shown."""
    return [(one.role.value, one.text) for one in found.path()]


def chatgpt_node(
    key: str, parent: str | None, role: str = "", text: str = "", kind: str = "text", **message: Any
) -> tuple[str, dict[str, Any]]:
    content = {"content_type": kind, "parts": [text]}
    whole = {"author": {"role": role}, "content": content, "create_time": 1_700_000_001.25, **message}
    return key, {"id": key, "parent": parent, "children": [], "message": whole if role else None}


def chatgpt(key: str = "c-1", **changes: Any) -> dict[str, Any]:
    """Two answers to one question, a hidden prompt, thoughts, and a tool between the halves of an answer."""
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Plan", "content": "Count the legs."}]}
    nodes = [
        chatgpt_node("root", None),
        chatgpt_node("sys", "root", "system", ""),
        chatgpt_node("q", "sys", "user", "How many legs has a spider?"),
        chatgpt_node("old", "q", "assistant", "Six.", metadata={"model_slug": "gpt-4o"}),
        chatgpt_node("think", "q", "assistant", content=thoughts),
        chatgpt_node("half", "think", "assistant", "Let me look.", metadata={"model_slug": "gpt-5"}),
        chatgpt_node("call", "half", "assistant", "search()", kind="code", recipient="browser"),
        chatgpt_node("result", "call", "tool", "eight"),
        chatgpt_node(
            "new",
            "result",
            "assistant",
            "Eight.\ue200cite\ue202turn0\ue201",
            metadata={"model_slug": "gpt-5"},
        ),
        chatgpt_node("q2", "new", "user", "谢谢", metadata={"attachments": [{"name": "leg.png"}]}),
    ]
    made = {"conversation_id": key, "title": "Spiders", "create_time": 1_700_000_000.5, "current_node": "q2"}
    return {**made, "mapping": dict(nodes), **changes}


def claude(key: str = "u-1", **changes: Any) -> dict[str, Any]:
    thinking = {"type": "thinking", "thinking": "Rhyme it."}
    rows = [
        {
            "uuid": "m1", "sender": "human", "text": "A rhyme?", "created_at": "2025-03-01T10:00:00.5Z",
            "content": [{"type": "text", "text": "A rhyme?"}],
            "attachments": [{"file_name": "notes.txt", "extracted_content": "cat, hat"}],
            "files": [{"file_name": "photo.jpg"}],
        },
        {
            "uuid": "m2", "sender": "assistant", "text": "Cat, hat.", "created_at": "2025-03-01T10:00:09Z",
            "content": [thinking, {"type": "tool_use", "name": "x"}, {"type": "text", "text": "Cat, hat."}],
        },
    ]  # fmt: skip
    return {
        "uuid": key,
        "name": "Rhymes",
        "created_at": "2025-03-01T09:59:00Z",
        "chat_messages": rows,
        **changes,
    }


def cherry() -> dict[str, Any]:
    """One topic with two models on one question; settings with a key stand beside it."""
    assistants = {"assistants": [{"prompt": "Be kind.", "topics": [{"id": "t1", "name": "Tea"}]}]}
    store = {
        "assistants": json.dumps(assistants),
        "llm": json.dumps({"providers": [{"apiKey": "sk-CANARY"}]}),
    }
    messages = [
        {"id": "a", "role": "user", "blocks": ["b1"], "createdAt": "2025-05-01T08:00:00Z"},
        {"id": "b", "role": "assistant", "askId": "a", "blocks": ["b2", "b3"], "model": {"name": "glm"}},
        {
            "id": "c",
            "role": "assistant",
            "askId": "a",
            "blocks": ["b4"],
            "foldSelected": True,
            "modelId": "qwen",
        },
        {"id": "d", "role": "user", "blocks": ["b5", "b6"]},
        {"id": "e", "role": "user", "type": "clear", "blocks": []},
    ]
    blocks = [
        {"id": "b1", "type": "main_text", "content": "绿茶还是红茶？"},
        {"id": "b2", "type": "thinking", "content": "Hm."},
        {"id": "b3", "type": "main_text", "content": "Green."},
        {"id": "b4", "type": "code", "content": "tea = 'red'", "language": "python"},
        {"id": "b5", "type": "main_text", "content": "Why?"},
        {"id": "b6", "type": "file", "file": {"origin_name": "tea.pdf"}},
    ]
    tables = {"topics": [{"id": "t1", "messages": messages}], "message_blocks": blocks}
    return {
        "time": 1,
        "version": 5,
        "localStorage": {"persist:cherry-studio": json.dumps(store)},
        "indexedDB": tables,
    }


def chatbox_message(key: str, role: str, text: str, **changes: Any) -> dict[str, Any]:
    return {"id": key, "role": role, "contentParts": [{"type": "text", "text": text}], **changes}


def chatbox_session(key: str = "s1") -> dict[str, Any]:
    """A prompt, a fork after the question, an earlier thread."""
    parts = [{"type": "reasoning", "text": "Ice."}, {"type": "tool-call"}, {"type": "text", "text": "Cold."}]
    return {
        "id": key,
        "name": "Weather",
        "messages": [
            chatbox_message("p", "system", "Be short."),
            chatbox_message("q", "user", "Snow?", timestamp=1_700_000_000_000),
            {"id": "r", "role": "assistant", "contentParts": parts, "model": "GPT-4o"},
        ],
        "messageForksHash": {
            "q": {"position": 1, "lists": [{"messages": [chatbox_message("r0", "assistant", "White.")]}]}
        },
        "threads": [{"id": "th", "name": "Rain", "messages": [chatbox_message("w", "user", "Wet?")]}],
    }


def chatbox() -> dict[str, Any]:
    return {
        "__exported_items": ["conversations"],
        "settings": {"providers": {"openai": {"apiKey": "sk-CANARY"}}},
        "chat-sessions-list": [{"id": "s1", "name": "Weather"}],
        "session:s1": chatbox_session(),
    }


def openai() -> list[dict[str, Any]]:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    return [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]},
        {"role": "tool", "content": "a cat"},
        {"role": "assistant", "content": "A cat.", "reasoning_content": "Whiskers."},
    ]
