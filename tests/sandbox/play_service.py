"""The service process as the tests start it: no application around it, and the model's port told in a file."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from nexu_desktop.sandbox import service
from nexu_desktop.sandbox.answers import Answers, choose_answers
from nexu_desktop.sandbox.local_model import ModelState
from tests.sandbox.doubles import FourBytes, card, eventually


def tell_port(answers: Answers, file: Path) -> None:
    model = answers.model
    if model is not None and eventually(lambda: model.state is ModelState.READY, 60) and model._address:
        file.write_text(str(model._address.port))


def main() -> int:
    mode, file = sys.argv[1], Path(sys.argv[2])

    def choose(model_file: Path | None, *, use_model: bool) -> Answers:
        answers = choose_answers(model_file, use_model=use_model)
        threading.Thread(target=tell_port, args=(answers, file), daemon=True).start()
        return answers

    service.choose_answers = choose
    return service.serve(card(), FourBytes(), model_file=None, use_model=mode == "model")


if __name__ == "__main__":
    sys.exit(main())
