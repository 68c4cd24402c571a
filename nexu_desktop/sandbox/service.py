"""The service as a process of its own: says where it is, and ends with the program that started it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.sandbox.answers import choose_answers
from nexu_desktop.sandbox.server import SandboxServer
from nexu_desktop.services.ports import TokenCounter

CHUNKS_PER_S = 150  # about as fast as a quick model, so that streaming can be seen


def serve(card: RateCard, counter: TokenCounter, *, model_file: Path | None, use_model: bool) -> int:
    """Print one JSON line {"url", "token", "pid"}, then serve until standard input closes. Returns 0.

    The model process ends with this one, however this one ends: its own standard input closes then.
    Raises OSError if no loopback port is free.
    """
    answers = choose_answers(model_file, use_model=use_model)
    with SandboxServer(card, counter, answers, chunks_per_s=CHUNKS_PER_S) as server:
        address = replace(server.address, pid=os.getpid())
        sys.stdout.write(json.dumps(asdict(address)) + "\n")
        sys.stdout.flush()
        # Loads its library while nothing reads standard input yet: on Windows a library that starts up
        # while another thread waits on that pipe can hang.
        counter.load(card.default_model)
        _until_input_ends()
    return 0


def _until_input_ends() -> None:
    try:
        while sys.stdin is not None and sys.stdin.buffer.read(4096):
            pass
    except (KeyboardInterrupt, OSError):
        return
