"""The left pane: the library with its folders, what a search finds, archive and trash, undo, the wallet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QLabel, QPushButton, QVBoxLayout

from nexu_desktop.domain.library import Entry, Folder
from nexu_desktop.ui import buttons, icons, theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.sidebar import menus
from nexu_desktop.ui.sidebar.bulk_bar import BulkBar
from nexu_desktop.ui.sidebar.head import ARCHIVE, LIBRARY, TRASH, SidebarHead
from nexu_desktop.ui.sidebar.list_view import LibraryView
from nexu_desktop.ui.sidebar.rows import Heading, HitLine, Line, Row, title_of
from nexu_desktop.ui.sidebar.undo_bar import UndoBar
from nexu_desktop.ui.sidebar.wallet import WalletCard


class Sidebar(QFrame):
    """Signals carry conversation ids, most of them a list; `export_wanted` an empty one for everything.

    `hit_chosen`: conversation and message; `rename_wanted`, `folder_renamed`: id and new name; `pin_wanted`,
    `archive_wanted`: ids and whether to; `move_wanted`: ids and a folder or None; `folder_wanted`: a name, and
    the ids to move there; `folder_shifted`: steps down; `view_wanted`: 'library', 'archive' or 'trash'.
    """

    new_wanted = Signal()
    chosen = Signal(str)
    hit_chosen = Signal(str, str)
    rename_wanted = Signal(str, str)
    delete_wanted = Signal(list)
    restore_wanted = Signal(list)
    purge_wanted = Signal(list)
    empty_wanted = Signal()
    pin_wanted = Signal(list, bool)
    archive_wanted = Signal(list, bool)
    move_wanted = Signal(list, object)
    tags_wanted = Signal(list)
    folder_wanted = Signal(str, list)
    folder_renamed = Signal(str, str)
    folder_deleted = Signal(str)
    folder_shifted = Signal(str, int)
    fold_wanted = Signal(str, bool)
    undo_wanted = Signal()
    view_wanted = Signal(str)
    search_changed = Signal(str)
    import_wanted = Signal()
    export_wanted = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(theme.SIDEBAR_WIDTH)
        self.view = LIBRARY
        self._folders: Sequence[Folder] = ()
        self.head = SidebarHead()
        self.search = self.head.search
        self.new_button = self.head.new_button
        self.list = LibraryView()
        self.model = self.list.rows
        self._empty = QLabel()
        self.bulk = BulkBar()
        self.undo = UndoBar()
        self.archive_button = _foot_button("Archive", "Show the archive")
        self.trash_button = _foot_button("Trash", "Show the trash")
        self.wallet = WalletCard()
        self._arrange()
        self._connect()

    # --- what is shown ---

    def show_rows(
        self,
        rows: list[Row],
        folders: Sequence[Folder],
        current: str,
        *,
        found: bool = False,
        empty: str = "",
    ) -> None:
        """Replace the list; the current one stays selected without being announced again.

        `empty` is said where there is no row. What a search has `found` is opened by Enter, not by passing it.
        """
        self._folders = folders
        self.list.opens_at_once = self.view != TRASH and not found
        self.list.show_rows(rows, current, uniform=not found)
        self._empty.setText(empty)
        self._empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.head.show_view(self.view, empty=not rows)

    def show_view(self, view: str) -> None:
        self.view = view
        self.archive_button.setVisible(view == LIBRARY)
        self.trash_button.setVisible(view == LIBRARY)
        self.bulk.show_archived(view == ARCHIVE)

    def apply_theme(self, c: theme.Colours) -> None:
        self.list.painter.colours = c
        self.setStyleSheet(
            f"#sidebar {{ background: {c.panel}; border: 0; border-right: 1px solid {c.line}; }}"
            f"#sidebar > QLabel {{ color: {c.muted}; background: transparent; }}"
            f"QListView {{ background: transparent; border: 2px solid transparent; outline: 0; }}"
            f"#foot {{ background: transparent; color: {c.muted}; border: 2px solid transparent;"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 4px 6px; text-align: left; }}"
            f"#foot:hover {{ background: {c.selection}; }} #foot:focus {{ border-color: {c.accent}; }}"
        )
        self.archive_button.setIcon(icons.icon("archive", c.muted))
        self.trash_button.setIcon(icons.icon("trash-2", c.muted))
        for part in (self.head, self.bulk, self.undo, self.wallet):
            part.apply_theme(c)
        self.list.verticalScrollBar().setStyleSheet(scroll_bars.style(c))
        self.list.viewport().update()

    # --- what a person does ---

    def rename_current(self) -> None:
        row = self.list.current_row()
        if isinstance(row, Line) and self.view != TRASH:
            title = self._ask("Rename conversation", "Title", title_of(row.entry))
            if title is not None:
                self.rename_wanted.emit(row.entry.id, title)
        elif isinstance(row, Heading) and row.folder is not None:
            name = self._ask("Rename folder", "Name", row.folder.name)
            if name is not None:
                self.folder_renamed.emit(row.folder.id, name)

    def delete_current(self) -> None:
        """What is selected; out of the trash, it goes for good."""
        row, ids = self.list.current_row(), self.list.selected_ids()
        if ids:
            (self.purge_wanted if self.view == TRASH else self.delete_wanted).emit(ids)
        elif isinstance(row, Heading) and row.folder is not None:
            self.folder_deleted.emit(row.folder.id)

    def ask_folder(self, ids: list[str]) -> None:
        """Make a folder, and move these there."""
        name = self._ask("New folder", "Name", "")
        if name is not None:
            self.folder_wanted.emit(name, ids)

    def export_all(self) -> None:
        """From the menu of the head: several that are selected, else everything."""
        ids = self.list.selected_ids()
        self.export_wanted.emit(ids if len(ids) > 1 else [])

    def _ask(self, title: str, label: str, text: str) -> str | None:
        answer, accepted = QInputDialog.getText(self, title, label, text=text)
        return answer if accepted else None

    def _opened(self, row: Line | HitLine) -> None:
        if isinstance(row, HitLine):
            self.hit_chosen.emit(row.entry.id, row.hit.message)
        elif self.view == TRASH:
            self.restore_wanted.emit([row.entry.id])
        else:
            self.chosen.emit(row.entry.id)

    def _selected(self) -> list[Entry]:
        rows = [self.model.row(index) for index in self.list.selectedIndexes()]
        return [row.entry for row in rows if isinstance(row, Line)]

    def _menu(self, place: QPoint) -> None:
        row, entries = self.list.current_row(), self._selected()
        if entries:
            menus.of_conversations(self, entries, self._folders).exec(place)
        elif isinstance(row, Heading) and row.folder is not None:
            menus.of_folder(self, row.folder, self._folders).exec(place)

    def _bulk(self, wanted: str) -> None:
        ids = self.list.selected_ids()
        match wanted:
            case "archive":
                self.archive_wanted.emit(ids, self.view != ARCHIVE)
            case "move":
                button = self.bulk.buttons["move"]
                menu = menus.move_menu(self, self._selected(), self._folders)
                menu.exec(button.mapToGlobal(QPoint(0, button.height())))
            case "tags":
                self.tags_wanted.emit(ids)
            case "export":
                self.export_wanted.emit(ids)
            case "restore":
                self.restore_wanted.emit(ids)
            case _:
                self.delete_current()

    def _step(self, steps: int) -> None:
        """From the search field: through what was found, or into the list."""
        if self.list.opens_at_once:
            self.list.setFocus()
        else:
            self.list.step(steps)

    def _picked(self) -> None:
        self.bulk.show_count(len(self.list.selected_ids()), in_trash=self.view == TRASH)

    def _double_clicked(self) -> None:
        if self.list.opens_at_once:
            self.rename_current()

    def _arrange(self) -> None:
        self.list.setAccessibleName("Conversations")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setFont(theme.font(theme.SIZE_CONTROL))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(theme.GAP_S, theme.GAP_S, theme.GAP_S, 0)
        self.head.more.setMenu(menus.of_head(self))
        self.head.more.setPopupMode(self.head.more.ToolButtonPopupMode.InstantPopup)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_S)
        foot.addWidget(self.archive_button, 1)
        foot.addWidget(self.trash_button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_M)
        column.setSpacing(theme.GAP_M)
        column.addWidget(self.head)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        for widget in (self.bulk, self.undo):
            column.addWidget(widget)
        column.addLayout(foot)
        column.addWidget(self.wallet)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.new_wanted)
        self.search.textChanged.connect(self.search_changed)
        self.head.back_wanted.connect(lambda: self.view_wanted.emit(LIBRARY))
        self.head.empty_wanted.connect(self.empty_wanted)
        self.head.step_wanted.connect(self._step)
        self.head.enter_pressed.connect(self.list.open_current)
        self.archive_button.clicked.connect(lambda: self.view_wanted.emit(ARCHIVE))
        self.trash_button.clicked.connect(lambda: self.view_wanted.emit(TRASH))
        self.list.opened.connect(self._opened)
        self.list.fold_wanted.connect(self.fold_wanted)
        self.list.moved.connect(self.move_wanted)
        self.list.menu_wanted.connect(self._menu)
        self.list.picked.connect(self._picked)
        self.list.doubleClicked.connect(lambda _: self._double_clicked())
        self.bulk.wanted.connect(self._bulk)
        self.undo.undo_wanted.connect(self.undo_wanted)
        for key, action in (("F2", self.rename_current), ("Delete", self.delete_current)):
            shortcut = QShortcut(QKeySequence(key), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(action)


def _foot_button(text: str, name: str) -> QPushButton:
    button = buttons.plain(text, name)
    button.setObjectName("foot")
    return button
