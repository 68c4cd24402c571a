"""The longest answer, what a long paste becomes, and which model answers in the sandbox."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import ANSWER_FLOOR_TOKENS
from nexu_desktop.domain.settings import PASTE_FLOOR_CHARS
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import buttons, spin_boxes, theme
from nexu_desktop.ui.settings_dialog.key_page import label

STEP_TOKENS, STEP_CHARS = 1_024, 1_000
PASTE_OFF = PASTE_FLOOR_CHARS - STEP_CHARS  # the lowest step reads "Never"


class GeneralPage(QWidget):
    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        current = desk.settings.current
        name, longest = "Longest answer in tokens", current.answer_limit_tokens
        self.limit = spin_boxes.limit(name, ANSWER_FLOOR_TOKENS, STEP_TOKENS, "tokens", longest)
        name, above = "Paste a text above so many characters as a file", current.paste_file_chars or PASTE_OFF
        self.paste = spin_boxes.limit(name, PASTE_OFF, STEP_CHARS, "characters", above, never=True)
        self.file = QLineEdit(current.sandbox_model_file)
        self.file.setReadOnly(True)
        self.file.setPlaceholderText("SmolLM2-135M, the small model that comes along")
        self.file.setAccessibleName("GGUF file that answers in the sandbox")
        self.choose = buttons.plain("Choose…", "Choose a GGUF file")
        self.clear = buttons.plain("Use the small model")
        self.state = label("")
        self._arrange()
        self.limit.valueChanged.connect(lambda value: self._keep(answer_limit_tokens=value))
        self.paste.valueChanged.connect(self._keep_paste)
        self.choose.clicked.connect(self._choose)
        self.clear.clicked.connect(lambda: self._set_file(""))

    def _keep_paste(self, chars: int) -> None:
        """What lies between never and the least is the least."""
        self._keep(paste_file_chars=0 if chars == PASTE_OFF else max(chars, PASTE_FLOOR_CHARS))

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A model for the sandbox", "", "Models (*.gguf)")
        if name:
            self._set_file(name)

    def _set_file(self, name: str) -> None:
        if name and not _is_gguf(Path(name)):
            self.state.setText(f"{Path(name).name} is not a GGUF file. Choose another one.")
            return
        self.file.setText(name)
        self._keep(sandbox_model_file=name)
        self.state.setText("From the next start of the program on.")

    def _keep(self, **changes: object) -> None:
        try:
            self._desk.settings.update(**changes)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self.changed.emit()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_XL, theme.GAP_XL, 0)
        column.setSpacing(theme.GAP_S)
        column.addWidget(label("Answers", theme.SIZE_DISPLAY, weight=QFont.Weight.DemiBold))
        column.addWidget(label("Longest answer", theme.SIZE_CAPTION))
        column.addWidget(self.limit)
        why = "A send holds what this many tokens would cost; what is not used is released at once."
        column.addWidget(label(why, theme.SIZE_CAPTION))
        column.addSpacing(theme.GAP_L)
        column.addWidget(label("Paste a text as a file above", theme.SIZE_CAPTION))
        column.addWidget(self.paste)
        column.addSpacing(theme.GAP_L)
        column.addWidget(label("Who answers in the sandbox", theme.SIZE_CAPTION))
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.choose)
        row.addWidget(self.clear)
        column.addLayout(row)
        column.addWidget(self.state)
        column.addStretch(1)


def _is_gguf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"GGUF"
    except OSError:
        return False
