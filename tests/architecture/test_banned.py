"""Calls and names that this code base does without; each rule carries a line that it must catch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.source import PACKAGE, ROOT, name_of, python_files, shipped_texts

CODE = ("nexu_desktop", "tests", "scripts")
VAGUE_MODULES = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}


class Rule(NamedTuple):
    """`pattern` may not occur in the Python files under `folders`; `example` is a line it must catch."""

    why: str
    pattern: str
    folders: tuple[str, ...]
    example: str


RULES = [
    Rule("names a reader can't trace", r"from PySide6\S* import \*", CODE, "from PySide6.QtCore import *"),
    Rule("answers are not trusted markup", r"\b(set|insert|append)Html\(", CODE[:1], "view.setHtml(reply)"),
    Rule(
        "labels show text as it is",
        r"TextFormat\.(Rich|Auto|Markdown)Text",
        CODE[:1],
        "label.setTextFormat(Qt.TextFormat.RichText)",
    ),
    Rule("the window must not wait", r"\btime\.sleep\(", ("nexu_desktop/ui",), "time.sleep(1)"),
    Rule("settings are values, not a registry", r"\bQSettings\(", CODE[:1], "QSettings('nexu')"),
    Rule("certificates are checked", r"\bverify\s*=\s*False", CODE, "Client(verify=False)"),
    Rule("no shell between us and a program", r"\bshell\s*=\s*True", CODE, "run(line, shell=True)"),
    Rule("data is never code", r"\b(pickle|marshal|shelve)\.loads?\(", CODE[:1], "pickle.loads(blob)"),
    Rule(
        "paths come from the system", r"""["'](/tmp|/home|/var|/Users|[A-Z]:\\)""", CODE[:1], "open('/tmp/x')"
    ),
    Rule("a silenced check gives its reason", r"#\s*noqa(:\s*[A-Z0-9, ]+)?\s*$", CODE, "x = 1  # noqa: E501"),
    Rule("types hold", r"#\s*type:\s*ignore(\[[\w, -]*\])?\s*$", CODE, "x = y()  # type: ignore[misc]"),
    Rule("done, or an issue", r"\b(TODO|FIXME|XXX)\b", CODE, "# TODO later"),
    Rule("tests run or are removed", r"pytest\.(mark\.)?(skip|xfail)\b", ("tests",), "@pytest.mark.skip"),
]
# Where packages come from is the machine's own setting: a file that names a host breaks behind a mirror.
SOURCES_OF_PACKAGES = re.compile(
    r"https?://[^\s\"']*/simple\b|--(extra-)?index[-]url|--find[-]links|--trusted[-]host", re.I
)


def offenders(rule: Rule) -> list[str]:
    """file:line of each place that breaks the rule."""
    pattern = re.compile(rule.pattern)
    return [
        f"{name_of(path)}:{number}"
        for path in python_files(*rule.folders)
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.why)
def test_rule_is_kept(rule: Rule) -> None:
    """No line breaks it."""
    assert offenders(rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.why)
def test_rule_bites(rule: Rule) -> None:
    """The rule catches the line it is about."""
    assert re.search(rule.pattern, rule.example)


def test_modules_have_telling_names() -> None:
    """No module is a drawer for whatever is left over."""
    assert [name_of(path) for path in python_files(*CODE) if path.stem in VAGUE_MODULES] == []


def test_labels_are_plain_text() -> None:
    """A file that makes labels or message boxes says that their text is plain: Qt would guess markup."""
    makes_one = re.compile(r"\b(QLabel|QMessageBox)\(")
    texts = {path: path.read_text(encoding="utf-8") for path in (PACKAGE / "ui").rglob("*.py")}
    guessing = [
        name_of(path) for path, text in texts.items() if makes_one.search(text) and "PlainText" not in text
    ]
    assert guessing == []


def test_no_package_source_is_named() -> None:
    """No file of the project names where packages are downloaded from."""
    texts = [path for path in shipped_texts() if path != Path(__file__)]
    assert len(texts) > 20
    named = [name_of(path) for path in texts if SOURCES_OF_PACKAGES.search(path.read_text(encoding="utf-8"))]
    assert named == []


@pytest.mark.parametrize(
    "line", ["--extra-index" + "-url x", "https://host.example" + "/simple/six", "--find" + "-links=/x"]
)
def test_a_package_source_is_found(line: str) -> None:
    """The search sees the usual ways to name one."""
    assert SOURCES_OF_PACKAGES.search(line)


def test_every_lock_line_is_hashed() -> None:
    """Each pinned package carries at least one hash."""
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
        pinned = [entry for entry in entries if re.match(r"[\w.-]+==", entry)]
        assert pinned, lock.name
        assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []
