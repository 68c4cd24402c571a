"""The log tells what happened and never a key."""

from __future__ import annotations

import logging
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from nexu_desktop.adapters import log
from nexu_desktop.adapters.log import HIDDEN, RECORD_CHARS, Redactor, close_log, open_log

CANARY = "canary/7f3a9c51 d2e84b06+ß"


@pytest.fixture(autouse=True)
def levels_restored() -> Iterator[None]:
    """Levels and handlers of the process are as they were for the next test."""
    before = {name: logging.getLogger(name).level for name in ("", "nexu_desktop")}
    yield
    close_log()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def redactor(tmp_path: Path) -> Redactor:
    return open_log(tmp_path)


def written(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted((folder / "logs").iterdir()))


def ours() -> logging.Logger:
    return logging.getLogger("nexu_desktop.turns")


def test_writes_a_line(redactor: Redactor, tmp_path: Path) -> None:
    """A message lands in the file with its level and its logger."""
    ours().info("turn %s settled", "t1")
    assert "INFO nexu_desktop.turns MainThread: turn t1 settled\n" in written(tmp_path)


@pytest.mark.parametrize(
    "form",
    [CANARY, quote(CANARY, safe=""), b64encode(CANARY.encode()).decode()],
    ids=["plain", "percent-encoded", "base64"],
)
def test_registered_values_are_hidden(form: str, redactor: Redactor, tmp_path: Path) -> None:
    """A known key is cut out of messages, arguments and tracebacks, in each of its forms."""
    redactor.register(CANARY)
    ours().warning(f"in the text {form}")
    ours().warning("in an argument %s", {"key": form})
    try:
        raise ValueError(f"in an error {form}")
    except ValueError:
        ours().exception("with a traceback")
    text = written(tmp_path)
    assert (form in text, text.count(HIDDEN) >= 3) == (False, True)
    assert "ValueError: in an error" in text


def test_a_value_inside_another(redactor: Redactor) -> None:
    """The longer of two secrets is cut out whole."""
    redactor.register("abcdef")
    redactor.register("abcdefghij")
    assert redactor.clean("<abcdefghij><abcdef>") == f"<{HIDDEN}><{HIDDEN}>"


def test_short_values_are_not_registered(redactor: Redactor) -> None:
    """A secret of a few letters would tear holes into ordinary words."""
    redactor.register("turn")
    redactor.register("")
    assert redactor.clean("the turn ended") == "the turn ended"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key sk-proj-abcDEF0123456789_-x!", "key [hidden]!"),
        ("nxk_abcdefghijklmnopqrstuvwxyz012345", "[hidden]"),
        ("AIzaSyA-0123456789abcdefghijk", "[hidden]"),
        ("Authorization: Bearer abc.def", "Authorization: [hidden] [hidden]"),
        ("{'authorization': 'Bearer abc.def'}", "{'authorization': '[hidden] [hidden]'}"),
        ("x-goog-api-key: abc123", "x-goog-api-key: [hidden]"),
        ('{"api_key": "abc123"}', '{"api_key": "[hidden]"}'),
        ("GET https://a.example/v1?key=abc&n=1", "GET https://a.example/v1?key=[hidden]&n=1"),
        ("proxy http://me:pw@proxy.example:80", "proxy http://[hidden]@proxy.example:80"),
        ("12 tokens: 5 in, task-oriented, risk-averse-behaviour", None),
        ("https://api.openai.com:443/v1/models", None),
    ],
)
def test_patterns(text: str, expected: str | None, redactor: Redactor) -> None:
    """What looks like a key is hidden although nobody registered it; ordinary text stays."""
    assert redactor.clean(text) == (text if expected is None else expected)


def test_libraries_do_not_log_addresses(redactor: Redactor, tmp_path: Path) -> None:
    """Requests and headers of the HTTP client stay out, its warnings come in."""
    logging.getLogger("httpx").info("HTTP Request: POST https://api.example")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    logging.getLogger("httpx").warning("a warning")
    text = written(tmp_path)
    assert ("POST" in text, "send_request" in text, "a warning" in text) == (False, False, True)


def test_a_secret_at_the_cut_is_hidden(redactor: Redactor) -> None:
    """Cutting a long record leaves no first half of a key."""
    redactor.register(CANARY)
    text = redactor.clean("x" * (RECORD_CHARS - 5) + CANARY + "tail")
    assert (CANARY[:5] in text, text.endswith(" … [cut]")) == (False, True)


def test_long_records_are_cut(redactor: Redactor, tmp_path: Path) -> None:
    """A body that came along with an error is not kept."""
    ours().warning("x" * 1_000_000)
    assert RECORD_CHARS < len(written(tmp_path)) < RECORD_CHARS + 100


def test_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log takes a bounded place on disk."""
    monkeypatch.setattr(log, "FILE_BYTES", 1_000)
    open_log(tmp_path)
    for number in range(100):
        ours().info("line %d of a log that is longer than its files", number)
    sizes = [path.stat().st_size for path in (tmp_path / "logs").iterdir()]
    assert (len(sizes), max(sizes) <= 1_000) == (log.FILES_KEPT + 1, True)


# File modes are an affair of POSIX: on Windows the folder of the user is private by its access list.
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_reads_it(redactor: Redactor, tmp_path: Path) -> None:
    """Folder and file are private even under a permissive umask."""
    before = os.umask(0)
    try:
        open_log(tmp_path / "new")
        ours().info("hello")
    finally:
        os.umask(before)
    path = tmp_path / "new" / "logs" / "window.log"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_no_place_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the folder cannot be made or written the program goes on, and the terminal stays quiet."""
    (tmp_path / "logs").write_text("in the way")
    open_log(tmp_path)
    ours().warning("lost")
    (tmp_path / "free" / "logs" / "window.log").mkdir(parents=True)
    open_log(tmp_path / "free")
    ours().warning("lost too")
    assert capsys.readouterr().err == ""


def test_opening_again_moves_the_log(redactor: Redactor, tmp_path: Path) -> None:
    """There is one log at a time: a second opening does not write each line twice."""
    open_log(tmp_path / "second", "cli")
    ours().info("once")
    assert (tmp_path / "second" / "logs" / "cli.log").read_text("utf-8").count("once") == 1
    assert written(tmp_path) == ""


def test_odd_characters(redactor: Redactor, tmp_path: Path) -> None:
    """Half a surrogate pair in a message does not lose the line."""
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, log.PrivateFileHandler)]
    for handler in handlers:  # this one alone: what pytest captures must be text that its workers can send
        handler.handle(logging.makeLogRecord({"msg": "half \ud800 pair"}))
    assert "half \\ud800 pair" in written(tmp_path)


def test_repr_tells_no_value(redactor: Redactor) -> None:
    """A redactor in a traceback shows how much it knows, not what."""
    redactor.register(CANARY)
    assert repr(redactor) == "Redactor(3 forms)"
