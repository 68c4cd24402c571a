"""Where a file of another program is dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.transfer.look import label

FORMATS = (
    "ChatGPT or Claude export (.zip), Cherry Studio backup, Chatbox export, messages in OpenAI’s format, "
    "or Nexu Desktop JSON"
)
PROMISE = "Nothing is stored before you have seen what is in it. Settings and keys in the file are not read."


class DropArea(QFrame):
    """`chosen` carries the path of one file."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop an export here")
        self.button = buttons.plain("Choose a file…")
        self.button.clicked.connect(self._ask)
        head = label("Drop an export here", theme.SIZE_DISPLAY, bold=True)
        self.problem = label("", name="bad")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_XL, theme.GAP_XL, theme.GAP_XL)
        column.setSpacing(theme.GAP_M)
        column.addStretch(1)
        for one in (head, label(FORMATS, name="quiet")):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(one)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        for one in (self.problem, label(PROMISE, theme.SIZE_CAPTION, name="quiet")):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(one)
        self.problem.hide()

    def say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._light_up(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light_up(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light_up(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) == 1:
            self.chosen.emit(Path(files[0]))
        else:
            self.say("Drop one file of this computer.")

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Choose an export", "", "Exports (*.zip *.json *.jsonl);;All files (*)"
        )
        if name:
            self.chosen.emit(Path(name))

    def _light_up(self, over: bool) -> None:
        self.setProperty("over", over)
        self.style().unpolish(self)
        self.style().polish(self)
