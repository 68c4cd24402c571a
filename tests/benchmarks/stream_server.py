"""The loopback service in a process of its own, with a long answer in many small pieces."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.sandbox.answers import Answers
from nexu_desktop.sandbox.server import SandboxServer
from tests.benchmarks.texts import message

PIECE_CHARS = 8


class LongAnswer:
    def __init__(self, chars: int) -> None:
        self._text = message(random.Random(7), chars)

    def respond(self, messages: Sequence[object], max_tokens: int) -> Generator[str, None, None]:
        for start in range(0, len(self._text), PIECE_CHARS):
            yield self._text[start : start + PIECE_CHARS]


@contextmanager
def fast_server(*, chunks_per_s: int, answer_chars: int) -> Iterator[list[str]]:
    """The command that starts it; the program under test runs and ends it like its own sandbox."""
    yield [sys.executable, "-m", "tests.benchmarks.stream_server", str(chunks_per_s), str(answer_chars)]


def main() -> None:
    pace, chars = int(sys.argv[1]), int(sys.argv[2])
    with SandboxServer(
        RateCardFile().card(), SplintrCounter(), Answers(LongAnswer(chars)), chunks_per_s=pace
    ) as server:
        print(json.dumps(asdict(server.address) | {"pid": os.getpid()}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
