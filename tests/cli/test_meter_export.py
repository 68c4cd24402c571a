"""`meter export`: one's own answers as a log of numbers that `meter evaluate` reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from nexu_desktop.composition import build
from nexu_desktop.domain.chat import Conversation, Message, Outcome, Role
from nexu_desktop.domain.credits import Usage
from tests.cli.program import Program
from tests.cli.test_bad_input import one_sentence
from tests.services.house import PLAY, past

SECRET = "List 5 ideas about the CANARY bird, in detail"


def _answers(program: Program, count: int) -> None:
    with build(program.data_dir) as core:
        for number in range(count):
            cid = f"c{number // 3}"
            if number % 3 == 0:
                core.chats.create(Conversation(cid, "CANARY title", PLAY, 1, 1))
            usage = Usage(input=400, cached_input=100, output=200 + number, reasoning=50)
            outcome = Outcome.CUT if number == 1 else Outcome.COMPLETE
            receipt = past(PLAY, f"a{number}", usage=usage, at_ms=100 - number, outcome=outcome, effort="low")
            before = f"a{number - 1}" if number % 3 else ""
            asked = Message(f"q{number}", cid, Role.USER, SECRET, 2 * number, parent=before)
            answer = Message(f"a{number}", cid, Role.ASSISTANT, "", 2 * number + 1, ref=PLAY, streaming=True)
            core.chats.add(asked, replace(answer, parent=asked.id))
            core.chats.finish(f"a{number}", "CANARY answer", "", receipt)


def test_the_log_is_numbers_that_evaluate_reads(program: Program, tmp_path: Path) -> None:
    """Whole answers alone, in the order they came; no word of what was said, no id of a conversation."""
    _answers(program, 12)
    told = program.here("meter", "export")
    assert (told.code, "CANARY" in told.out, told.err) == (0, False, "")
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert [row["reply_tokens"] for row in rows] == [250 + n for n in range(11, -1, -1) if n != 1]
    first = rows[0]
    assert first["ctx_tokens"] + first["prompt_tokens"] == 500
    assert (first["reasoning_tokens"], first["model"], first["effort"]) == (50, str(PLAY), "low")
    assert (first["asked_items"], first["lst"], first["long"], first["code"]) == (5, 1, 1, 0)
    assert len({row["conv"] for row in rows}) == 4
    assert not {row["conv"] for row in rows} & {"c0", "c1", "c2", "c3"}
    log = tmp_path / "log.jsonl"
    log.write_text(told.out, "utf-8")
    replayed = program.here("meter", "evaluate", str(log), "--part", "all", "--json").json()
    assert (replayed["answers"], replayed["conversations"]) == (11, 4)


def test_nothing_to_export_is_a_sentence(program: Program) -> None:
    """Exit code 2, nothing on stdout."""
    told = program.here("meter", "export")
    assert (told.code, told.out, one_sentence(told.err)) == (2, "", True)
