"""The row of a summary that the program had made of earlier messages."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.receipt_row import ReceiptRow
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.small_parts import UnsentMark
from nexu_desktop.ui.chat_view.stack import Stack
from nexu_desktop.ui.chat_view.summary_note import SummaryNote


class SummaryRow(Row):
    """What stands for earlier messages: a folded note, and what making it has cost."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = Stack(self, gap=2)
        self._stack.grew.connect(self.grew)
        self.note = SummaryNote(pool, self)
        self.receipt = ReceiptRow(self)
        self.receipt.retry.hide()
        self.receipt.more.hide()
        self.mark = UnsentMark(self)
        for part in (self.note, self.receipt, self.mark):
            self._stack.add(part)
        self.receipt.copy_wanted.connect(self.copy)
        self.receipt.arithmetic_wanted.connect(self._arithmetic)
        self.mark.restore_wanted.connect(self.restore)
        self.setAccessibleName("Summary")

    def show_entry(self, entry: Entry) -> None:
        super().show_entry(entry)
        receipt = entry.message.receipt
        self.note.show_message(entry.message)
        self.receipt.setVisible(receipt is not None)
        if receipt is not None:
            self.receipt.set_receipt(receipt)
        self._show_mark(self.mark, entry)

    def fit(self, width: int) -> int:
        height = self._stack.fit(width)
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._stack.restyle(formats)

    def selected(self) -> str:
        return self.note.body.selected()

    def release(self) -> None:
        self.note.body.clear()

    def line_place(self) -> QPoint:
        """Where a pop-up about the receipt begins, on the screen."""
        return self.receipt.line.mapToGlobal(QPoint(0, self.receipt.line.height()))

    def _arithmetic(self) -> None:
        if self.entry is not None and self.entry.message.receipt is not None:
            self.arithmetic_wanted.emit(self.entry.message.receipt.attempt)
