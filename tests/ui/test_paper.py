"""Conversations on paper: pages, nothing loaded, everything readable."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPdfWriter, QTextDocument

from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.export import Export, ExportOptions
from nexu_desktop.ui.transfer import paper

GLM = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")
WHOLE = """# Head

Some **bold** `code`, $a^2$ and 中文.

- one
- [x] done

> quoted

| a | b |
|---|---|
| 1 | 2 |

---

```python
x = 1
```
"""


def export(*texts: str, title: str = "Talk", options: ExportOptions | None = None) -> Export:
    rows = tuple(
        Message(f"m{n}", "c", Role.ASSISTANT if n % 2 else Role.USER, text, 10**12, "Hm." * (n % 2), ref=GLM)
        for n, text in enumerate(texts)
    )
    made = Conversation("c", title, GLM, 10**12, 10**12, system="Be kind.")
    return Export(made, rows, rows, options or ExportOptions())


def text_of(made: Export) -> str:
    return paper.document_of(made, paper.formats()).toPlainText()


def pages_in(data: bytes) -> int:
    return data.count(b"/Type /Page\n")


@pytest.mark.usefixtures("qapp")
class TestPaper:
    def test_everything_is_there(self) -> None:
        """Title, prompt, who speaks, words of every kind; reasoning only if wanted."""
        text = text_of(export("Why?", WHOLE))
        for part in (
            "Talk",
            "System prompt",
            "Be kind.",
            "You · ",
            "glm-5 · ",
            "Head",
            "bold",
            "done",
            "x = 1",
        ):
            assert part in text
        assert "Hm." not in text
        assert "Hm." in text_of(export("Why?", WHOLE, options=ExportOptions(reasoning=True)))

    @pytest.mark.parametrize(
        "first", ["- list", "| a | b |\n|---|---|\n| 1 | 2 |", "```\ncode\n```", "> q", "# h"]
    )
    def test_a_message_may_begin_with_anything(self, first: str) -> None:
        """Its first words stand behind the line that says who speaks, not in it."""
        lines = [line.strip("\ufffc") for line in text_of(export(first, "Answer")).splitlines()]
        assert any(line.startswith("You · ") for line in lines)
        assert any(line in ("list", "a", "code", "q", "h") for line in lines)
        assert "Answer" in lines

    def test_pages_have_numbers_and_a_range_may_be_chosen(self) -> None:
        """A long talk takes several pages; a printer may want some of them."""
        made = export(*["Words.\n\n" * 60] * 4)
        data = paper.pdf_of(made, paper.formats())
        assert data.startswith(b"%PDF")
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        pages = paper.put_on(QPdfWriter(buffer), made, paper.formats(), 2, 3)
        assert pages > 3
        assert pages_in(bytes(buffer.data().data())) == 2
        assert pages_in(data) > 3

    def test_nothing_is_loaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Images, HTML and style sheets named in a text are words."""
        asked: list[object] = []
        monkeypatch.setattr(QTextDocument, "loadResource", lambda *one: asked.append(one))
        evil = '![x](file:///etc/passwd) <img src="/etc/passwd"> <link href="x.css"> ![y](//host/share/y.png)'
        made = export(evil, evil, title=evil)
        document = paper.document_of(made, paper.formats())
        assert paper.pdf_of(made, paper.formats())
        assert '<img src="/etc/passwd">' in document.toPlainText()
        assert asked == []
        assert b"/Subtype /Image" not in paper.pdf_of(made, paper.formats())

    def test_it_can_be_made_beside_the_window(self) -> None:
        """In another thread, with looks made in this one."""
        looks, made, data = paper.formats(), export("Why?", WHOLE), []
        worker = threading.Thread(target=lambda: data.append(paper.pdf_of(made, looks)))
        worker.start()
        worker.join(60)
        assert data[0].startswith(b"%PDF")

    def test_texts_made_to_hurt_are_put_down_plainly(self) -> None:
        """Deep quotes, a giant line and open brackets take no noticeable time."""
        bombs = (">" * 5000 + " x", "x" * 300_000, "[" * 20_000, "| a " * 5000 + "\n|" + "-|" * 5000)
        assert paper.pdf_of(export(*bombs), paper.formats()).startswith(b"%PDF")
