"""Files made to do harm are refused with a reason, quickly, and without taking much memory or touching the disk."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters import foreign_file, json_stream
from nexu_desktop.domain import transfer
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.transfer import Left, TransferStopped
from tests.adapters import foreign
from tests.adapters.foreign import as_file, as_zip, read, said

MB = 1024 * 1024
ROW = {"role": "user", "content": "Hi"}


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read(path)
    assert caught.value.hint
    return caught.value.sentence


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """200 MB of blanks in 200 kB: its ratio is refused before a byte is read."""
    path = as_zip(tmp_path, {"conversations.json": b"[" + b" " * (200 * MB) + b"]"})
    tracemalloc.start()
    assert "100 times its size" in refused(path)
    assert tracemalloc.get_traced_memory()[1] < 8 * MB
    tracemalloc.stop()


def declared(path: Path, size: int) -> Path:
    """Make the zip's directory claim another size for its first member."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rindex(b"PK\x01\x02") + 24, size)
    path.write_bytes(data)
    return path


def test_a_member_that_says_it_is_too_big(tmp_path: Path) -> None:
    """What the directory claims counts, whatever the member holds."""
    path = declared(as_zip(tmp_path, {"conversations.json": os.urandom(40 * MB)}), 3 * 1024**3)
    assert "more than 2 GiB" in refused(path)
    small = declared(as_zip(tmp_path, {"conversations.json": [ROW]}), 1024**3)
    assert "100 times its size" in refused(small)


def test_a_member_that_says_it_is_smaller(tmp_path: Path) -> None:
    """No more is read than it says, and then it is damaged."""
    assert "damaged" in refused(declared(as_zip(tmp_path, {"conversations.json": [ROW] * 50}), 40))


@pytest.mark.parametrize(
    "name", ["../../conversations.json", "/etc/conversations.json", "a\\..\\conversations.json"]
)
def test_names_in_a_zip_are_no_paths(tmp_path: Path, name: str) -> None:
    """They are read, and nothing is written anywhere."""
    folder = tmp_path / "in"
    folder.mkdir()
    path = as_zip(folder, {name: [ROW]})
    before = sorted(tmp_path.rglob("*"))
    assert said(read(path)[0][0]) == [("user", "Hi")]
    assert sorted(tmp_path.rglob("*")) == before


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the last record of the zip, before its list is read."""
    path = as_zip(tmp_path, {f"{n}.json": b"" for n in range(12)})
    monkeypatch.setattr(foreign_file, "MEMBERS_MAX", 10)
    monkeypatch.setattr(zipfile, "ZipFile", None)  # it must not come so far
    assert "members" in refused(path)


@pytest.mark.parametrize(("cap", "most"), [("DIRECTORY_BYTES", 100), ("MEMBERS_MAX", 10)])
def test_a_lie_about_the_number_of_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: str, most: int
) -> None:
    """The length of the list is checked too, and then the list itself."""
    path = as_zip(tmp_path, {f"{n}.json": b"" for n in range(12)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<HH", data, data.rindex(b"PK\x05\x06") + 8, 1, 1)
    path.write_bytes(data)
    monkeypatch.setattr(foreign_file, cap, most)
    assert "members" in refused(path)


def test_members_that_are_too_big_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them alone would be read."""
    parts = {f"conversations-{n}.json": [ROW] * 2 for n in range(2)}
    monkeypatch.setattr(foreign_file, "TOTAL_BYTES", 100)
    assert "Split the export" in refused(as_zip(tmp_path, parts))
    assert read(as_zip(tmp_path, {"conversations.json": [ROW] * 2}))[0]


def test_only_so_many_texts_of_a_zip_are_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first by name."""
    monkeypatch.setattr(foreign_file, "READ_MAX", 2)
    path = as_zip(tmp_path, {f"{n}.json": [{"role": "user", "content": str(n)}] for n in (3, 1, 2)})
    assert [said(one) for one in read(path)[0]] == [[("user", "1")], [("user", "2")]]


def test_a_zip_that_is_packed_in_a_rare_way(tmp_path: Path) -> None:
    """Its unpacking is not ours to bound: says what to do."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("conversations.json", b'[{"role":"user","content":"Hi"}]')
    assert "rare way" in refused(path)


def test_an_encrypted_zip(tmp_path: Path) -> None:
    """Says what to do."""
    path = as_zip(tmp_path, {"conversations.json": [ROW]})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(path)


