"""The menus of the sidebar: of conversations, of a folder, and the small one in its head."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from nexu_desktop.domain.library import Entry, Folder

if TYPE_CHECKING:
    from nexu_desktop.ui.sidebar.sidebar import Sidebar


def of_conversations(sidebar: Sidebar, entries: Sequence[Entry], folders: Sequence[Folder]) -> QMenu:
    """One or several; in the trash there are two things to do."""
    ids = [entry.id for entry in entries]
    menu = QMenu(sidebar)
    if all(entry.deleted_ms is not None for entry in entries):
        menu.addAction("Restore\tEnter", partial(sidebar.restore_wanted.emit, ids))
        menu.addAction("Delete for good…\tDel", partial(sidebar.purge_wanted.emit, ids))
        return menu
    if len(ids) == 1:
        menu.addAction("Rename…\tF2", sidebar.rename_current)
    pinned = all(entry.pinned_ms is not None for entry in entries)
    menu.addAction("Unpin" if pinned else "Pin", partial(sidebar.pin_wanted.emit, ids, not pinned))
    menu.addMenu(move_menu(sidebar, entries, folders))
    menu.addAction("Tags…", partial(sidebar.tags_wanted.emit, ids))
    archived = all(entry.archived_ms is not None for entry in entries)
    menu.addAction(
        "Take out of the archive" if archived else "Archive",
        partial(sidebar.archive_wanted.emit, ids, not archived),
    )
    menu.addAction("Export…", partial(sidebar.export_wanted.emit, ids))
    menu.addSeparator()
    menu.addAction("Delete\tDel", partial(sidebar.delete_wanted.emit, ids))
    return menu


def move_menu(sidebar: Sidebar, entries: Sequence[Entry], folders: Sequence[Folder]) -> QMenu:
    ids = [entry.id for entry in entries]
    menu = QMenu("Move to folder", sidebar)
    places = {entry.folder for entry in entries}
    for folder in folders:
        action = menu.addAction(_plain(folder.name), partial(sidebar.move_wanted.emit, ids, folder.id))
        action.setEnabled(places != {folder.id})
    if folders:
        menu.addSeparator()
    menu.addAction("New folder…", partial(sidebar.ask_folder, ids))
    if places != {None}:
        menu.addAction("No folder", partial(sidebar.move_wanted.emit, ids, None))
    return menu


def of_folder(sidebar: Sidebar, folder: Folder, folders: Sequence[Folder]) -> QMenu:
    menu = QMenu(sidebar)
    text = "Unfold" if folder.folded else "Fold"
    menu.addAction(f"{text}\tEnter", partial(sidebar.fold_wanted.emit, folder.id, not folder.folded))
    menu.addAction("Rename…\tF2", sidebar.rename_current)
    up = menu.addAction("Move up", partial(sidebar.folder_shifted.emit, folder.id, -1))
    down = menu.addAction("Move down", partial(sidebar.folder_shifted.emit, folder.id, 1))
    up.setEnabled(folders[0].id != folder.id)
    down.setEnabled(folders[-1].id != folder.id)
    menu.addSeparator()
    menu.addAction("Delete the folder\tDel", partial(sidebar.folder_deleted.emit, folder.id))
    return menu


def of_head(sidebar: Sidebar) -> QMenu:
    """Export takes what is selected, or everything."""
    menu = QMenu(sidebar)
    menu.addAction("New folder…", partial(sidebar.ask_folder, []))
    menu.addSeparator()
    menu.addAction("Import conversations…", sidebar.import_wanted.emit)
    menu.addAction("Export conversations…", sidebar.export_all)
    return menu


def _plain(name: str) -> str:
    """An ampersand in a menu would underline the letter after it."""
    return name.replace("&", "&&")
