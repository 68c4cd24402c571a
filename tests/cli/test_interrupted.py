"""Ctrl+C, kill -9 and a reader that goes away in the middle of an answer: paid once, nothing held."""

from __future__ import annotations

import os
import signal
import sys
from subprocess import Popen

from nexu_desktop.domain.credits import NANO_PER_CREDIT, Usage
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.server import SandboxServer
from tests.cli.conftest import Gateway
from tests.cli.program import ROOT, Program, Result
from tests.sandbox.doubles import Forever, card, eventually

FULL = 100 * NANO_PER_CREDIT
SAID = "word "


def begin(program: Program, server: SandboxServer, *options: str) -> Popen[bytes]:
    link = ("--key-stdin", "--link-url", server.address.url)
    return program.start(
        "ask", "--model", "glm-5", *link, *options, "Hello", stdin=server.address.token.encode()
    )


def ctrl_c(process: Popen[bytes]) -> None:
    windows = sys.platform == "win32"
    process.send_signal(signal.CTRL_BREAK_EVENT if windows else signal.SIGINT)


def ended(process: Popen[bytes]) -> Result:
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out.decode(), err.decode())


def dispatched(program: Program) -> bool:
    return program.ask_ledger("SELECT count(*) FROM attempt WHERE state = 'dispatched'") == 1


def checkpoint(program: Program) -> int:
    return program.ask_ledger("SELECT max(checkpoint) FROM attempt") or 0


def cost(usage: Usage) -> int:
    model = card().model("glm-5")
    assert model is not None
    return model.rate.cost(usage)


def test_ctrl_c_stops_and_settles(program: Program, gateway: Gateway) -> None:
    """Exit 130, one JSON object with what came, and exactly that is paid."""
    server = gateway(Forever(SAID), chunks_per_s=100)
    process = begin(program, server, "--json")
    assert eventually(lambda: checkpoint(program) > 0, 30)
    ctrl_c(process)
    result = ended(process)
    told = result.json()
    assert (result.code, told["outcome"], told["basis"]) == (130, "stopped", "counted")
    assert told["reply"].startswith(SAID * 10)
    assert told["charged"]["nanocredits"] == cost(Usage(**told["usage"])) > 0
    left = FULL - told["charged"]["nanocredits"]
    assert program.balance() == {"settled": left, "held": 0, "available": left}


def test_ctrl_c_prints_the_receipt(program: Program, gateway: Gateway) -> None:
    """What was streamed stays on stdout, the receipt names the stop."""
    process = begin(program, gateway(Forever(SAID), chunks_per_s=100))
    assert process.stdout is not None
    assert process.stdout.read(20) == (SAID * 4).encode()
    ctrl_c(process)
    result = ended(process)
    assert (result.code, result.err.startswith("stopped: charged ")) == (130, True), result.err
    assert "Traceback" not in result.err
    assert program.balance()["held"] == 0


def test_sigterm_settles_too(program: Program, gateway: Gateway) -> None:
    """What `timeout` sends; on Windows any signal ends a process at once, and the next start settles."""
    process = begin(program, gateway(Forever(SAID), chunks_per_s=100))
    assert process.stdout is not None
    process.stdout.read(20)
    process.terminate()
    assert ended(process).code == (1 if sys.platform == "win32" else 130)
    assert program.balance()["held"] == 0


def test_ctrl_c_before_the_first_word(program: Program, gateway: Gateway) -> None:
    """Sent, and nothing came: charged 0, marked as unconfirmed."""
    server = gateway()
    server.faults.set(Faults(delay_first_ms=60_000))
    process = begin(program, server, "--json")
    assert eventually(lambda: dispatched(program), 30)
    ctrl_c(process)
    told = ended(process).json()
    assert (told["outcome"], told["charged"]["nanocredits"], told["unconfirmed"]) == ("stopped", 0, True)
    assert program.balance() == {"settled": FULL, "held": 0, "available": FULL}


def test_kill_in_mid_answer(program: Program, gateway: Gateway) -> None:
    """The next start charges what the last checkpoint had counted, once, however often it is asked."""
    process = begin(program, gateway(Forever(SAID), chunks_per_s=100), "--json")
    assert eventually(lambda: checkpoint(program) > 0, 30)
    process.kill()
    ended(process)
    counted_input = program.ask_ledger("SELECT counted_input FROM attempt")
    left = FULL - cost(Usage(input=counted_input, output=checkpoint(program)))
    assert program.balance() == {"settled": left, "held": 0, "available": left}
    assert program.balance() == {"settled": left, "held": 0, "available": left}


def test_kill_before_the_first_word(program: Program, gateway: Gateway) -> None:
    """The whole hold goes back."""
    server = gateway()
    server.faults.set(Faults(delay_first_ms=60_000))
    process = begin(program, server)
    assert eventually(lambda: dispatched(program), 30)
    process.kill()
    ended(process)
    assert program.balance() == {"settled": FULL, "held": 0, "available": FULL}


def test_a_living_answer_is_left_alone(program: Program, gateway: Gateway) -> None:
    """Another command while an answer streams sees its hold and does not resolve it."""
    process = begin(program, gateway(Forever(SAID), chunks_per_s=100))
    assert eventually(lambda: dispatched(program), 30)
    assert program.balance()["held"] > 0
    ctrl_c(process)
    assert ended(process).err.startswith("stopped: charged ")
    assert program.balance()["held"] == 0


def test_a_reader_that_goes_away_stops_the_answer(program: Program, gateway: Gateway) -> None:
    """As in `| head -1`: an endless answer ends, is settled, and no traceback is shown."""
    process = begin(program, gateway(Forever(SAID), chunks_per_s=100))
    assert process.stdout is not None
    process.stdout.read(20)
    process.stdout.close()
    process.stdout = None  # communicate() would read it
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.decode().startswith("stopped: charged ")) == (130, True), err
    balance = program.balance()
    assert (balance["held"], balance["settled"] < FULL) == (0, True)


def test_a_closed_pipe_is_no_failure(program: Program) -> None:
    """`models | true`: the code stays that of the command, and nothing is said."""
    reading, writing = os.pipe()
    os.close(reading)
    process = Popen(program.command("models", "--json"), stdout=writing, stderr=-1, cwd=ROOT)
    os.close(writing)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