@pytest.mark.parametrize("kept", [0, 3, 5, 30, 60, 100])
def test_a_zip_cut_anywhere(tmp_path: Path, kept: int) -> None:
    """Never more than one sentence."""
    whole = as_zip(tmp_path, {"conversations.json": [foreign.chatgpt()]}).read_bytes()
    path = as_file(tmp_path, whole[: len(whole) * kept // 101])
    assert refused(path)


def test_damaged_content_of_a_zip(tmp_path: Path) -> None:
    """Flipped bytes inside a member."""
    whole = bytearray(as_zip(tmp_path, {"conversations.json": [foreign.chatgpt()] * 40}).read_bytes())
    whole[80:120] = bytes(40)
    assert "damaged" in refused(as_file(tmp_path, bytes(whole)))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 100_000, "nested"),
        (b'[{"role":"user","content":"x","a":' + b"[" * 500, "nested"),
        (b"", "no conversations"),
        (b"\x00" * 1000, "no conversations"),
        (b"not json", "no conversations"),
        (b"{}", "no conversations"),
        (b"[[[[[[]]]]]]", "no conversations"),
        (b"[1, 2]", "no conversations"),
        ('[{"role":"user","content":"x"}]'.encode("utf-16"), "UTF-8"),
        ('[{"role":"user","content":"x"}]'.encode("utf-16-le"), "UTF-8"),
        (b'[{"role":"user","n":' + b"9" * 5000 + b"}]", "damaged"),
        (b'[{"role":"user","content":"\xff\xfe"}]', "damaged"),
        (b'{"mapping": 5}', ""),
        (b'{"chat_messages": {}}', ""),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value[:12]),
)
def test_json_that_is_none(tmp_path: Path, content: bytes, why: str) -> None:
    """A reason for each, or nothing to import."""
    path = as_file(tmp_path, content)
    if why:
        assert why in refused(path)
    else:
        assert read(path) == ([], {Left.UNREADABLE: 1})


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """As some editors write one."""
    assert said(read(as_file(tmp_path, b'\xef\xbb\xbf[{"role":"user","content":"x"}]'))[0][0]) == [
        ("user", "x")
    ]


def test_numbers_no_clock_shows(tmp_path: Path) -> None:
    """Are no dates; nothing hangs on their exponents."""
    for number in (b"1e999999999", b"-1", b"1e-400", b"99999999999999999999", b"true", b'"0000"'):
        content = b'[{"role":"user","content":"x","timestamp":' + number + b"}]"
        assert read(as_file(tmp_path, content))[0][0].created_ms is None


def test_a_number_of_thousands_of_digits_far_inside(tmp_path: Path) -> None:
    """Ends the file there, however long it has been read before."""
    rows = b",".join([b'{"messages":[{"role":"user","content":"x"}]}'] * 5000)
    content = b"[" + rows + b',{"messages":[],"n":' + b"9" * 5000 + b"}]"
    found, left = read(as_file(tmp_path, content))
    assert (len(found), left) == (5000, {Left.BROKEN_OFF: 1})


@pytest.mark.parametrize("before", [0, 1, 1999, 65_000, 65_500, 130_000])
def test_texts_of_thousands_of_digits_are_kept(tmp_path: Path, before: int) -> None:
    """A person may have asked for the digits of pi."""
    text = "x" * before + "31415926535" * 2000
    assert said(read(as_file(tmp_path, [{"role": "user", "content": text}]))[0][0]) == [("user", text)]


def test_half_characters_are_made_whole(tmp_path: Path) -> None:
    """So that they can be stored."""
    (found,), _ = read(as_file(tmp_path, b'[{"role":"user","content":"a\\ud83db"}]'))
    said(found)[0][1].encode()


def test_a_broken_end_keeps_what_came_before(tmp_path: Path) -> None:
    """Counted as such."""
    whole = as_file(tmp_path, [foreign.claude("a"), foreign.claude("b")]).read_bytes()
    found, left = read(as_file(tmp_path, whole[:-30]))
    assert [one.id for one in found] == ["a"]
    assert left[Left.BROKEN_OFF] == 1


def test_one_endless_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused before it is held whole."""
    monkeypatch.setattr(json_stream, "TOKEN_BYTES", MB)
    assert "too long" in refused(as_file(tmp_path, b'[{"role":"user","content":"' + b"x" * (3 * MB) + b'"}]'))


def test_one_endless_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small values in one conversation."""
    monkeypatch.setattr(json_stream, "ITEM_VALUES", 1000)
    assert "too big" in refused(as_file(tmp_path, [{"messages": [ROW] * 2000}]))


