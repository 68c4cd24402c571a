"""The top of the sidebar: the name and New, or which part of the library is shown and the way back; the search."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.ui import actions, buttons, icons, theme
from nexu_desktop.ui.buttons import IconButton

LIBRARY, ARCHIVE, TRASH = "library", "archive", "trash"
TITLES = {LIBRARY: "Nexu", ARCHIVE: "Archive", TRASH: "Trash"}
SEARCH = "Search conversations"
HELP = (
    'Words that must all occur; “a phrase” in quotes; tag:work, model:glm, folder:"My work",'
    " after:2026-01-31, before:2026-03-31"
)


class SidebarHead(QWidget):
    """`step_wanted` is -1 or 1: arrow keys in the search field move through the list."""

    back_wanted = Signal()
    empty_wanted = Signal()
    step_wanted = Signal(int)
    enter_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel(TITLES[LIBRARY])
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold))
        self.back = IconButton("arrow-left", "Back to the conversations")
        self.more = IconButton("ellipsis", "Folders, import and export")
        self.new_button = buttons.plain("New", "New conversation")
        self.new_button.setToolTip(actions.tip("new"))
        self.empty = buttons.link("Empty")
        self.empty.setAccessibleName("Empty the trash")
        self.search = QLineEdit()
        self.search.setPlaceholderText(SEARCH)
        self.search.setAccessibleName("Search titles and messages")
        self.search.setToolTip(f"{HELP} ({actions.action('search').shown_keys})")
        self.search.setClearButtonEnabled(True)
        self.search.setFont(theme.font(theme.SIZE_CONTROL))
        self.search.installEventFilter(self)
        self._search_icon = self.search.addAction(
            icons.icon("search", theme.LIGHT.faint), QLineEdit.ActionPosition.LeadingPosition
        )
        self._arrange()
        self.show_view(LIBRARY, empty=True)

    def show_view(self, view: str, *, empty: bool) -> None:
        self.title.setText(TITLES[view])
        self.back.setVisible(view != LIBRARY)
        self.more.setVisible(view == LIBRARY)
        self.new_button.setVisible(view == LIBRARY)
        self.empty.setVisible(view == TRASH and not empty)

    def show_reading(self, left: int) -> None:
        """So many messages of before can't be found yet."""
        self.search.setPlaceholderText(f"Search (reading in {left:,} messages)" if left else SEARCH)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"QLabel {{ color: {c.text}; background: transparent; }}"
            f"QLineEdit {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 8px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 5px 7px; }}" + buttons.plain_style(c)
        )
        self.empty.setStyleSheet(buttons.link_style(c))
        self.new_button.setIcon(icons.icon("plus", c.text))
        self._search_icon.setIcon(icons.icon("search", c.faint))
        for button in (self.back, self.more):
            button.apply_theme(c)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.step_wanted.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit()
        elif key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            return False
        return True

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(4)
        top.addWidget(self.back)
        top.addSpacing(theme.GAP_S)
        top.addWidget(self.title, 1)
        for button in (self.more, self.empty, self.new_button):
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_M)
        column.addLayout(top)
        column.addWidget(self.search)
        self.back.clicked.connect(self.back_wanted)
        self.empty.clicked.connect(self.empty_wanted)
