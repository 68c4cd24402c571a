"""A fresh machine: the sandbox by itself and behind `ask`, keys without a keyring, any locale, the log."""

from __future__ import annotations

import json
import logging
import signal
import sys
from pathlib import Path

import pytest

from nexu_desktop.__main__ import window as open_window
from nexu_desktop.cli import main
from nexu_desktop.composition import build
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.sandbox.address import SandboxAddress
from tests.architecture.test_cli_without_qt import run as without_qt
from tests.cli.conftest import Gateway
from tests.cli.program import Program
from tests.sandbox.doubles import Client, Script

ASK = ("ask", "--sandbox", "--prepared-answers", "--model", "gemini-3-flash-preview")


def test_ask_on_a_fresh_machine(program: Program) -> None:
    """No account, no key, no network: the sandbox starts, answers, is paid in play credits and ends."""
    result = program.run(*ASK, "Hello")
    assert (result.code, "Hello" in result.out) == (0, True), result.err
    balance = program.balance("--sandbox")
    assert (balance["held"], balance["settled"] < 100 * NANO_PER_CREDIT) == (0, True)


def test_any_locale(program: Program) -> None:
    """UTF-8 in and out where the locale knows ASCII alone."""
    locale = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii"}
    result = program.run(*ASK, "--json", "Grüße 🎉", env=locale)
    assert (result.code, "Grüße 🎉" in result.json()["reply"]) == (0, True), result.err


@pytest.mark.parametrize(
    "command",
    [
        ("estimate", "--model", "glm-5", "Hello"),
        (*ASK, "Hello"),
        ("ledger", "verify"),
        ("keys", "list"),
        ("doctor",),
    ],
    ids=lambda command: command[0],
)
def test_at_work_without_qt(program: Program, command: tuple[str, ...]) -> None:
    """Not only the help: each command does its work where importing Qt fails."""
    result = without_qt("nexu_desktop", *command, "--data-dir", str(program.data_dir))
    assert result.returncode == 0, result.stderr


def test_the_sandbox_by_itself(program: Program) -> None:
    """One JSON line says where it is; it serves until Ctrl+C and ends well."""
    process = program.start("sandbox", "--prepared-answers")
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    assert {"url", "token", "pid"} == set(said)
    assert "Hello" in Client(SandboxAddress(**said)).chat("Hello").text
    process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (err, process.returncode) == (b"", 0) or sys.platform == "win32"


def test_a_reply_may_not_command_the_terminal(
    program: Program, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a screen escape sequences are cut out; in a pipe the reply is left as it is."""
    server = gateway(Script("a\x1b[2Jb\x9bc\td\n"))
    link = ("ask", "--model", "glm-5", "--key-stdin", "--link-url", server.address.url, "Hello")
    piped = program.here(*link, stdin=server.address.token.encode())
    assert piped.out == "a\x1b[2Jb\x9bc\td\n\n"
    monkeypatch.setattr("nexu_desktop.cli.terminal.sys.stdout.isatty", lambda: True)
    from nexu_desktop.cli import terminal

    terminal.write_foreign("a\x1b[2Jb\x9bc\td\n")
    assert capsys.readouterr().out == "a[2Jbc\td\n"


def test_keys_without_a_keyring(program: Program, gateway: Gateway) -> None:
    """The key is accepted by the gateway, can't be stored, and no file holds it: exit 4 and the way out."""
    server = gateway()
    result = program.here(
        "keys", "add", "nexu", "--url", server.address.url, stdin=server.address.token.encode()
    )
    assert (result.code, len(result.err.splitlines())) == (4, 1), result.err
    assert program.here("keys", "list", "--json").json() == []
    files = [path for path in program.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if server.address.token.encode() in path.read_bytes()] == []


def test_a_rejected_key_is_not_stored(program: Program, gateway: Gateway) -> None:
    """Exit 4, and what the gateway said of it."""
    server = gateway()
    result = program.here("keys", "add", "nexu", "--url", server.address.url, stdin=b"nxk_wrong_wrong_wrong")
    assert (result.code, "Nexu does not know this key." in result.err) == (4, True), result.err


def test_our_own_bug_is_a_sentence(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 70, one neutral sentence, and the traceback in the log alone."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("nexu_desktop.services.account.Account.active_lane", broken)
    result = program.here("ledger", "balance")
    log = (program.data_dir / "logs" / "cli.log").read_text("utf-8")
    assert (result.code, result.out) == (70, "")
    assert (
        result.err == "Something in this program went wrong (ZeroDivisionError). The log has the details.\n"
    )
    assert "ZeroDivisionError: a fault" in log


def test_no_key_in_the_log(program: Program) -> None:
    """Each key that a provider is made with is cut out of the log from then on."""
    key = "unlike.any.pattern.of.keys"
    with build(program.data_dir, log="cli") as core:
        core.connections.gateway("http://127.0.0.1:9", None, key)
        core.connections.own("custom", "http://127.0.0.1:9", key + "2")
        logging.getLogger("nexu_desktop").warning("said %s and %s", key, key + "2")
    log = (program.data_dir / "logs" / "cli.log").read_text("utf-8")
    assert "said [hidden] and [hidden]" in log
    assert main(["ledger", "balance", "--data-dir", str(program.data_dir)]) == 0


def test_keys_that_cannot_be_reached_are_said_to_be_so(program: Program) -> None:
    """They are listed, and the keyring that holds them is not there: in words and as a field."""
    with build(program.data_dir) as core:
        core.settings.update(keys=(SavedKey("openai", "https://api.openai.com/v1", "••••"),))
    listed = program.here("keys", "list", "--json")
    assert [key["reachable"] for key in listed.json()] == [False]
    assert "These keys can't be used until it can" in listed.err


def test_a_missing_keyring_is_missing(program: Program) -> None:
    """`doctor` does not say in one line that it is not there and in another that nothing is missing."""
    told = program.here("doctor", "--json").json()
    whats = [row["what"] for row in told["missing"]]
    assert ("OS keyring" in whats) == (told["keyring"]["state"] == "missing")


@pytest.mark.parametrize(
    ("checkout", "said"), [(True, "make run ARGS='ask "), (False, ": nexu-desktop ask ")]
)
def test_without_a_display_the_way_out_can_be_typed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    checkout: bool,
    said: str,
) -> None:
    """In a checkout the program is on no path."""
    if checkout:
        (tmp_path / "Makefile").touch()
    monkeypatch.setattr("nexu_desktop.__main__.__file__", str(tmp_path / "nexu_desktop" / "__main__.py"))
    monkeypatch.setattr("nexu_desktop.__main__.display_found", lambda: False)
    assert open_window([]) == 7
    assert said in capsys.readouterr().err