def test_one_item_of_a_few_long_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes count as well as its values."""
    monkeypatch.setattr(json_stream, "ITEM_BYTES", MB)
    long = {"role": "user", "content": "x" * 700_000}
    assert "too big" in refused(as_file(tmp_path, [{"messages": [long] * 3}]))


def test_a_stream_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read counts, whatever the size was that the file had before."""
    monkeypatch.setattr(json_stream, "TOTAL_BYTES", 10_000)
    assert "Split the export" in refused(as_file(tmp_path, [ROW] * 400))


def test_more_than_a_file_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a plain file is that big."""
    monkeypatch.setattr(foreign_file, "TOTAL_BYTES", 100)
    assert "Split the export" in refused(as_file(tmp_path, [ROW] * 20))


def test_too_many_and_too_long_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left out and counted; the rest is kept."""
    monkeypatch.setattr("nexu_desktop.adapters.import_making.TEXT_MAX", 10)
    monkeypatch.setattr("nexu_desktop.adapters.import_making.MESSAGES_MAX", 3)
    rows = [{"messages": [ROW] * 4}, {"messages": [ROW, {"role": "assistant", "content": "x" * 11}]}]
    found, left = read(as_file(tmp_path, rows))
    assert [said(one) for one in found] == [[("user", "Hi")]]
    assert left == {Left.LONG: 1, Left.OVERLONG: 1}


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, a pipe, and what is not there."""
    assert "is not a file" in refused(tmp_path)
    assert "is not there" in refused(tmp_path / "none.zip")
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refused(tmp_path / "pipe")


def test_rings_of_messages_end(tmp_path: Path) -> None:
    """Parents in a circle are lost and counted; the rest is read."""
    nodes = dict(
        [
            foreign.chatgpt_node("a", None, "user", "A"),
            foreign.chatgpt_node("b", "c", "user", "B"),
            foreign.chatgpt_node("c", "b", "user", "C"),
            foreign.chatgpt_node("d", "d", "user", "D"),
        ]
    )
    (found,), left = read(as_file(tmp_path, [foreign.chatgpt(mapping=nodes, current_node="b")]))
    assert said(found) == [("user", "A")]
    assert left == {Left.UNREADABLE: 3}


def test_stop_is_heard_while_reading(tmp_path: Path) -> None:
    """Within one block of the file."""
    path = as_file(tmp_path, [foreign.claude(str(n)) for n in range(500)])
    with pytest.raises(TransferStopped):
        read(path, cancelled=lambda: True)


def test_memory_stays_small_for_a_big_file(tmp_path: Path) -> None:
    """One conversation at a time is held: 60 MB of them take a few."""
    rows = (
        b"[" + b",".join([b'{"messages":[{"role":"user","content":"' + b"x" * 100_000 + b'"}]}'] * 600) + b"]"
    )
    path = as_file(tmp_path, rows)
    tally = transfer.Tally()
    tracemalloc.start()
    count = sum(1 for _ in foreign.ImportFiles(path).conversations(tally, foreign.quiet, foreign.never))
    assert count == 600
    assert tracemalloc.get_traced_memory()[1] < 10 * MB
    tracemalloc.stop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
WHOLES: list[Callable[[], Any]] = [
    lambda: [foreign.chatgpt()], lambda: [foreign.claude()], foreign.cherry, foreign.chatbox, foreign.openai,
]  # fmt: skip


def changed(whole: Any, data: st.DataObject) -> Any:
    """`whole` with one value, at any depth, replaced by any other."""
    if isinstance(whole, (dict, list)) and whole and data.draw(st.integers(0, 4)):
        keys = sorted(whole) if isinstance(whole, dict) else range(len(whole))
        key = data.draw(st.sampled_from(list(keys)))
        whole[key] = changed(whole[key], data)
        return whole
    return data.draw(JSON)


@pytest.mark.parametrize("make", WHOLES, ids=["chatgpt", "claude", "cherry", "chatbox", "openai"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_wrong_types_anywhere_do_no_harm(
    tmp_path: Path, make: Callable[[], Any], data: st.DataObject
) -> None:
    """Whatever stands where, the file is read or refused, and what is read is sound."""
    path = as_file(tmp_path, changed(make(), data))
    try:
        found, _ = read(path)
    except BadInput:
        return
    for one in found:
        assert one.id
        assert one.path()
        names = {message.id for message in one.messages}
        assert all(message.parent in {*names, ""} for message in one.messages)
