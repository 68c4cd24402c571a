"""The command line is whole on a machine without Qt."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

WITHOUT_QT = """
import runpy, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoQt())
module, *sys.argv[1:] = sys.argv[1:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
MODEL_FIELDS = {
    "id",
    "lane",
    "rate",
    "credits_per_conversation",
    "conversations_per_100_credits",
    "input_credits_per_mtok",
    "cached_credits_per_mtok",
    "output_credits_per_mtok",
    "context_tokens",
    "max_output_tokens",
    "capabilities",
    "source",
    "confidence",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module with these arguments where importing Qt fails."""
    command = [sys.executable, "-c", WITHOUT_QT, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_models_are_listed() -> None:
    """`models --json` lists models, each with the documented fields."""
    result = run("nexu_desktop", "models", "--json")
    assert result.returncode == 0, result.stderr
    models = json.loads(result.stdout)
    assert len(models) >= 9
    assert [model["id"] for model in models if not model.keys() >= MODEL_FIELDS] == []


@pytest.mark.parametrize(
    "command", ["models", "estimate", "ask", "ledger", "keys", "doctor", "sandbox", "export", "import"]
)
def test_every_command_explains_itself(command: str) -> None:
    """Each command shows its help without Qt."""
    result = run("nexu_desktop", command, "--help")
    assert (result.returncode, command in result.stdout) == (0, True), result.stderr


def test_qt_is_really_absent() -> None:
    """The same arrangement refuses a program that needs Qt."""
    result = run("PySide6.QtCore")
    assert (result.returncode, "No module named 'PySide6'" in result.stderr) == (1, True)
