"""Files and images on the command line: what goes along, what it costs, and what is refused in one sentence."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.services.files import FILES_MAX
from tests.cli.conftest import Gateway
from tests.cli.program import Program, Result
from tests.sandbox.doubles import Script
from tests.services.image_bytes import gif, png

SEES, BLIND = "gemini-3-flash-preview", "glm-5"
URL = "data:image/png;base64," + base64.b64encode(png(640, 480)).decode()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes – é.md"
    path.write_text("# Notes\n", encoding="utf-8")
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.dat"
    path.write_bytes(png(640, 480))
    return path


def estimate(program: Program, *arguments: str) -> Any:
    result = program.here("estimate", "--json", "--model", SEES, *arguments, "What is it?")
    assert result.code == 0, result.err
    return result.json()


def history(tmp_path: Path, *contents: Any) -> str:
    path = tmp_path / "history.json"
    path.write_text(json.dumps([{"role": "user", "content": content} for content in contents]))
    return str(path)


def shown(url: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": url}}]


def refused(result: Result, code: int = 2) -> str:
    assert (result.code, len(result.err.splitlines())) == (code, 1)
    return result.err


def test_files_are_part_of_the_estimate(program: Program, notes: Path, photo: Path) -> None:
    """Text and image by themselves; the draft stays the draft."""
    plain = estimate(program)["made_of"]
    text = estimate(program, "--file", str(notes))["made_of"]
    both = estimate(program, "--file", str(notes), "--image", str(photo))["made_of"]
    assert (plain["files"], plain["draft"]) == (0, both["draft"])
    assert 0 < text["files"] < both["files"] - 200


def test_an_image_in_a_history_counts(program: Program, tmp_path: Path) -> None:
    """As much as the same image does with the message."""
    path = tmp_path / "photo.png"
    path.write_bytes(png(640, 480))
    words = estimate(program, "--history", history(tmp_path, "Look"))["made_of"]["counted"]
    seen = estimate(program, "--history", history(tmp_path, shown(URL)))["made_of"]["counted"]
    with_it = estimate(program, "--image", str(path))["made_of"]["files"]
    assert seen - words == with_it


def test_asking_sends_them(
    program: Program, gateway: Gateway, notes: Path, photo: Path, tmp_path: Path
) -> None:
    """The text before the words, in order; an image as data, from a history too."""
    script = Script("ok")
    server = gateway(script)
    result = program.here(
        *("ask", "--json", "--model", SEES, "--link-url", server.address.url, "--key-stdin"),
        *("--cloud-url", server.address.url, "--history", history(tmp_path, shown(URL))),
        *("--image", str(photo), "--file", str(notes), "What is it?"),
        stdin=f"{server.address.token}\n".encode(),
    )
    assert result.code == 0, result.err
    assert result.json()["reply"].startswith("*Images are not looked at in the sandbox; 1 came")
    [messages] = script.asked
    assert [role for role, _ in messages] == ["user", "user"]
    assert messages[1][1] == "File notes – é.md:\n```\n# Notes\n```\n\nWhat is it?"


def test_a_model_that_does_not_see_is_not_asked(program: Program, photo: Path, tmp_path: Path) -> None:
    """Refused before anything is held, whether the image is new or in the history."""
    ask = ("ask", "--sandbox", "--prepared-answers", "--model", BLIND)
    for arguments in (("--image", str(photo)), ("--history", history(tmp_path, shown(URL)))):
        assert f"{BLIND} does not see images." in refused(program.here(*ask, *arguments, "What is it?"))
    assert program.balance("--sandbox")["held"] == 0


def test_what_is_not_an_image_is_not_taken_for_one(program: Program, notes: Path, photo: Path) -> None:
    """--file takes either, by content."""
    said = refused(program.here("estimate", "--model", SEES, "--image", str(notes), "Hi"))
    assert "is not an image. Give a text with --file." in said
    by_file = estimate(program, "--file", str(photo))["made_of"]["files"]
    assert by_file == estimate(program, "--image", str(photo))["made_of"]["files"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7", "is damaged, or no PDF that can be read"),
        (b"\0\1\2", "is neither text, PDF nor an image."),
        (b"", "is empty."),
        (gif(3, 3)[:8], "This image is damaged."),
    ],
)
def test_a_file_of_no_use(program: Program, tmp_path: Path, data: bytes, said: str) -> None:
    """One sentence with the reason."""
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    assert said in refused(program.here("estimate", "--model", SEES, "--file", str(path), "Hi"))


def test_a_path_of_no_use(program: Program, tmp_path: Path) -> None:
    """Not there, or a folder: the path is named."""
    for path in (tmp_path / "nowhere.txt", tmp_path):
        said = refused(program.here("estimate", "--model", SEES, "--file", str(path), "Hi"))
        assert f"{path} can't be read: " in said


def test_only_so_many(program: Program, notes: Path) -> None:
    """As in the window."""
    many = ["--file", str(notes)] * (FILES_MAX + 1)
    said = refused(program.here("estimate", "--model", SEES, *many, "Hi"))
    assert "A message takes at most 20 files." in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://example.com/x.png", "names an image by its address. Put it in as a data: URL in base64."),
        ("http://127.0.0.1:9/x.png", "names an image by its address."),
        ("file:///etc/passwd", "names an image by its address."),
        ("http://127.0.0.1:9/;base64,aGVsbG8=", "names an image by its address."),
        ("data:image/png,notbase64", "names an image by its address."),
        ("data:image/png;base64,@@@", "has a damaged image."),
        ("data:image/png;base64,aGVsbG8=", "has an image of no known kind."),
    ],
)
def test_nothing_is_fetched_for_a_history(program: Program, tmp_path: Path, url: str, said: str) -> None:
    """An address is refused with a sentence; so is what is not an image."""
    told = refused(
        program.here("estimate", "--model", SEES, "--history", history(tmp_path, shown(url)), "Hi")
    )
    assert f"Message 1 of {tmp_path / 'history.json'} {said}" in told
