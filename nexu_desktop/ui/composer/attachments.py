"""The files of the draft above the field: chips in at most two rows, and one line when something is in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.files import sees
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.attachment_chip import HEIGHT, AttachmentChip
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.chip_flow import GAP, flow
from nexu_desktop.ui.composer.incoming import image_bytes, paths
from nexu_desktop.ui.text_sheet import TextSheet

ROWS_MAX = 2
BAR = 10  # px: the scroll bar


class Attachments(QWidget):
    """Signals: paths to attach (list of str), an image without a path (bytes), an id to remove.

    `changed`: Send may do something else now. `left`: the last chip with the focus is gone. `stop_wanted`: what
    is still being read is not wanted.
    """

    files_dropped = Signal(object)
    image_pasted = Signal(object)
    removed = Signal(str)
    changed = Signal()
    left = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chips: list[AttachmentChip] = []
        self._tokens: Mapping[str, int] = {}
        self._offer: Offer | None = None
        self._reading = ""
        self._colours = theme.LIGHT
        self._box = QWidget()
        self._scroll = QScrollArea()
        self.note = QLabel()
        self.stop = buttons.link("Stop")
        self._arrange()
        self._refresh()

    @property
    def files(self) -> tuple[Attachment, ...]:
        return tuple(chip.attachment for chip in self.chips)

    def show_files(self, files: Sequence[Attachment]) -> None:
        """The files of the draft, in order; chips that stay keep their focus."""
        if self.files == tuple(files):
            return
        focused = next((n for n, chip in enumerate(self.chips) if chip.hasFocus()), None)
        old = {chip.attachment: chip for chip in self.chips}
        self.chips = [old.pop(one) if one in old else self._new_chip(one) for one in files]
        for chip in old.values():
            chip.hide()
            chip.deleteLater()
        self._order()
        self._refresh()
        if focused is not None:
            self._focus_near(focused)
        self.changed.emit()

    def set_tokens(self, tokens: Mapping[str, int]) -> None:
        """What each adds to the message, by id; one that is not named is still being counted."""
        self._tokens = tokens
        for chip in self.chips:
            chip.set_tokens(tokens.get(chip.attachment.id))
        self._fit()

    def set_reading(self, words: str) -> None:
        """Which file is being read, '' none: until all are there, nothing can be sent."""
        if words != self._reading:
            self._reading = words
            self._refresh()
            self.changed.emit()

    def set_offer(self, offer: Offer) -> None:
        """The model: some do not see images."""
        self._offer = offer
        self._refresh()

    def take(self, data: QMimeData) -> None:
        """What was dropped or pasted."""
        found = paths(data)
        if found:
            self.files_dropped.emit(found)
        elif pixels := image_bytes(data):
            self.image_pasted.emit(pixels)

    def refusal(self) -> str:
        """Why the message can't be sent with these files; empty where it can."""
        if self._reading:
            return "A file is still being read."
        return self._blind()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self._scroll.setStyleSheet(
            "QScrollArea, #chips { background: transparent; border: 0; }" + scroll_bars.style(c)
        )
        self.stop.setStyleSheet(buttons.link_style(c))
        for chip in self.chips:
            chip.apply_theme(c)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _blind(self) -> str:
        offer = self._offer
        images = sum(one.kind is AttachmentKind.IMAGE for one in self.files)
        if not images or offer is None or sees(offer):
            return ""
        which = "the image" if images == 1 else "the images"
        return f"{offer.ref.model} does not see images. Take {which} out, or pick a model that does."

    def _refresh(self) -> None:
        why = self._blind()
        for chip in self.chips:
            chip.set_wrong(why if chip.attachment.kind is AttachmentKind.IMAGE else "")
        self.note.setText(self._reading or why)
        self.stop.setVisible(bool(self._reading))
        ink = self._colours.muted if self._reading else self._colours.warning
        self.note.setStyleSheet(f"QLabel {{ color: {ink}; background: transparent; }}")
        self.note.setVisible(bool(self.note.text()))
        self._scroll.setVisible(bool(self.chips))
        self.setVisible(bool(self.chips or self.note.text()))
        self._fit()

    def _fit(self) -> None:
        """Two rows at most, then they scroll."""
        most = ROWS_MAX * HEIGHT + (ROWS_MAX - 1) * GAP
        width = self.width()
        height = flow(self.chips, width)
        if height > most:
            width -= BAR
            height = flow(self.chips, width)
        self._box.resize(width, height)
        self._scroll.setFixedHeight(min(height, most))

    def _new_chip(self, attachment: Attachment) -> AttachmentChip:
        chip = AttachmentChip(attachment, removable=True, parent=self._box)
        chip.apply_theme(self._colours)
        chip.set_tokens(self._tokens.get(attachment.id))
        chip.removed.connect(self.removed)
        chip.opened.connect(lambda _: self._read(attachment))
        chip.show()
        return chip

    def _read(self, attachment: Attachment) -> None:
        TextSheet(self.window(), attachment, self._colours).open()

    def _order(self) -> None:
        """Tab goes through them from left to right, wherever they were made."""
        before: QWidget = self._scroll
        for chip in self.chips:
            QWidget.setTabOrder(before, chip)
            before = chip

    def _focus_near(self, place: int) -> None:
        if self.chips:
            self.chips[min(place, len(self.chips) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.left.emit()

    def _arrange(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setFont(theme.font(theme.SIZE_CAPTION))
        self.note.setWordWrap(True)
        self._box.setObjectName("chips")
        self._scroll.setWidget(self._box)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 4)
        rows.setSpacing(4)
        rows.addWidget(self._scroll)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.note, 1)
        line.addWidget(self.stop)
        rows.addLayout(line)
        self.stop.setAccessibleName("Stop reading files")
        self.stop.clicked.connect(self.stop_wanted)
