"""What can be done with several selected conversations at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from nexu_desktop.ui import theme
from nexu_desktop.ui.buttons import IconButton

ARCHIVE, UNARCHIVE = (
    "Archive the selected conversations",
    "Take the selected conversations out of the archive",
)
ACTIONS = (
    ("archive", "archive", ARCHIVE),
    ("move", "folder", "Move the selected conversations to a folder"),
    ("tags", "tag", "Tags of the selected conversations"),
    ("export", "download", "Export the selected conversations"),
    ("restore", "undo-2", "Restore the selected conversations"),
    ("delete", "trash-2", "Delete the selected conversations"),
)


class BulkBar(QFrame):
    """`wanted` carries 'archive', 'move', 'tags', 'export', 'restore' or 'delete'."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bulk")
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setFont(theme.font(theme.SIZE_CAPTION))
        self.buttons = {name: IconButton(icon, text) for name, icon, text in ACTIONS}
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_S, 2, 2, 2)
        row.setSpacing(0)
        row.addWidget(self._count, 1)
        for name, button in self.buttons.items():
            row.addWidget(button)
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
        self.hide()

    def show_count(self, count: int, *, in_trash: bool) -> None:
        """Hidden for fewer than two: the menu of a row has the same."""
        self._count.setText(f"{count} selected")
        self.setAccessibleName(f"{count} conversations selected")
        for name, button in self.buttons.items():
            button.setVisible(name == "delete" or (name == "restore") == in_trash)
        self.setVisible(count > 1)

    def show_archived(self, archived: bool) -> None:
        """In the archive the first button takes out of it."""
        name = UNARCHIVE if archived else ARCHIVE
        self.buttons["archive"].setAccessibleName(name)
        self.buttons["archive"].setToolTip(name)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#bulk {{ background: {c.card}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; }} QLabel {{ color: {c.text}; }}"
        )
        for button in self.buttons.values():
            button.apply_theme(c)
