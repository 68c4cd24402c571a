"""The row of a summary that the program had made of earlier messages."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.receipt_row import ReceiptRow
from nexu_desktop.ui.chat_view.row import BODY, UNDER, Row
from nexu_desktop.ui.chat_view.small_parts import UnsentMark
from nexu_desktop.ui.chat_view.stack import unchain
from nexu_desktop.ui.chat_view.summary_note import SummaryNote


class SummaryRow(Row):
    """What stands for earlier messages: a folded note, and what making it has cost."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(pool, parent)
        self.note = SummaryNote(pool, self)
        self.receipt = ReceiptRow(self)
        self.receipt.retry.hide()
        self.receipt.more.hide()
        self.mark = UnsentMark(self)
        for rank, part in ((BODY, self.note), (UNDER + 3, self.receipt), (UNDER + 5, self.mark)):
            self._stack.add(part, rank)
            part.restyle(pool.formats)
        self.receipt.copy_wanted.connect(self.copy)
        self.receipt.arithmetic_wanted.connect(self._arithmetic)
        self.mark.restore_wanted.connect(self.restore)
        unchain(self)
        self.setAccessibleName("Summary")

    def _begin(self, entry: Entry) -> None:
        self.note.begin(entry.message)

    def _fill(self, entry: Entry) -> None:
        receipt = entry.message.receipt
        self.note.show_message(entry.message)
        self.receipt.setVisible(receipt is not None)
        if receipt is not None:
            self.receipt.set_receipt(receipt)
        self._show_mark(self.mark, entry)

    def texts(self, *, hidden: bool = False) -> Iterator[Body]:
        if hidden or self.note.opened:
            yield self.note.body

    def line_place(self) -> QPoint:
        return self.receipt.line.mapToGlobal(QPoint(0, self.receipt.line.height()))
