"""The first window after a kill: answers whose money needed nothing any more end in sight too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from nexu_desktop.cli.main import main
from nexu_desktop.composition import build
from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.credits import Nanocredits, show_cost
from nexu_desktop.services.ports import NewAttempt
from tests.journeys.conftest import Opener

MODEL = "gemini-3-flash-preview"


def killed(directory: Path, ref: ModelRef) -> None:
    """What a process leaves that died while an answer streamed; on play credits 1,000 tokens had come."""
    with build(directory) as core:
        core.chats.create(Conversation("c", "Rivers", ref, 1, 1))
        core.chats.add(Message("q", "c", Role.USER, "Rivers?", 1))
        core.chats.add(Message("a", "c", Role.ASSISTANT, "They flow", 2, ref=ref, streaming=True))
        if ref.lane.spends_credits:
            card, hold = core.catalog.card_offer(ref).card or "", Nanocredits(2_000_000_000)
            core.ledgers[ref.lane].hold(NewAttempt("a", "a", ref, card, hold, Nanocredits(1), 10, 600))
            core.ledgers[ref.lane].mark_dispatched("a")
            core.ledgers[ref.lane].checkpoint("a", 1_000)


def test_on_an_own_key(open_window: Opener, tmp_path: Path) -> None:
    """No wallet had to be put right; the answer is ended all the same, and the notice says who may bill it."""
    killed(tmp_path / "data", ModelRef(Lane.BYOK, "openai", MODEL))
    house = open_window()
    house.wait(lambda: "The program ended before the answer did." in house.trouble())
    assert "your provider may bill" in house.notice
    assert house.rows[-1].trouble.retry.isVisible()


def test_after_a_command_had_closed_it(open_window: Opener, tmp_path: Path) -> None:
    """The command line charged it, so the window finds no hold: row, notice and sidebar tell the charge."""
    killed(tmp_path / "data", ModelRef(Lane.SANDBOX, "sandbox", MODEL))
    assert main(["ledger", "balance", "--data-dir", str(tmp_path / "data")]) == 0
    house = open_window()
    house.wait(lambda: "The program ended before the answer did." in house.trouble())
    charged = show_cost(house.receipt_of().charged or 0)
    assert charged != "0"
    assert f"{charged} credits were charged" in house.notice
    model = house.window.sidebar.model
    shown = str(model.index(1).data(Qt.ItemDataRole.AccessibleTextRole))
    assert shown.startswith(f"Rivers, {charged} ")
