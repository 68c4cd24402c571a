"""Joins the sidebar with the library: what is listed, where conversations are put, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.library import Entry, Folder, Found
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.library import Undo
from nexu_desktop.ui import theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.searching import Searching
from nexu_desktop.ui.sidebar.head import ARCHIVE, LIBRARY, TRASH
from nexu_desktop.ui.sidebar.rows import Row, archive_rows, found_rows, library_rows, trash_rows

EMPTY = {
    LIBRARY: "No conversations yet: write a message on the right, and it is kept here.",
    ARCHIVE: "Nothing is archived. Archive a conversation from its menu to have it out of the way.",
    TRASH: "The trash is empty. What you delete stays here for 30 days.",
}


class LibraryControl(QObject):
    """`open_wanted` a conversation, `hit_wanted` a conversation and a message; `leaving` ids before, and `gone`
    after, they are put away.
    """

    open_wanted = Signal(str)
    hit_wanted = Signal(str, str)
    leaving = Signal(list)
    gone = Signal(list)

    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._sidebar = window.sidebar
        self._library = desk.library
        self._settings = desk.settings
        self._cid = cid
        self._entries: dict[str, Entry] = {}
        self._folders: tuple[Folder, ...] = ()
        self._found: Found | None = None
        self._found_for = ""
        self._undo: Undo | None = None
        self.searching = Searching(desk, bridge, self)
        self._connect()

    # --- what is listed ---

    def refresh(self) -> None:
        """Read everything again: after a change of many."""
        with self._window.notice.told():
            self._entries = {entry.id: entry for entry in self._library.entries()}
            self._folders = self._library.folders()
        self._show()

    def changed(self, cid: str) -> None:
        """Read that one again; a list of 10,000 costs more."""
        entry = None
        with self._window.notice.told():
            entry = self._library.entry(cid) if cid else None
        known = self._entries.get(cid)
        if entry is not None and entry.deleted_ms is None and entry != known:
            self._entries[cid] = entry
            if known is None or entry.updated_ms != known.updated_ms:
                newest = sorted(
                    self._entries.values(), key=lambda one: (one.updated_ms, one.id), reverse=True
                )
                self._entries = {one.id: one for one in newest}
            self._show()

    def opened(self, cid: str) -> None:
        """Mark the one that is open now."""
        if self._found is None and self._sidebar.list.selected_ids() != [cid]:
            self._sidebar.list.select(cid)

    def newest(self) -> str:
        """Of those that are not archived; empty where there is none."""
        return next((entry.id for entry in self._entries.values() if entry.archived_ms is None), "")

    def show_view(self, view: str) -> None:
        self._sidebar.show_view(view)
        self._sidebar.search.clear()
        self.refresh()
        self._sidebar.list.setFocus() if self._sidebar.model.rowCount() else self._sidebar.search.setFocus()

    def _show(self) -> None:
        sidebar = self._sidebar
        if self._found is not None:
            return
        rows: list[Row] = []
        with self._window.notice.told():
            rows = self._rows(sidebar.view)
        sidebar.show_rows(rows, self._folders, self._cid(), empty=EMPTY[sidebar.view])

    def _rows(self, view: str) -> list[Row]:
        if view == TRASH:
            return trash_rows(self._library.trash())
        make = library_rows if view == LIBRARY else archive_rows
        return make(tuple(self._entries.values()), self._folders, date.today())

    # --- searching ---

    def _search(self, text: str) -> None:
        """Everywhere but in the trash, whatever part is shown."""
        if text.strip() and self._sidebar.view != LIBRARY:
            self._sidebar.show_view(LIBRARY)
        self.searching.search(text)
        if not text.strip() and self._found is not None:
            self._found, self._found_for = None, ""
            self._show()

    def _show_found(self, found: Found) -> None:
        self._found = found
        unread = f" {found.unread:,} older messages are still being read in." if found.unread else ""
        empty = f"Nothing found for “{self.searching.text}”.{unread}"
        self._sidebar.show_rows(found_rows(found, self._folders), self._folders, "", found=True, empty=empty)
        if self._found_for != self.searching.text:  # else it is the rest of the same search
            self._found_for = self.searching.text
            self._sidebar.list.select_first()

    def _search_failed(self, error: BaseException) -> None:
        """A slip in the search is said where its results would be."""
        if not isinstance(error, NexuError):
            raise error
        self._found = Found()
        self._sidebar.show_rows([], self._folders, "", found=True, empty=error.sentence)

    def _reading(self, left: int) -> None:
        self._sidebar.head.show_reading(left)
        if not left:
            self.searching.again()

    # --- what can be taken back ---

    def delete(self, ids: list[str]) -> None:
        self.leaving.emit(ids)
        self._do(lambda: self._library.delete(ids))
        self.gone.emit(ids)

    def archive(self, ids: list[str], archived: bool) -> None:
        self._do(lambda: self._library.archive(ids, archived))
        if archived:
            self.gone.emit(ids)

    def restore(self, ids: list[str]) -> None:
        with self._window.notice.told():
            self._library.restore(ids)
        self._again()
        if len(ids) == 1:
            self._sidebar.show_view(LIBRARY)
            self._show()
            self.open_wanted.emit(ids[0])

    def tag(self, ids: list[str]) -> None:
        from nexu_desktop.ui.sidebar.tag_dialog import TagDialog  # not before the first paint

        entries = [entry for one in ids if (entry := self._entries.get(one)) is not None]
        if not entries:
            return
        dialog = TagDialog(entries, self._library.tags(), self._window)
        dialog.apply_theme(theme.colours(self._settings.current.theme))
        if dialog.exec() == TagDialog.DialogCode.Accepted and (dialog.added or dialog.removed):
            self._do(lambda: self._library.tag(ids, dialog.added, dialog.removed))

    def _do(self, change: Callable[[], Undo | None]) -> None:
        with self._window.notice.told():
            self._undo = change()
            if self._undo is not None:
                self._sidebar.undo.offer(self._undo.told)
        self._again()

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        if undo is not None:
            with self._window.notice.told():
                undo.back()
            self._again()
            if undo.opens:
                self.open_wanted.emit(undo.opens)

    # --- what is asked first, or needs no undo ---

    def _purge(self, ids: list[str]) -> None:
        if self._sure("Delete for good?", f"{_many(len(ids))} can't be restored after that."):
            with self._window.notice.told():
                self._library.purge(ids)
            self._again()

    def _empty_trash(self) -> None:
        count = len(self._library.trash())
        if self._sure("Empty the trash?", f"{_many(count)} can't be restored after that."):
            with self._window.notice.told():
                self._library.empty_trash()
            self._again()

    def _sure(self, title: str, text: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, title, parent=self._window)
        box.setTextFormat(box.textFormat().PlainText)
        box.setInformativeText(f"{text} What was charged stays in the ledger.")
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.exec()
        return box.clickedButton() is delete

    def _new_folder(self, name: str, ids: list[str]) -> None:
        def make() -> Undo | None:
            folder = self._library.new_folder(name)
            return self._library.move(ids, folder.id) if ids else None

        self._do(make)

    def _simply(self, change: Callable[..., object]) -> Callable[..., None]:
        """Do it, say what went wrong, list again."""

        def done(*values: object) -> None:
            with self._window.notice.told():
                change(*values)
            self._again()

        return done

    def _again(self) -> None:
        self.refresh()
        self.searching.again()

    def _connect(self) -> None:
        sidebar, library = self._sidebar, self._library
        sidebar.chosen.connect(self._choose)
        sidebar.hit_chosen.connect(self.hit_wanted)
        sidebar.delete_wanted.connect(self.delete)
        sidebar.archive_wanted.connect(self.archive)
        sidebar.restore_wanted.connect(self.restore)
        sidebar.tags_wanted.connect(self.tag)
        sidebar.purge_wanted.connect(self._purge)
        sidebar.empty_wanted.connect(self._empty_trash)
        sidebar.pin_wanted.connect(self._simply(library.pin))
        sidebar.move_wanted.connect(lambda ids, folder: self._do(lambda: library.move(ids, folder)))
        sidebar.folder_wanted.connect(self._new_folder)
        sidebar.folder_renamed.connect(self._simply(library.rename_folder))
        sidebar.folder_shifted.connect(self._simply(library.shift_folder))
        sidebar.fold_wanted.connect(self._simply(library.fold_folder))
        sidebar.folder_deleted.connect(lambda one: self._do(lambda: library.delete_folder(one)))
        sidebar.undo_wanted.connect(self._take_back)
        sidebar.view_wanted.connect(self.show_view)
        sidebar.search_changed.connect(self._search)
        self.searching.found.connect(self._show_found)
        self.searching.failed.connect(self._search_failed)
        self.searching.reading.connect(self._reading)

    def _choose(self, cid: str) -> None:
        if cid != self._cid():
            self.open_wanted.emit(cid)


def _many(count: int) -> str:
    return "1 conversation" if count == 1 else f"{count} conversations"
