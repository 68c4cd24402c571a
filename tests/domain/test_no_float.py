"""No float touches money: the modules that compute it are read, not run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nexu_desktop

PACKAGE = Path(nexu_desktop.__file__).parent
BANNED_CALLS = {"float", "round", "fsum", "sqrt"}


def _files() -> list[Path]:
    named = [PACKAGE / "domain" / name for name in ("credits.py", "ratecard.py")]
    return [*named, PACKAGE / "services" / "turns.py", *sorted((PACKAGE / "adapters").glob("ledger_*.py"))]


def _is_path_join(node: ast.BinOp) -> bool:
    """`folder / "name"` is a path, not a division."""
    right = node.right
    return isinstance(right, ast.JoinedStr) or (
        isinstance(right, ast.Constant) and isinstance(right.value, str)
    )


def _found(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.lineno}: {node.value}")
        elif isinstance(node, ast.Name) and node.id in BANNED_CALLS | {"Decimal"}:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _is_path_join(node):
            found.append(f"{node.lineno}: /")
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"{node.lineno}: /=")
    return found


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_module_has_no_float(path: Path) -> None:
    """No float literal, no float(), no true division, no round()."""
    assert _found(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["x = 0.5", "x = float(y)", "x = y / 2", "x /= y", "x = round(y)", "def f(x: float): pass", "x = 1e3"],
)
def test_each_kind_is_found(source: str) -> None:
    """The reader of the test above sees what it looks for."""
    assert len(_found(source)) == 1


def test_paths_and_integer_division_are_allowed() -> None:
    """`//` and `folder / "name"` are no floats."""
    assert _found('x = y // 2\nz = folder / "ledger.db"\nw = folder / f"{x}.db"') == []
