"""Opens the palette (every action, every conversation) and the sheet of keys in the same place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.actions import IN_PLACE, Action, action
from nexu_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nexu_desktop.ui.palette.palette import Palette
    from nexu_desktop.ui.palette.rows import Row

FEW, TITLES_MOST = 5, 50  # conversations before anything is typed, and with words
ABOVE = {"search", "palette"}  # the first line says the one, and the other is open


class PaletteOpener(QObject):
    """`go` opens a conversation by its id. The layer is made when it is first wanted."""

    def __init__(self, window: MainWindow, desk: Desk, go: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._desk, self._go = window, desk, go
        self._palette: Palette | None = None
        window.commands.bind("palette", self.open)
        window.commands.bind("keys", self.open_keys)
        window.header.palette_wanted.connect(self.open)
        window.header.keys_wanted.connect(self.open_keys)

    @property
    def palette(self) -> Palette:
        if self._palette is None:
            from nexu_desktop.ui.palette.palette import Palette

            self._palette = Palette(self._window)
        return self._palette

    def open(self) -> None:
        self._open(self.find, "Find an action or a conversation", "Enter does it, Esc closes")

    def open_keys(self) -> None:
        self._open(self.keys, "Find a key", "Enter does what the chosen line says, Esc closes")

    def find(self, typed: str) -> Sequence[Row]:
        """Search everything comes first, with the words that were typed; then actions; then titles."""
        from nexu_desktop.ui.palette.rows import Row

        known, words = action("search"), typed.strip()
        said = f"{known.words} for “{words}”" if words else known.words
        look = partial(self._window.search_everything, words)
        rows = [self._row(one) for one in self._window.commands.bound() if one.id not in ABOVE]
        found = [row for row in rows if row.fits(typed)]
        return [Row(said, known.shown_keys, call=look, waits=bool(words)), *found, *self._titles(typed)]

    def keys(self, typed: str) -> Sequence[Row]:
        from nexu_desktop.ui.palette.rows import Row

        rows = [self._row(one) for one in self._window.commands.bound() if one.keys]
        rows += [Row(words, keys) for keys, words in IN_PLACE]
        return [row for row in rows if row.fits(typed)]

    def _titles(self, typed: str) -> list[Row]:
        from nexu_desktop.ui.palette.rows import Row

        rows = (
            Row(f"Go to: {one.title}", also="conversation", call=partial(self._go, one.id))
            for one in self._desk.conversations()
            if one.title
        )
        return [row for row in rows if row.fits(typed)][: TITLES_MOST if typed.strip() else FEW]

    def _row(self, one: Action) -> Row:
        from nexu_desktop.ui.palette.rows import Row

        return Row(one.words, one.shown_keys, one.also, partial(self._window.commands.run, one.id))

    def _open(self, find: Callable[[str], Sequence[Row]], placeholder: str, note: str) -> None:
        self.palette.apply_theme(theme.colours(self._desk.settings.current.theme))
        self.palette.open_for(find, placeholder, note)
