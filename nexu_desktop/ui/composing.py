"""Joins the composer with the desk: files, what was sent before, saved prompts, and the place to drop files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QTextCursor

from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.assisting import Assisting
from nexu_desktop.ui.attaching import Attaching
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.composer.recall import Recall
from nexu_desktop.ui.drop_area import DropArea
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.prompting import Prompting

PROMPTS, ASSISTANTS = 0, 1  # pages of the library


class Composing(QObject):
    """`changed`: what a send here would ask is another now."""

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        bridge: Bridge,
        cid: Callable[[], str],
        complain: Callable[[BaseException], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self._colours = theme.LIGHT
        self._sent: dict[str, list[str]] = {}  # what is not in the transcript yet
        self.attaching = Attaching(window, desk, bridge, cid, complain)
        self.recall = Recall(self._entries)
        self.prompting = Prompting(window, desk, cid)
        self.assisting = Assisting(window, desk, cid)
        self.prompting.manage_wanted.connect(lambda: self.open_library(PROMPTS))
        self.assisting.manage_wanted.connect(lambda: self.open_library(ASSISTANTS))
        self.drop_area = DropArea(window.column, window.composer.file_drop)
        window.composer.field.walk = self._walk
        window.composer.send_requested.connect(self._left)
        self.attaching.changed.connect(self.changed)
        self.assisting.changed.connect(self.changed)
        window.composer.offer_changed.connect(self._model_changed)
        window.commands.bind("prompt", self.prompting.open)
        window.commands.bind("library", self.open_library)
        window.header.library_wanted.connect(self.open_library)
        self.pick_up_settings()

    def opened(self) -> None:
        """Another conversation is shown, with its draft."""
        self.recall.forget()
        self.prompting.leave()
        self.attaching.show()
        self.assisting.show()

    def begun(self) -> None:
        """The question is in the transcript, and its files with it."""
        if self._window.composer.attachments.chips:
            self._desk.files.left(self._cid())
            self.attaching.show()

    def open_library(self, page: int = PROMPTS) -> None:
        """Imported when first opened: a start does not pay for it."""
        from nexu_desktop.ui.library_dialog.dialog import LibraryDialog

        dialog = LibraryDialog(self._window, self._desk, self._desk.ref(self._cid()), page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(True)
        dialog.apply_theme(self._colours)
        dialog.changed.connect(self.assisting.show)
        dialog.finished.connect(lambda _: self._window.composer.focus_input())
        dialog.open()

    def counted(self) -> None:
        """Figures that were pending have come in."""
        self.attaching.show_tokens()
        self.prompting.refresh()
        self.assisting.show()

    def _model_changed(self) -> None:
        if self._cid():
            self.attaching.show_tokens()
            self.assisting.show()

    def pick_up_settings(self) -> None:
        self._window.composer.field.file_from = self._desk.settings.current.paste_file_chars

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.drop_area.apply_theme(c)
        self.assisting.apply_theme(c)
        self.prompting.apply_theme(c)

    def _left(self, draft: str) -> None:
        self._sent.setdefault(self._cid(), []).append(draft)
        self.recall.forget()
        self.prompting.leave()

    def _entries(self) -> Sequence[str]:
        sent = reversed(self._sent.get(self._cid(), ()))
        return tuple(dict.fromkeys((*sent, *self._desk.sent_before.of(self._cid()))))

    def _walk(self, older: bool) -> bool:
        """Arrow keys move the cursor as ever while there is a draft to move it in."""
        composer = self._window.composer
        shown, cursor = composer.draft(), composer.field.textCursor()
        if not self._may_walk(shown, cursor, older):
            return False
        text = self.recall.older(shown) if older else self.recall.newer(shown)
        if text is not None:
            composer.replace_draft(text)
        return text is not None

    def _may_walk(self, shown: str, cursor: QTextCursor, older: bool) -> bool:
        if self.recall.walks(shown):
            return cursor.atEnd() and not cursor.hasSelection()
        return older and cursor.atStart() and not cursor.hasSelection()
