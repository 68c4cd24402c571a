"""Processes: the service ends with its parent, the model with the service, however either of them ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from nexu_desktop.domain.errors import Billed, ProviderDown
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.child_process import Child
from nexu_desktop.sandbox.process import SandboxProcess
from tests.sandbox.doubles import Client, eventually

ROOT = Path(__file__).parents[2]
SAYS = 'import sys; print(\'{{"url": "http://127.0.0.1:9", "token": "t", "pid": {0}}}\', flush=True); {1}'


@pytest.fixture
def process() -> Iterator[SandboxProcess]:
    sandbox = SandboxProcess(timeout_s=30)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def port_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    return tmp_path / "model-port"


def service(mode: str, port_file: Path) -> list[str]:
    return [sys.executable, "-m", "tests.sandbox.play_service", mode, str(port_file)]


def serves(port: int, path: str = "/health") -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def port_of(address: SandboxAddress) -> int:
    return int(address.url.rsplit(":", 1)[1])


def test_the_real_model_answers_and_dies_with_the_service(process: SandboxProcess, port_file: Path) -> None:
    """SmolLM2 by the whole way: started behind the service, answering, ended by kill -9 of the service."""
    address = process.start(service("model", port_file))
    client = Client(address)
    reply = client.chat("What is the capital of France?", max_tokens=64)
    assert "Paris" in reply.text
    assert reply.finish == ["stop"]
    assert -(-len(reply.text.encode()) // 4) == reply.usages[0]["completion_tokens"]
    assert client.send("GET", "/healthz", headers={}).json()["answers_from"] == "SmolLM2-135M"
    model_port = int(port_file.read_text())
    assert serves(model_port)
    os.kill(
        address.pid or 0, 9 if sys.platform != "win32" else 15
    )  # on Windows any signal ends a process at once
    assert eventually(lambda: not serves(model_port))
    assert eventually(lambda: not process.alive)
    again = process.address()
    assert (address.token, address.pid) != (again.token, again.pid)
    assert Client(again).send("GET", "/v1/models").status == 200


def test_closing_the_input_ends_service_and_model(port_file: Path) -> None:
    """That is what the death of the parent looks like on every system."""
    child = subprocess.Popen(service("model", port_file), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        assert eventually(lambda: port_file.is_file() and port_file.read_text() != "", 60)
        child.stdin.close()
        assert child.wait(20) == 0
    assert {"url", "token", "pid"} == set(said)
    assert child.pid == said["pid"]
    assert not serves(int(port_file.read_text()))


def test_killing_the_parent_ends_the_service(port_file: Path) -> None:
    """A parent that is killed has no chance to say goodbye, and need not."""
    command = service("plain", port_file)
    starts = (
        "import json, sys, time; from nexu_desktop.sandbox.process import SandboxProcess;"
        f"print(SandboxProcess(timeout_s=30).start({command!r}).url, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().decode().strip().rsplit(":", 1)[1])
        assert serves(port, "/healthz")
        parent.kill()
    assert eventually(lambda: not serves(port, "/healthz"))


def test_started_once_and_stopped_for_good(process: SandboxProcess, port_file: Path) -> None:
    """A second start returns the running one; stop ends it, twice is as good as once."""
    address = process.start(service("plain", port_file))
    assert address == process.start(service("plain", port_file)) == process.address()
    assert process.alive
    process.stop()
    process.stop()
    assert (process.alive, serves(port_of(address), "/healthz")) == (False, False)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["/nowhere/at/all"], ""),
        ([sys.executable, "-c", "import sys; sys.exit('it lacks a thing')"], "it lacks a thing"),
        ([sys.executable, "-c", "print('hello')"], "hello"),
        ([sys.executable, "-c", "print('[1]')"], "[1]"),
        ([sys.executable, "-c", "print('{}')"], "'url'"),
        ([sys.executable, "-c", "pass"], "It ended without a word."),
        ([], "It was never started."),
    ],
)
def test_what_cannot_start_says_so(process: SandboxProcess, command: list[str], why: str) -> None:
    """One clear sentence, the next step, nothing sent, nothing left running."""
    with pytest.raises(ProviderDown) as caught:
        process.start(command)
    error = caught.value
    assert (error.title, error.billed) == ("The sandbox could not start.", Billed.UNSENT)
    assert error.hint.startswith("Run “nexu-desktop doctor” to see what is missing.")
    assert why in error.hint
    assert not process.alive


def test_a_start_has_a_time_limit() -> None:
    """A program that says nothing is ended."""
    sandbox = SandboxProcess(timeout_s=1)
    with pytest.raises(ProviderDown, match="could not start") as caught:
        sandbox.start([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"])
    assert "within 1 seconds" in caught.value.hint
    assert not sandbox.alive


def test_one_that_does_not_listen_is_ended_by_force() -> None:
    """Closing its input is the polite way, not the only one."""
    child = Child([sys.executable, "-c", "import time; print('{}', flush=True); time.sleep(600)"])
    assert child.first_line(30) == {}
    child.end(timeout_s=1)
    assert not child.alive


def test_one_that_died_is_started_again(process: SandboxProcess) -> None:
    """Asking for the address is enough."""
    first = process.start([sys.executable, "-c", SAYS.format(1, "sys.stdin.readline()")])
    assert first == process.address()
    child = process._child
    assert child is not None
    child.tell("end")
    assert eventually(lambda: not process.alive)
    assert first == process.address()
    assert (process.alive, child.pid != process._child.pid if process._child else False) == (True, True)


def test_no_secret_in_the_arguments(port_file: Path, process: SandboxProcess) -> None:
    """Whoever lists the processes of this machine reads no key: the commands are known before the keys."""
    command = service("plain", port_file)
    address = process.start(command)
    assert not any(address.token in argument for argument in command)
