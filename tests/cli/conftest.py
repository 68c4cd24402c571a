"""A program with a data folder of its own, and a gateway on loopback that answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.sandbox.server import SandboxServer
from tests.cli.program import Program
from tests.sandbox.doubles import Script, serving

Gateway = Callable[..., SandboxServer]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "data")
    yield made
    made.end_all()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Starts a server that says “Hello there, you.”, or what the responder given says."""
    with ExitStack() as open_servers:

        def start(responder: Any = None, *, chunks_per_s: int = 0) -> SandboxServer:
            says = responder or Script("Hello ", "there, ", "you.")
            return open_servers.enter_context(serving(says, chunks_per_s=chunks_per_s))

        yield start
