"""Segment widgets used again: building one costs more than filling one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.code_segment import CodeSegment
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.segments import Kind, Segment
from nexu_desktop.ui.chat_view.text_segment import TextSegment

KEPT = 40
SPARE = 3  # built while nothing else is to do, so that a frame of a fast answer need not


class Pool(QObject):
    """Hands out widgets in the present theme; links of all of them come out of one signal."""

    link_wanted = Signal(str, str)

    def __init__(self, formats: Formats, shelf: QWidget) -> None:
        super().__init__(shelf)
        self.formats = formats
        self._shelf = shelf
        self._texts: list[TextSegment] = []
        self._codes: list[CodeSegment] = []
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self.stock)

    def stock(self) -> None:
        """Build one spare widget, and come back while there are too few."""
        if len(self._codes) < SPARE:
            self._codes.append(CodeSegment(self.formats, self._shelf))
        elif len(self._texts) < SPARE:
            self._texts.append(self._new_text(self._shelf))
        else:
            return
        self._idle.start()

    def _new_text(self, parent: QWidget) -> TextSegment:
        widget = TextSegment(self.formats, parent)
        widget.link_wanted.connect(self.link_wanted)
        return widget

    def text(self, parent: QWidget) -> TextSegment:
        self._idle.start()
        if self._texts:
            widget = self._texts.pop()
            widget.restyle(self.formats)
            widget.setParent(parent)
            return widget
        return self._new_text(parent)

    def code(self, parent: QWidget) -> CodeSegment:
        self._idle.start()
        if self._codes:
            widget = self._codes.pop()
            widget.restyle(self.formats)
            widget.setParent(parent)
            return widget
        return CodeSegment(self.formats, parent)

    def give_back(self, widget: TextSegment | CodeSegment) -> None:
        widget.hide()
        if isinstance(widget, CodeSegment):
            widget.release()
            kept = len(self._codes) < KEPT
            if kept:
                self._codes.append(widget)
        else:
            widget.show_segment(Segment(Kind.PLAIN, ""))
            kept = len(self._texts) < KEPT
            if kept:
                self._texts.append(widget)
        widget.setParent(self._shelf)
        if not kept:
            widget.deleteLater()
