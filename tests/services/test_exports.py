"""Export: what a file says, how it is called, and that our own JSON comes back whole."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.export_places import open_place
from nexu_desktop.adapters.import_files import ImportFiles
from nexu_desktop.domain.chat import Attachment, AttachmentKind, ContextRules, Conversation, Message, Role
from nexu_desktop.domain.errors import BadInput, StorageFailed
from nexu_desktop.domain.export import ExportOptions, Format
from nexu_desktop.domain.transfer import TransferStopped
from nexu_desktop.services.exports import Exports
from nexu_desktop.services.imports import Imports
from tests.adapters.foreign import never, quiet
from tests.services.conftest import WRITERS
from tests.services.fakes import FakeClock
from tests.services.house import GLM, PLAY, House

PLAIN = ExportOptions()
ALL = ExportOptions(receipts=True, reasoning=True)


def said(house: House, *texts: str, title: str = "Talk") -> str:
    """A conversation of questions and answers without receipts."""
    cid = f"c{len(house.chats.conversations())}"
    house.chats.create(
        Conversation(cid, title, PLAY, 1_700_000_000_000, 1_700_000_000_000, system="Be kind.")
    )
    before = ""
    for number, text in enumerate(texts):
        role = Role.ASSISTANT if number % 2 else Role.USER
        row = Message(
            f"{cid}-{number}", cid, role, text, 1_700_000_000_000, "Hm." if number % 2 else "", parent=before
        )
        house.chats.add(replace(row, ref=GLM if number % 2 else None))
        before = row.id
    return cid


def run(exports: Exports, ids: list[str], format_: Format, target: Path, **options: Any) -> Path:
    return exports.run(ids, format_, PLAIN, target, quiet, never, **options).path


def test_markdown_says_who_said_what(exports: Exports, house: House) -> None:
    """Title, prompt, model per answer; reasoning and costs where they are wanted."""
    cid = said(house, "Why *this*?", "Because.", title="A [title] #1")
    text = exports.make(cid, Format.MARKDOWN, PLAIN).decode()
    assert text.startswith("# A \\[title\\] \\#1\n\n*2023-11-14 ")
    assert "## System prompt\n\nBe kind." in text
    assert "\nWhy *this*?\n" in text
    assert "## glm-5 · " in text
    assert "Hm." not in text
    assert "> **Reasoning**\n>\n> Hm." in exports.make(cid, Format.MARKDOWN, ALL).decode()


def test_costs_are_charged_and_estimated(exports: Exports, house: House) -> None:
    """In the words of the program, and only if wanted."""
    cid = house.talk("Hi")
    for format_ in (Format.MARKDOWN, Format.HTML):
        assert "charged" not in exports.make(cid, format_, PLAIN).decode()
        text = exports.make(cid, format_, ALL).decode()
        assert "charged" in text
        assert "play credits, estimated" in text
    whole = json.loads(exports.make(cid, Format.JSON, ALL))
    assert whole["messages"][1]["receipt"]["charged_nanocredits"] == house.last(cid).charged
    assert (whole["spent"]["nanocredits"], whole["spent_play"]["nanocredits"]) == (0, house.last(cid).charged)


@pytest.mark.parametrize(
    "text", ["```python\nprint(1)", "~~~\nx", "````\n```\nno end", "> ```\n> x", "- ```\n  x"]
)
def test_an_open_code_block_swallows_nothing(exports: Exports, house: House, text: str) -> None:
    """The next message is a section of its own again."""
    cid = said(house, "Code!", text, "The next one")
    tokens = MarkdownIt().parse(exports.make(cid, Format.MARKDOWN, PLAIN).decode())
    heads = [
        tokens[n + 1].content
        for n, one in enumerate(tokens)
        if one.type == "heading_open" and one.tag == "h2"
    ]
    assert [head.split(" · ")[0] for head in heads] == ["System prompt", "You", "glm-5", "You"]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>![](http://evil.test/x.png)<style>@import 'x'"


def test_html_runs_and_loads_nothing(exports: Exports, house: House) -> None:
    """Whatever a title, prompt, message or file name says."""
    cid = said(house, EVIL, EVIL, title=f"</title>{EVIL}")
    parser = _Tags()
    page = exports.make(cid, Format.HTML, ALL).decode()
    parser.feed(page)
    tags = {tag for tag, _ in parser.found}
    assert not tags & {"script", "img", "iframe", "link", "object", "embed", "form", "base", "video", "audio"}
    assert [
        name for _, attrs in parser.found for name in attrs if name.startswith("on") or name == "src"
    ] == []
    assert page.count("<style>") == 1
    assert any("default-src 'none'" in (attrs.get("content") or "") for _, attrs in parser.found)


def test_names_come_from_titles(exports: Exports, house: House, tmp_path: Path) -> None:
    """Safe on every system, never two alike, and never over a file that is there."""
    ids = [said(house, "x", title=title) for title in ("a/b: c?", "A/B: C?", "CON", "  ", "字" * 200)]
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "CON_.md").write_text("mine")
    run(exports, ids, Format.MARKDOWN, folder)
    names = sorted(one.name for one in folder.iterdir())
    assert names == sorted(
        ["a-b- c-.md", "A-B- C- (2).md", "CON_.md", "CON_ (2).md", "Conversation.md", "字" * 53 + ".md"]
    )
    assert (folder / "CON_.md").read_text() == "mine"


def test_a_zip_is_whole_or_not_there(exports: Exports, house: House, tmp_path: Path) -> None:
    """After a stop nothing is left behind."""
    ids = [said(house, "x", title=f"T{n}") for n in range(3)]
    path = run(exports, ids, Format.HTML, tmp_path / "all.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["T0.html", "T1.html", "T2.html"]
    asked = count()
    with pytest.raises(TransferStopped):
        exports.run(ids, Format.HTML, PLAIN, tmp_path / "b.zip", quiet, lambda: next(asked) > 1)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.zip", "data", "home"]


def test_one_file_is_not_written_after_a_stop(exports: Exports, house: House, tmp_path: Path) -> None:
    """Even where its making could not be interrupted."""
    with pytest.raises(TransferStopped):
        exports.run([said(house, "x")], Format.MARKDOWN, PLAIN, tmp_path / "t.md", quiet, lambda: True)
    assert not (tmp_path / "t.md").exists()


def test_nothing_is_overwritten_unasked(exports: Exports, house: House, tmp_path: Path) -> None:
    """A file that is there needs a yes, and is then replaced whole."""
    cid, target = said(house, "x"), tmp_path / "t.md"
    target.write_text("mine")
    with pytest.raises(BadInput, match="there already"):
        run(exports, [cid], Format.MARKDOWN, target)
    assert target.read_text() == "mine"
    run(exports, [cid], Format.MARKDOWN, target, overwrite=True)
    assert target.read_text().startswith("# Talk")


def test_several_conversations_need_room(exports: Exports, house: House, tmp_path: Path) -> None:
    """A new folder is made for them; one file is refused."""
    ids = [said(house, "x"), said(house, "y")]
    assert len(list(run(exports, ids, Format.MARKDOWN, tmp_path / "new").iterdir())) == 2
    (tmp_path / "f.md").write_text("")
    with pytest.raises(BadInput, match="is one file"):
        run(exports, ids, Format.MARKDOWN, tmp_path / "f.md", overwrite=True)
    with pytest.raises(BadInput, match="No conversation"):
        run(exports, [], Format.MARKDOWN, tmp_path / "f.md")


def test_a_place_that_cannot_be_written_is_said(exports: Exports, house: House, tmp_path: Path) -> None:
    """With the next step."""
    cid = said(house, "x")
    with pytest.raises(BadInput, match="no folder"):
        run(exports, [cid], Format.MARKDOWN, tmp_path / "none" / "x.md")
    with pytest.raises(StorageFailed) as caught:
        run(exports, [cid], Format.MARKDOWN, tmp_path / ("n" * 300 + ".md"))
    assert caught.value.hint


def test_one_that_is_not_there(exports: Exports) -> None:
    """Or not yet stored."""
    with pytest.raises(BadInput, match="nothing to export"):
        exports.make("none", Format.MARKDOWN, PLAIN)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
IDS = [f"0192f000-0000-7000-8000-{n:012x}" for n in range(50)]


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Conversation, list[Message], dict[str, bytes]]:
    """Any tree of messages, any words, files with any bytes."""
    cid, rows, data = IDS[49], [], {}
    for number in range(draw(st.integers(1, 8))):
        parent = draw(st.sampled_from(["", *(row.id for row in rows)]))
        role = draw(st.sampled_from(list(Role)))
        files = []
        if draw(st.booleans()):
            name = f"{IDS[number + 20]}"
            data[name] = draw(st.binary(max_size=20))
            text = draw(TEXT)
            files = [Attachment(name, AttachmentKind.TEXT, "a.txt", "text/plain", len(data[name]), text)]
        rows.append(
            Message(
                IDS[number], cid, role, draw(TEXT), draw(st.integers(10**12, 2 * 10**12)), draw(TEXT),
                draw(st.sampled_from([None, PLAY, GLM])), dropped=draw(st.booleans()), attachments=tuple(files),
                parent=parent, summaries=tuple(row.id for row in rows if draw(st.booleans())),
            )
        )  # fmt: skip
    title = " ".join(draw(st.text(st.characters(categories=["L", "N", "P"]), max_size=30)).split())
    made = Conversation(
        cid, title, draw(st.sampled_from([None, GLM])), 10**12, 2 * 10**12, system=draw(TEXT),
        rules=ContextRules(draw(st.none() | st.integers(0, 9)), draw(st.booleans()), draw(st.booleans())),
        effort=draw(st.sampled_from(["", "low"])), leaf=draw(st.sampled_from([row.id for row in rows])),
        temperature=draw(st.none() | st.integers(0, 200)), output_limit=draw(st.none() | st.integers(1, 9000)),
    )  # fmt: skip
    return made, rows, data


def _without_file_ids(row: Message) -> Message:
    return replace(row, attachments=tuple(replace(one, id="") for one in row.attachments))


_HOMES = count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole=conversations())
def test_our_own_json_comes_back_whole(
    tmp_path: Path, whole: tuple[Conversation, list[Message], dict[str, bytes]]
) -> None:
    """Into another home: every branch, word, file, rule and date; only money stays behind."""
    folder, clock = tmp_path / str(next(_HOMES)), FakeClock()
    here, there = ChatsSqlite(folder / "a" / "chats.db", clock), ChatsSqlite(folder / "b" / "chats.db", clock)
    made, rows, data = whole
    here.archive.store(made, rows, data)
    run(Exports(here, WRITERS, open_place), [made.id], Format.JSON, folder / "x.json")
    imports = Imports(there, there.archive, ImportFiles, clock, lambda _: None)
    preview = imports.preview(folder / "x.json", quiet, never)
    imports.run(preview, preview.wanted, quiet, never)
    assert there.conversation(made.id) == here.conversation(made.id)
    back, sent = there.tree(made.id), here.tree(made.id)
    assert list(map(_without_file_ids, back)) == list(map(_without_file_ids, sent))
    for old, new in zip(sent, back, strict=True):
        for first, second in zip(old.attachments, new.attachments, strict=True):
            assert there.attachment_data(second.id) == (data[first.id] or first.text.encode())
    here.close()
    there.close()


def test_an_export_does_not_come_back_twice(exports: Exports, house: House, tmp_path: Path) -> None:
    """In the home it came from it is known by its own ids."""
    row = Message(IDS[1], IDS[0], Role.USER, "Hi", 10**12)
    house.chats.archive.store(Conversation(IDS[0], "Hi", None, 10**12, 10**12, leaf=IDS[1]), [row], {})
    path = run(exports, [IDS[0]], Format.JSON, tmp_path / "x.json")
    imports = Imports(house.chats, house.chats.archive, ImportFiles, house.clock, house.desk.reread)
    assert [one.state.value for one in imports.preview(path, quiet, never).rows] == ["same"]
