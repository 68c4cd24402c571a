"""kill -9 in the middle of an answer, whenever: the balance is right, nothing is held, nothing is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from nexu_desktop.domain.chat import Basis, Outcome, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.server import SandboxServer
from tests.journeys.conftest import Opener
from tests.journeys.house import House
from tests.journeys.window_child import STAGES

OPENING = 100 * NANO_PER_CREDIT
CHILD = Path(__file__).with_name("window_child.py")
ROOT = Path(__file__).parents[2]
SEEDS = range(8)
LONGEST_S = 0.12  # from the stage to the kill


def test_a_killed_window_has_lost_nothing(open_window: Opener, server: SandboxServer, tmp_path: Path) -> None:
    """Eight kills at moments drawn from fixed seeds, each followed by a start on the same directory."""
    outcomes: list[tuple[str, str]] = []
    for seed in SEEDS:
        server.faults.set(Faults(endless=True, delay_chunk_ms=15))
        question = f"Question number {seed}, about rivers."
        stage, after_s = STAGES[seed % len(STAGES)], random.Random(seed).random() * LONGEST_S
        _kill_one(tmp_path / "data", server, question, stage, after_s)
        house = open_window()
        outcomes.append((stage, _check(house, question)))
        house.close()
    house = open_window()
    assert house.notice == ""  # said once, at the first start after it
    assert len(house.core.desk.conversations()) == len(SEEDS)
    assert {outcome for stage, outcome in outcomes if stage == "saved"} == {"charged"}
    house.sound()


def _kill_one(directory: Path, server: SandboxServer, question: str, stage: str, after_s: float) -> None:
    address = server.address
    command = [sys.executable, str(CHILD), str(directory), address.url, address.token, question]
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                if line.strip() == stage.encode():
                    break
            time.sleep(after_s)
        finally:
            child.kill()


def _check(house: House, question: str) -> str:
    """How far it had come when it was killed."""
    house.wait(lambda: house.balance().held == 0)
    charges = sum(entry.amount for entry in house.entries() if entry.kind == "charge")
    assert OPENING - house.balance().settled == charges
    assert sum(conversation.spent for conversation in house.core.desk.conversations()) == charges
    house.sound()
    asked = [row.text for row in house.messages if row.role is Role.USER]
    if not asked:
        assert house.draft == question  # it never left: it is the draft again
        return "draft"
    assert (asked, house.draft) == ([question], "")
    assert [row.parent for row in house.messages] == [
        "",
        house.messages[0].id,
    ]  # stored with what they follow
    receipt = house.receipt_of()
    attempt = house.core.ledgers[receipt.ref.lane].attempt(receipt.attempt)
    assert attempt is not None
    assert (receipt.charged, receipt.outcome) == (attempt.charged or 0, Outcome.CUT)
    assert "The program ended before the answer did." in house.trouble()
    assert house.rows[-1].body.text == house.answers[0].text
    house.wait(lambda: "was interrupted when the program ended" in house.notice)
    if attempt.checkpoint:
        assert (receipt.basis, (receipt.charged or 0) > 0, bool(house.answers[0].text)) == (
            Basis.COUNTED, True, True,
        )  # fmt: skip
        return "charged"
    assert (receipt.charged, receipt.unconfirmed) == (0, True)
    return "released"
