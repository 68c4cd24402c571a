"""`export` and `import` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters import foreign
from tests.adapters.foreign import as_file
from tests.cli.program import Program


def test_a_preview_stores_nothing(program: Program, tmp_path: Path) -> None:
    """It lists what there is and what is left out."""
    path = as_file(tmp_path, [foreign.chatgpt()])
    shown = program.here("import", str(path), "--preview", "--json")
    assert (shown.code, shown.json()["sources"], shown.json()["imported"]) == (0, ["chatgpt"], None)
    (row,) = shown.json()["conversations"]
    assert (row["title"], row["messages"], row["new_messages"], row["state"]) == ("Spiders", 4, 4, "new")
    assert {"what": "tools", "count": 2} in shown.json()["left_out"]
    assert program.here("export", "--list", "--json").json() == []
    words = program.here("import", str(path), "--preview").out
    assert "ChatGPT export: 1 conversation, 4 messages" in words
    assert "left out: 2 tool calls and results" in words


def test_import_then_export(program: Program, tmp_path: Path) -> None:
    """What came in goes out, and the ledger is the same byte for byte."""
    program.here("ledger", "grant", "--credits", "5")
    before = program.ledger().read_bytes()
    done = program.here("import", str(as_file(tmp_path, foreign.cherry())), "--json").json()["imported"]
    assert (done["conversations"], done["messages"]) == (1, 4)
    (row,) = program.here("export", "--list", "--json").json()
    target = tmp_path / "tea.md"
    result = program.here("export", "--conversation", row["id"], "--to", str(target), "--json")
    assert result.json() == {"path": str(target), "conversations": 1, "format": "md"}
    assert "绿茶还是红茶？" in target.read_text(encoding="utf-8")
    assert program.ledger().read_bytes() == before


@pytest.mark.parametrize("format_", ["md", "html", "json"])
def test_all_into_a_folder(program: Program, tmp_path: Path, format_: str) -> None:
    """Which is made for them; a second time they get other names."""
    program.here("import", str(as_file(tmp_path, [foreign.claude("a"), foreign.claude("b")])))
    folder = tmp_path / "out"
    for number in (2, 4):
        assert program.here("export", "--all", "--format", format_, "--to", str(folder)).code == 0
        assert len(list(folder.glob(f"*.{format_}"))) == number
    assert (
        json.loads((folder / "Rhymes.json").read_text("utf-8"))["version"] == 1 if format_ == "json" else True
    )


def test_deleted_here_stays_deleted(program: Program, tmp_path: Path) -> None:
    """A further import says so, and fetches it only when told to."""
    path = as_file(tmp_path, [foreign.claude()])
    assert program.here("import", str(path)).out.endswith("imported 1 conversation, 2 messages\n")
    again = program.here("import", str(path)).out
    assert "1 here already" in again
    assert again.endswith("imported 0 conversations, 0 messages\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "none.zip"), 2),
        (("import", "."), 2),
        (("export", "--conversation", "none"), 2),
        (("export", "--all", "--to", "x.zip"), 2),
        (("export",), 2),
        (("export", "--all", "--conversation", "x"), 2),
        (("export", "--all", "--format", "pdf"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_bad_input_is_a_sentence(program: Program, arguments: tuple[str, ...], code: int) -> None:
    """With exit code 2 and the next step."""
    result = program.here(*arguments)
    assert (result.code, result.out) == (code, "")
    assert result.err.count("\n") == 1


def test_titles_cannot_move_the_cursor(program: Program, tmp_path: Path) -> None:
    """Lists show titles without control characters."""
    path = as_file(tmp_path, [foreign.claude(name="a\x1b[2Jb")])
    program.here("import", str(path))
    assert "\x1b" not in program.here("export", "--list").out
