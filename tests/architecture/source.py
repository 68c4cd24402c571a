"""Where the sources are, for the tests that read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "nexu_desktop"
FOLDERS = ("nexu_desktop", "tests", "scripts", "requirements", "resources", ".ci")
TEXT = {".py", ".toml", ".md", ".txt", ".json", ".lock", ".sh", ""}


def python_files(*folders: str) -> list[Path]:
    """Every Python file under these folders of the checkout."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def shipped_texts() -> Iterator[Path]:
    """Every text file that belongs to the project: sources, data and what stands at the top."""
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and path.suffix in TEXT and path.name != ".git":
            yield path
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
                yield path


def name_of(path: Path) -> str:
    """The path inside the checkout, with forward slashes on every system."""
    return path.relative_to(ROOT).as_posix()
