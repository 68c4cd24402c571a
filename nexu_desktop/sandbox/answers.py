"""The local model where it can answer, the plain responder where it cannot, and which of the two it is."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

from nexu_desktop.sandbox.call import Turn
from nexu_desktop.sandbox.local_model import LocalModel, ModelState, WeightsMissing, find_weights
from nexu_desktop.sandbox.responder import PlainResponder, Responder, ResponderGone

PLAIN = "plain responder"


class Answers:
    """A Responder that always answers. `health` is what /healthz says about it."""

    def __init__(self, plain: Responder, model: LocalModel | None = None, note: str = "") -> None:
        self._plain = plain
        self._model = model
        self._note = note

    @property
    def model(self) -> LocalModel | None:
        return self._model

    def start(self) -> None:
        if self._model is not None:
            self._model.start()

    def stop(self) -> None:
        if self._model is not None:
            self._model.stop()

    def health(self) -> dict[str, str]:
        if self._model is None:
            return {"answers_from": PLAIN, "model": "none", "note": self._note}
        state = self._model.state
        name = PLAIN if state is ModelState.STOPPED else self._model.weights.name
        return {"answers_from": name, "model": state.value, "note": self._model.note}

    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        """Raises ResponderGone only if the model breaks after it has begun to answer."""
        if self._model is not None:
            begun = False
            try:
                for piece in self._model.respond(messages, max_tokens):
                    begun = begun or bool(piece)
                    yield piece
                return
            except ResponderGone:
                if begun:
                    raise
        yield from self._plain.respond(messages, max_tokens)


def choose_answers(model_file: Path | None, *, use_model: bool) -> Answers:
    """The best that this machine can do."""
    if not use_model:
        return Answers(PlainResponder(), note="The local model is switched off.")
    try:
        return Answers(PlainResponder(), LocalModel(find_weights(model_file)))
    except WeightsMissing as missing:
        return Answers(PlainResponder(), note=str(missing))
