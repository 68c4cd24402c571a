"""The files a message was sent with, over its words; a click shows what a text says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.chat import Attachment
from nexu_desktop.ui import theme
from nexu_desktop.ui.attachment_chip import AttachmentChip
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.stack import Part
from nexu_desktop.ui.chip_flow import flow
from nexu_desktop.ui.text_sheet import TextSheet


class AttachmentRow(Part):
    """Hidden where there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chips: list[AttachmentChip] = []
        self._colours = theme.LIGHT
        self.hide()

    def show_files(self, files: Sequence[Attachment]) -> None:
        if [chip.attachment for chip in self.chips] == list(files):
            return
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = [self._new_chip(one) for one in files]
        self.setVisible(bool(files))

    def fit(self, width: int) -> int:
        height = flow(self.chips, width, at_right=True) + theme.GAP_S
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._colours = formats.colours
        for chip in self.chips:
            chip.apply_theme(formats.colours)

    def _new_chip(self, attachment: Attachment) -> AttachmentChip:
        chip = AttachmentChip(attachment, removable=False, parent=self)
        chip.apply_theme(self._colours)
        chip.opened.connect(lambda _: self._read(attachment))
        chip.show()
        return chip

    def _read(self, attachment: Attachment) -> None:
        TextSheet(self.window(), attachment, self._colours).open()
