"""What can't be used gets one sentence with the next step and the documented exit code, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import Program

ASK = ("ask", "--sandbox", "--prepared-answers", "--model", "glm-5")
CASES = {
    "no command of ours": (("bogus",), 2, "invalid choice: 'bogus'"),
    "no subcommand": (("ledger",), 2, "balance|show|verify|grant"),
    "no model": (("ask", "Hello"), 2, "--model"),
    "an abbreviation": ((*ASK, "--pre", "Hello"), 2, "--pre"),
    "a negative limit": (("ledger", "show", "--limit", "-1"), 2, "not a whole number above 0"),
    "a limit in words": (("ledger", "show", "--limit", "ten"), 2, "not a whole number above 0"),
    "an endless limit": (("ledger", "show", "--limit", "9" * 30), 2, "not a whole number above 0"),
    "a tiny answer": ((*ASK, "--max-tokens", "5", "Hello"), 2, "256 to 1,000,000 tokens"),
    "a negative answer": ((*ASK, "--max-tokens", "-5", "Hello"), 2, "not a whole number above 0"),
    "no number": (("ledger", "grant", "--credits", "NaN"), 2, "“NaN” is not an amount"),
    "an exponent": (("ledger", "grant", "--credits", "1e3"), 2, "“1e3” is not an amount"),
    "less than nothing": (("ledger", "grant", "--credits", "-5"), 2, "more than 0 credits"),
    "nothing": (("ledger", "grant", "--credits", "0"), 2, "more than 0 credits"),
    "an unknown model": (("ask", "--sandbox", "--model", "gpt-99", "Hello"), 3, "rate of gpt-99 is unknown"),
    "an unknown model, priced": (("estimate", "--model", "gpt-99", "Hello"), 3, "rate of gpt-99 is unknown"),
    "an unknown provider": (("ask", "--provider", "acme", "--model", "x", "Hello"), 2, "Known are: nexu, openai"),
    "an own key that is not there": (("ask", "--provider", "openai", "--model", "x", "Hello"), 4, "keys add openai"),
    "two lanes": (("estimate", "--sandbox", "--provider", "openai", "--model", "x", "Hello"), 2, "two different lanes"),
    "an empty text": ((*ASK, ""), 2, "There is no message."),
    "a blank text": (("estimate", "--model", "glm-5", " \n"), 2, "There is no message."),
    "nothing piped in": (ASK, 2, "There is no message."),
    "an address without a key": (("ask", "--model", "glm-5", "--link-url", "http://x", "Hello"), 2, "--key-stdin"),
    "a key that does not come": (("ask", "--model", "glm-5", "--key-stdin", "Hello"), 2, "No key came on stdin."),
    "a key for the sandbox": ((*ASK, "--key-stdin", "Hello"), 2, "The sandbox takes no key."),
    "no key to add": (("keys", "add", "openai"), 2, "No key came on stdin."),
    "no key to remove": (("keys", "remove", "openai"), 4, "There is no openai key."),
    "no key to verify": (("keys", "verify", "openai"), 4, "There is no key for openai."),
    "no such model file": (("sandbox", "--model-file", "nowhere.gguf"), 2, "nowhere.gguf is not a file."),
}  # fmt: skip
HISTORIES = {
    "not JSON": (b"{", "is not JSON"),
    "not text": (b"\xff\xfe\x00", "is not JSON"),
    "no list": (b'{"a": 1}', "holds no list of messages"),
    "no role": (b'[{"content": "x"}]', "Message 1 of"),
    "a wrong role": (b'[{"role": "user", "content": "x"}, {"role": "king", "content": "x"}]', "Message 2 of"),
    "a strange role": (b'[{"role": ["user"], "content": "x"}]', "no known role"),
    "no text": (b'[{"role": "user", "content": null}]', "not text"),
    "a picture": (b'[{"role": "user", "content": [{"type": "image_url"}]}]', "not text"),
    "too deep": (b"[" * 100_000, "is not JSON"),
}


def one_sentence(text: str) -> bool:
    return len(text.splitlines()) == 1 and "Traceback" not in text and "rror:" not in text


@pytest.mark.parametrize(("arguments", "code", "said"), CASES.values(), ids=CASES.keys())
def test_bad_arguments(program: Program, arguments: tuple[str, ...], code: int, said: str) -> None:
    """One line on stderr that names it, the documented code, and nothing on stdout."""
    result = program.here(*arguments)
    assert (result.code, said in result.err, one_sentence(result.err)) == (code, True, True), result.err
    assert result.out == ""


@pytest.mark.parametrize(("content", "said"), HISTORIES.values(), ids=HISTORIES.keys())
def test_bad_history(program: Program, tmp_path: Path, content: bytes, said: str) -> None:
    """The file is named, with what is wrong in it."""
    path = tmp_path / "history.json"
    path.write_bytes(content)
    result = program.here("estimate", "--model", "glm-5", "--history", str(path), "Hello")
    assert (result.code, said in result.err, one_sentence(result.err)) == (2, True, True), result.err


def test_a_missing_history_is_named(program: Program) -> None:
    """The path and the reason."""
    result = program.here("estimate", "--model", "glm-5", "--history", "nowhere.json", "Hello")
    assert (result.code, result.err.startswith("nowhere.json can't be read: ")) == (2, True)


@pytest.mark.parametrize("piped", [b"\xff\xfe\xfa", b"a\0b", b"\x89PNG\r\n\x1a\n\0"])
def test_binary_stdin(program: Program, piped: bytes) -> None:
    """A picture piped in is refused, not sent as a row of question marks."""
    result = program.run(*ASK, "-", stdin=piped)
    assert (result.code, result.err, result.out) == (
        2,
        "What came on stdin is not text. Pipe in UTF-8 text.\n",
        "",
    )


def test_bad_arguments_as_json(program: Program) -> None:
    """With --json the reason is on stdout too, with its code."""
    result = program.run("ledger", "show", "--limit", "-1", "--json")
    assert result.code == 2
    assert result.json()["error"]["code"] == "bad_input"


def test_a_refused_ask_has_every_field(program: Program) -> None:
    """`ask --json` prints the same fields however early it ends."""
    result = program.here(*ASK, "--json", "")
    told = result.json()
    assert (result.code, told["outcome"], told["error"]["code"]) == (2, "refused", "bad_input")
    assert (told["usage"]["output"], told["basis"], told["lane"], told["charged"]) == (0, "none", None, None)


def test_a_bad_url_is_named(program: Program) -> None:
    """Before anything is sent."""
    options = ("ask", "--model", "glm-5", "--key-stdin", "--link-url", "gopher:/x", "Hello")
    result = program.here(*options, stdin=b"nxk_123456789012")
    assert (result.code, one_sentence(result.err), "gopher" in result.err) == (2, True, True), result.err


def test_half_characters_do_no_harm(program: Program, tmp_path: Path) -> None:
    """JSON can hold halves of characters, an argument bytes that are no text: both are counted and priced."""
    path = tmp_path / "history.json"
    path.write_text(json.dumps([{"role": "user", "content": "a\ud83d b"}]), encoding="ascii")
    result = program.here("estimate", "--model", "glm-5", "--history", str(path), "x\udcff", "--json")
    assert (result.code, result.json()["input_tokens"] > 0) == (0, True), result.err
