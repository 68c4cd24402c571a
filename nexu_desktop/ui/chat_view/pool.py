"""What all rows share: the theme, the rendered texts, what is marked in them, and widgets used again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.code_header import CodeHeader
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.marks import Marks
from nexu_desktop.ui.chat_view.paper import Papers
from nexu_desktop.ui.chat_view.side_bar import SideBar

KEPT = 24


class Pool(QObject):
    """`save_wanted(language, code)`: from any header of a card.

    `opened`: the ids of messages whose folded part somebody has opened.
    """

    save_wanted = Signal(str, str)

    def __init__(self, formats: Formats, shelf: QWidget) -> None:
        super().__init__(shelf)
        self.formats = formats
        self.papers = Papers(formats)
        self.marks = Marks(formats.colours)
        self.opened: set[str] = set()
        self._shelf = shelf
        self._headers: list[CodeHeader] = []
        self._bars: list[SideBar] = []

    def restyle(self, formats: Formats) -> None:
        self.formats = formats
        self.papers.restyle(formats)
        self.marks.restyle(formats.colours)

    def header(self, parent: QWidget) -> CodeHeader:
        """In the present theme, not shown yet."""
        header = self._headers.pop() if self._headers else self._new_header()
        header.setParent(parent)
        header.apply_theme(self.formats.colours)
        return header

    def _new_header(self) -> CodeHeader:
        header = CodeHeader(self._shelf)
        header.save_wanted.connect(self.save_wanted)
        return header

    def bar(self, parent: QWidget) -> SideBar:
        bar = self._bars.pop() if self._bars else SideBar(self._shelf)
        bar.setParent(parent)
        bar.apply_theme(self.formats.colours)
        return bar

    def give_back(self, widget: CodeHeader | SideBar) -> None:
        """Its owner has cut all connections of his own."""
        widget.hide()
        kept: list[CodeHeader] | list[SideBar]
        if isinstance(widget, CodeHeader):
            widget.piece = None
            kept = self._headers
        else:
            kept = self._bars
        if len(kept) >= KEPT:
            widget.deleteLater()
            return
        widget.setParent(self._shelf)
        kept.append(widget)  # type: ignore[arg-type]  # the list of its own kind, chosen above
