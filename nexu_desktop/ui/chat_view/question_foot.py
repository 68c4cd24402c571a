"""Under a question, at the right: its branches, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.branches import Place
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.branch_strip import BranchStrip
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.quiet_icon import SIZE, QuietIcon
from nexu_desktop.ui.chat_view.stack import Part


class QuestionFoot(Part):
    """`step_wanted`: another branch; the others: which icon was pressed."""

    step_wanted = Signal(int)
    edit_wanted = Signal()
    copy_wanted = Signal()
    more_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.strip = BranchStrip(self)
        self.edit = QuietIcon("pencil", "Edit and send again", self)
        self.copy = QuietIcon("copy", "Copy this question", self)
        self.more = QuietIcon("ellipsis", "More for this question", self)
        self.strip.step_wanted.connect(self.step_wanted)
        self.edit.clicked.connect(self.edit_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.more.clicked.connect(self.more_wanted)

    def show_place(self, place: Place | None) -> None:
        self.strip.show_place(place)

    def set_busy(self, busy: bool) -> None:
        """While an answer arrives only copying makes sense."""
        self.strip.set_busy(busy)
        self.edit.setEnabled(not busy)

    def fit(self, width: int) -> int:
        left = width
        for icon in (self.more, self.copy, self.edit):
            left -= SIZE
            icon.move(left, 0)
        if not self.strip.isHidden():
            self.strip.fit(left - theme.GAP_S)
            self.strip.move(left - theme.GAP_S - self.strip.width(), 0)
        self.resize(width, SIZE)
        return SIZE

    def restyle(self, formats: Formats) -> None:
        self.strip.restyle(formats)
        for icon in (self.edit, self.copy, self.more):
            icon.apply_theme(formats.colours)
