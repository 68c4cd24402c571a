"""Small enough to read: no long file, no long function, a main window that only arranges."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import PACKAGE, name_of, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 59
LONGEST_MAIN_WINDOW = 200


def long_functions(source: str) -> list[tuple[str, int]]:
    """(name, lines) of each function over the limit, decorators not counted."""
    functions = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = ((node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions)
    return [(name, lines) for name, lines in sizes if lines > LONGEST_FUNCTION]


def lines_of(path: Path) -> int:
    """Lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_are_short() -> None:
    """No Python file is longer than 400 lines."""
    files = python_files("nexu_desktop", "tests", "scripts")
    assert [name_of(path) for path in files if lines_of(path) > LONGEST_FILE] == []


def test_functions_are_short() -> None:
    """Every function is under 60 lines."""
    files = python_files("nexu_desktop", "tests", "scripts")
    found = {name_of(path): long_functions(path.read_text(encoding="utf-8")) for path in files}
    assert {name: functions for name, functions in found.items() if functions} == {}


def test_main_window_only_arranges() -> None:
    """The main window stays within 200 lines: what it shows lives in the panes."""
    assert lines_of(PACKAGE / "ui" / "main_window.py") <= LONGEST_MAIN_WINDOW


def test_a_long_function_is_found() -> None:
    """59 lines pass, 60 do not, nor when they are async or nested in a class."""
    fits = "def fits():\n" + "    pass\n" * 58
    long = "class C:\n    async def long(self):\n" + "        pass\n" * 59
    assert long_functions(fits + long) == [("long", 60)]
