"""What a kB of markdown costs: parsed, built, laid out; the worst segment of hostile texts; formulas, highlighting."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication

from nexu_desktop.adapters.html_export import message_html
from nexu_desktop.markup import formulas
from nexu_desktop.markup.parsing import parse, warm
from nexu_desktop.markup.segments import Kind, Segment, split
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.highlighting import Highlighter
from nexu_desktop.ui.chat_view.markdown import render_markdown, render_plain
from tests.benchmarks.bench_stream import _PARTS
from tests.benchmarks.figures import ms, percentile
from tests.benchmarks.texts import CODE, message

_QUOTE = "> " * 15
HOSTILE = {
    "line of 5 MB": "x" * 5_000_000,
    "2,000 quotes": "> " * 2_000 + "a",
    "2,000 lists": "".join(f"{'  ' * min(n, 1_000)}- a\n" for n in range(2_000)),
    "2,000 tables": "| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 2_000,
    "100k backticks": "`" * 100_000,
    "100k brackets": "[" * 100_000,
    "100k dollars": "$a " * 33_000,
    "100k stars": "*a **b " * 14_000,
    "quotes, tables": f"{_QUOTE}| a | b |\n{_QUOTE}|---|---|\n{_QUOTE}| 1 | 2 |\n" * 500,
    "wide table": ("|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n") + ("|" + "b|" * 60 + "\n") * 300,
    "links": "[a](https://a.test) " * 5_000,
    "notes": "[^a] " * 5_000 + "\n\n[^a]: b",
    "entities": "&amp;" * 20_000,
    "right to left": "مرحبا " * 20_000,
}


def run(_: Path = Path()) -> list[tuple[str, str, str]]:
    """Rows of (name, value, unit and notes)."""
    app = QApplication.instance() or QApplication([])
    warm()
    formats = Formats(theme.LIGHT)
    rows = []
    for name, text in (("mixed", "".join(_PARTS) * 60), ("prose", message(random.Random(1), 60_000))):
        rows += _costs(name, [part for part in split(text) if part.kind is Kind.TEXT], formats)
    for name, text in HOSTILE.items():
        rows.append(_worst(name, text, formats))
    del app
    return [*rows, _html(), _formula(), *_colours()]


def _costs(name: str, parts: Sequence[Segment], formats: Formats) -> list[tuple[str, str, str]]:
    size = sum(len(part.text) for part in parts) / 1_000
    documents = [QTextDocument() for _ in parts]
    steps: dict[str, Callable[[int], object]] = {
        "parse": lambda n: parse(parts[n].text),
        "parse and build": lambda n: render_markdown(documents[n], parts[n].text, formats),
        "layout": lambda n: (documents[n].setTextWidth(700 + n % 2), documents[n].size()),
    }
    rows = []
    for step, act in steps.items():
        begun = time.thread_time()
        for number in range(len(parts)):
            act(number)
        rows.append((f"{name}, {step}", f"{(time.thread_time() - begun) * 1_000 / size:.2f}", "ms a kB"))
    return rows


def _worst(name: str, text: str, formats: Formats) -> tuple[str, str, str]:
    """The longest render and layout of one segment."""
    begun = time.thread_time()
    parts = split(text)
    cutting = (time.thread_time() - begun) * 1_000
    took = []
    for part in parts[:60]:
        document = QTextDocument()
        begun = time.thread_time()
        if part.kind is Kind.TEXT:
            render_markdown(document, part.text, formats, part.references)
        else:
            render_plain(document, part.text, formats)
        document.setTextWidth(760)
        document.size()
        took.append((time.thread_time() - begun) * 1_000)
    note = f"aim under 250 ms, layout included; {len(parts):,} segments cut in {cutting:.0f} ms"
    return f"hostile: {name}, worst segment", ms(max(took, default=0)), note


def _html() -> tuple[str, str, str]:
    text = "".join(_PARTS) * 60
    message_html("a")
    begun = time.thread_time()
    message_html(text)
    return "HTML export", f"{(time.thread_time() - begun) * 1_000_000 / len(text):.2f}", "ms a kB"


def _formula() -> tuple[str, str, str]:
    formulas.warm()
    begun = time.thread_time()
    for number in range(20):
        formulas.drawn(rf"x_{number}=\frac{{-b\pm\sqrt{{b^2-4ac}}}}{{2a}}", display=True, size=16)
    return "formula", ms((time.thread_time() - begun) * 50), "each drawn once, when the window is idle"


def _colours() -> list[tuple[str, str, str]]:
    code, document, parent = CODE * 200, QTextDocument(), QObject()
    QTextCursor(document).insertText(code)
    document.setTextWidth(700)
    document.size()
    highlighter, took = Highlighter(document, parent), []
    highlighter.start(code, "python", theme.LIGHT)
    while highlighter.busy:
        begun = time.thread_time()
        highlighter._slice()
        took.append((time.thread_time() - begun) * 1_000)
    total = sum(took) / len(code) * 1_000
    return [
        ("highlighting, slice p99", ms(percentile(took, 99)), "aim 2 ms"),
        ("highlighting", f"{total:.2f}", "ms a kB"),
    ]
