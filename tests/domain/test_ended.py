"""An answer that its length has ended: by the limit given, or by one of the model's own."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.chat import Basis
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.ended import ended_by_limit
from tests.services.house import PLAY, past


def test_who_set_the_limit() -> None:
    """Nothing for an answer that came to its end; else the figure of whoever set it."""
    whole = past(PLAY, "a", usage=Usage(input=1, output=256))
    assert ended_by_limit(whole) == ("", "")
    assert ended_by_limit(replace(whole, limited=256))[0] == "Reached the answer limit of 256 tokens."
    own = ended_by_limit(replace(whole, limited=8_192))
    assert own[0] == "The model reached its own length limit after 256 tokens."
    counted = replace(whole, limited=8_192, basis=Basis.COUNTED)  # our count says too little to tell
    assert ended_by_limit(counted)[0] == "Reached the answer limit of 8,192 tokens."
