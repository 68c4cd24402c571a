"""Documents built from markdown: shapes, jumps, formulas; and nothing is ever loaded by painting them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPainter, QTextCharFormat, QTextDocument, QTextFormat, QTextTable
from pytestqt.qtbot import QtBot

from nexu_desktop.markup.references import References
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import formula_objects, table_building
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.formula_objects import Formulas
from nexu_desktop.ui.chat_view.markdown import render_markdown
from nexu_desktop.ui.chat_view.quote_bars import paint_marks

pytestmark = pytest.mark.usefixtures("qapp")
LIGHT = Formats(theme.LIGHT)


class Watched(QTextDocument):
    """Records what Qt wants to load."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str] = []

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        self.wanted.append(QUrl(name).toString())
        return None


def rendered(source: str, **more: Any) -> Watched:
    result = Watched()
    render_markdown(result, source, LIGHT, **more)
    return result


def painted(document: QTextDocument, width: int = 400) -> QImage:
    document.setTextWidth(width)
    image = QImage(width, max(int(document.size().height()), 1), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_marks(painter, document, theme.LIGHT, QRectF(image.rect()), width)
    document.drawContents(painter)
    painter.end()
    return image


def count(image: QImage, colour: str) -> int:
    """How many pixels of every second line and column have that colour."""
    wanted = QColor(colour).rgb()
    places = ((x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    return sum(image.pixel(x, y) == wanted for x, y in places)


def ink(image: QImage) -> int:
    """How many pixels are rather dark than light."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y).lightness() < 128 for x, y in places)


@pytest.fixture
def red_file(tmp_path: Path) -> str:
    """The address of an image file that would be seen if it were drawn."""
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    path = tmp_path / "red.png"
    image.save(str(path))
    return path.as_uri()


IMAGES = [
    "![x]({file})",
    "![x][r]\n\n[r]: {file}",
    "[![x]({file})](https://a.test)",
    '<img src="{file}">',
    "| ![x]({file}) |\n|---|\n| ![x](//host/share/a.png) |",
    "![x](\\\\\\\\host\\\\share\\\\a.png) ![x](file://host/share/a.png)",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](qrc:/red.png) ![x](:/red.png) ![x](red.png)",
    "![x](http://127.0.0.1:9/a.png) ![x](https://a.test/a.png)",
    "note[^1]\n\n[^1]: ![x]({file})\n\n[1]: {file}",
    r"$\includegraphics{{{file}}}$",
    "&#xFFFC; &#65532; \ufffc",
]


@pytest.mark.parametrize("source", IMAGES)
def test_nothing_is_loaded(source: str, red_file: str) -> None:
    """File, UNC, data, resource and web images: no format of an image, no wish to load, nothing red."""
    document = rendered(source.format(file=red_file) if "{file}" in source else source)
    image = painted(document)
    assert document.wanted == []
    assert "\ufffc" not in document.toPlainText()
    assert [look for look in document.allFormats() if look.isImageFormat()] == []
    assert count(image, "red") == 0


def test_the_check_sees_a_loaded_image(red_file: str) -> None:
    """Qt's own markdown does load the file: the check above can fail."""
    document = Watched()
    document.setMarkdown(f"![x]({red_file})")
    assert count(painted(document), "red") > 100
    assert document.wanted != []


def looks(document: QTextDocument) -> Iterator[QTextCharFormat]:
    """The formats of all pieces of text, in reading order."""
    block = document.begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            yield pieces.fragment().charFormat()
            pieces += 1
        block = block.next()


def anchors(document: QTextDocument) -> list[str]:
    return [look.anchorHref() for look in looks(document) if look.anchorHref()]


def names(document: QTextDocument) -> list[str]:
    return [name for look in looks(document) for name in look.anchorNames()]


def test_image_placeholder_can_be_clicked() -> None:
    """It leads where the image lies, like any link; not to a file, and not out of an enclosing link."""
    assert anchors(rendered("![x](https://a.test/a.png)")) == ["https://a.test/a.png"]
    assert anchors(rendered("![x](file:///a.png)")) == []
    assert set(anchors(rendered("[![x](https://a.test/a.png)](https://b.test)"))) == {"https://b.test"}


def test_notes_jump_there_and_back() -> None:
    """The call leads to the note, its number back; over the documents of one message."""
    first = rendered("a[^n] b[^n]", references=References(notes=(("n", 7),)))
    second = rendered("[^n]: Note", references=References(notes=(("n", 7),)))
    assert anchors(first) == ["#note-7", "#note-7"]
    assert anchors(second) == ["#call-7-1"]
    assert names(first) == ["call-7-1", "call-7-2"]
    assert names(second) == ["note-7"]


def test_right_to_left_paragraph_is_aligned_right() -> None:
    """Direction by the first strong letter; code keeps left to right."""
    document = rendered("مرحبا بالعالم\n\nhello\n\n- عنصر\n\npara\n\n    مرحبا")
    document.setTextWidth(400)
    blocks = [document.findBlockByNumber(n) for n in range(document.blockCount())]
    arabic, latin = blocks[0], blocks[1]
    assert arabic.textDirection() == Qt.LayoutDirection.RightToLeft
    assert arabic.layout().lineAt(0).naturalTextRect().left() > 200
    assert latin.layout().lineAt(0).naturalTextRect().left() < 10
    code = next(b for b in reversed(blocks) if "مرحبا" in b.text())
    assert code.blockFormat().layoutDirection() == Qt.LayoutDirection.LeftToRight


def test_items_of_a_list_hang() -> None:
    """Every line of an item begins at the same edge, clear of its bullet."""
    document = rendered("- " + "word " * 60 + "\n- [x] " + "word " * 60)
    document.setTextWidth(300)
    for number in range(2):
        layout = document.findBlockByNumber(number).layout()
        assert layout.lineAt(0).cursorToX(1)[0] == pytest.approx(layout.lineAt(1).x(), abs=1)


def test_quotes_mark_their_depth() -> None:
    """Bars stand where the quote begins, inside a list at the item's edge."""
    document = rendered("> a\n>\n> > b\n\n- c\n\n  > d")
    levels = [
        document.findBlockByNumber(n).blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel)
        for n in range(4)
    ]
    assert levels == [1, 2, 0, 1]
    image = painted(document)
    assert image.pixelColor(1, 8).name() == theme.LIGHT.line
    assert image.pixelColor(25, image.height() - 12).name() == theme.LIGHT.line


def test_table_has_sides_and_its_width() -> None:
    """Alignment from the markdown, and a width at which no column is squeezed."""
    document = rendered("| a | b | c |\n|:--|--:|:-:|\n| 1 | 2 | 3 |")
    table = next(f for f in document.rootFrame().childFrames() if isinstance(f, QTextTable))
    sides = [table.cellAt(1, n).firstCursorPosition().blockFormat().alignment() for n in range(3)]
    flags = Qt.AlignmentFlag
    assert sides == [flags.AlignLeft, flags.AlignRight, flags.AlignHCenter]
    narrow = table_building.natural_width(document)
    wide = rendered("|" + "a long cell of words |" * 12 + "\n" + "|---" * 12 + "|\n")
    assert 50 < narrow < 200 < 1_200 < table_building.natural_width(wide)
    wide.setTextWidth(table_building.natural_width(wide))
    assert wide.size().width() <= table_building.natural_width(wide) + 2
    render_markdown(wide, "no table", LIGHT)
    assert table_building.natural_width(wide) == 0


def test_formula_is_source_until_it_is_drawn(qtbot: QtBot) -> None:
    """Rendering draws none; asking does, one at a time, and rendering again has them at once."""
    source = "It is $q_{17}$ and $q_{18}$, not $\\frac{$."
    document = rendered(source)
    assert "$q_{17}$" in document.toPlainText()
    formulas, done = Formulas(LIGHT), []
    formulas.ask(document, done.append)
    formulas.ask(document, done.append)
    qtbot.waitUntil(lambda: not formulas.busy)
    assert done == [document, document]
    assert document.toPlainText() == "It is \ufffc and \ufffc, not $\\frac{$."
    assert rendered(source).toPlainText() == document.toPlainText()


def test_formula_stands_on_the_base_line(qtbot: QtBot) -> None:
    """The box reaches as far above and below the line as the drawing does."""
    document = rendered("$\\frac{a}{b}$")
    formulas = Formulas(LIGHT)
    formulas.ask(document, lambda _: None)
    qtbot.waitUntil(lambda: not formulas.busy)
    look = document.begin().begin().fragment().charFormat()
    made = formula_objects.formula_of(look)
    document.setTextWidth(300)
    line = document.begin().layout().lineAt(0)
    assert made is not None
    assert line.ascent() >= made.ascent - 0.5
    assert line.descent() >= made.descent - 0.5
    blank = rendered("")
    assert ink(painted(document, 100)) > ink(painted(blank, 100)) == 0


def test_wide_formula_fits_the_column(qtbot: QtBot) -> None:
    """It is made smaller rather than cut off."""
    document = rendered("$$" + "a+b+c+" * 8 + "d$$")
    formulas = Formulas(LIGHT)
    formulas.ask(document, lambda _: None)
    qtbot.waitUntil(lambda: not formulas.busy)
    document.setTextWidth(300)
    assert document.toPlainText() == "\ufffc"
    assert document.begin().layout().lineAt(0).naturalTextWidth() <= 300
    assert ink(painted(document, 300)) > 0


def test_forgotten_documents_are_not_drawn(qtbot: QtBot) -> None:
    """A document that goes away while it waits is left alone."""
    document = rendered("$q_{19}$")
    formulas, done = Formulas(LIGHT), []
    formulas.ask(document, done.append)
    formulas.forget(document)
    qtbot.waitUntil(lambda: not formulas.busy)
    assert done == []


@pytest.mark.parametrize("mark", ["`", "[", "$", "*", "> ", "- ", "|", "~", "<", "\\(", "![", "[^a]", "**"])
def test_bombs_become_plain_text(mark: str) -> None:
    """A segment full of any mark stays one small document with every character in it."""
    source = mark * (4_000 // len(mark))
    document = rendered(source)
    assert document.blockCount() < 50
    assert len(document.toPlainText()) <= len(source) + 100
