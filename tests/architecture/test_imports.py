"""The rooms and their doors, as the import-linter contracts of pyproject.toml name them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"

PLANTED = {
    "Qt in the domain": ("domain/chat.py", "import PySide6.QtCore"),
    "Qt in the markup": ("markup/links.py", "import PySide6.QtCore"),
    "a widget in the markup": ("markup/links.py", "import nexu_desktop.ui.theme"),
    "Qt in the command line": ("cli/__init__.py", "import PySide6.QtCore"),
    "a service that knows an adapter": ("services/ports.py", "import nexu_desktop.adapters"),
    "a widget that knows an adapter": ("ui/__init__.py", "import nexu_desktop.adapters"),
    "the network in the domain": ("domain/chat.py", "import httpx"),
    "the database in a service": ("services/ports.py", "import apsw"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts on the copy of the package that lies in `folder`."""
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    """A copy of the package and its contracts, to plant faults in."""
    house = tmp_path / "house"
    shutil.copytree(PACKAGE, house / "nexu_desktop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def test_contracts_are_kept() -> None:
    """No module imports what its room may not."""
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("file", "line"), PLANTED.values(), ids=PLANTED.keys())
def test_a_forbidden_import_is_found(copied_house: Path, file: str, line: str) -> None:
    """Each wall stands: an import through it breaks a contract."""
    path = copied_house / "nexu_desktop" / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    result = lint(copied_house)
    assert (result.returncode, "BROKEN" in result.stdout) == (1, True), result.stdout + result.stderr
