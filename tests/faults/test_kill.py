"""A killed process loses nothing and doubles nothing; and the harness that says so is able to fail."""

from __future__ import annotations

import pytest

from tests.faults.kill_ledger import kill_often

KILLS_FOR_A_MUTANT = 60


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_kill_loses_and_doubles_nothing(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """100 kills at random moments: all acknowledged steps are there once, no hold stays, verify is empty."""
    tally = kill_often(100, seed)
    assert (tally.kills, tally.problems) == (100, []), f"seed {seed}"
    assert tally.acknowledged > 500
    assert tally.recovered > 50


@pytest.mark.parametrize("mutant", ["acknowledges early", "splits closing", "charges retries"])
def test_the_harness_catches(mutant: str) -> None:
    """A ledger with this fault planted does not survive the same treatment."""
    assert kill_often(KILLS_FOR_A_MUTANT, 5, mutant, until_caught=True).problems != []
