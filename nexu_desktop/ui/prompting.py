"""The prompts library at the composer: "/" opens the menu, blanks are asked for, the text comes into the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from nexu_desktop.domain.prompts import CLIPBOARD, DATE, Blank, Prompt, asked, blanks, fill
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nexu_desktop.ui.composer.prompt_form import PromptForm
    from nexu_desktop.ui.prompt_menu.menu import PromptMenu
    from nexu_desktop.ui.prompt_menu.rows import PromptRow

OPENS = "/"


class Prompting(QObject):
    """The menu and the form are made when they are first wanted. `manage_wanted`: open the library."""

    manage_wanted = Signal()

    def __init__(self, window: MainWindow, desk: Desk, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self._menu: PromptMenu | None = None
        self._form: PromptForm | None = None
        self._prompt: Prompt | None = None
        self._colours = theme.LIGHT
        window.composer.written.changed.connect(self._changed)

    @property
    def menu(self) -> PromptMenu:
        if self._menu is None:
            from nexu_desktop.ui.prompt_menu.menu import PromptMenu

            self._menu = PromptMenu(self._window, self._find)
            self._menu.apply_theme(self._colours)
            self._menu.picked.connect(self.insert)
            self._menu.given_back.connect(self._give_back)
            self._menu.manage_wanted.connect(self._manage)
        return self._menu

    @property
    def form(self) -> PromptForm:
        if self._form is None:
            from nexu_desktop.ui.composer.prompt_form import PromptForm

            self._form = PromptForm()
            self._form.apply_theme(self._colours)
            self._window.composer.add_above(self._form)
            self._form.filled.connect(self._filled)
            self._form.cancelled.connect(self._cancelled)
        return self._form

    def open(self) -> None:
        """With the keyboard alone; what is written stays and the prompt comes at the cursor."""
        self.menu.open_above(self._window.composer)

    def leave(self) -> None:
        """Another conversation, or the message was sent: what was being filled belonged to this one."""
        self._prompt = None
        if self._form is not None:
            self._form.leave()

    def refresh(self) -> None:
        """Counts have come in."""
        if self._menu is not None:
            self._menu.refresh()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        for part in (self._menu, self._form):
            if part is not None:
                part.apply_theme(c)

    def insert(self, prompt: Prompt) -> None:
        """At once where nothing is to be asked."""
        wanted = asked(prompt.text)
        if wanted:
            self._prompt = prompt
            self._give_back("")
            self.form.ask(prompt.name, wanted)
        else:
            self._write(prompt, {})

    def _changed(self) -> None:
        """Only what was typed, or committed by an input method: words still being composed are not in the text."""
        field = self._window.composer.field
        if field.document().characterCount() == 2 and self._window.composer.draft() == OPENS:
            self.open()

    def _find(self, words: str) -> Sequence[PromptRow]:
        from nexu_desktop.ui.prompt_menu.rows import PromptRow

        model = self._desk.ref(self._cid()).model
        library = self._desk.prompts
        return [PromptRow(one, library.tokens(model, one)) for one in library.find(words)]

    def _filled(self, values: dict[str, str]) -> None:
        prompt, self._prompt = self._prompt, None
        if prompt is not None:
            self._write(prompt, values)

    def _cancelled(self) -> None:
        self._prompt = None
        self._give_back("")

    def _write(self, prompt: Prompt, values: dict[str, str]) -> None:
        text = fill(prompt.text, {**_by_the_program(blanks(prompt.text)), **values})
        self._window.composer.put_prompt(OPENS, text)

    def _give_back(self, text: str) -> None:
        """What was typed into the menu was text after all: '' takes the "/" away too."""
        composer = self._window.composer
        if composer.draft() == OPENS and text != OPENS:
            composer.replace_draft(text)
        composer.focus_input()

    def _manage(self) -> None:
        self._give_back("")
        self.manage_wanted.emit()


def _by_the_program(found: Sequence[Blank]) -> dict[str, str]:
    """The clipboard is read only where a prompt asks for it."""
    values: dict[str, str] = {}
    for blank in found:
        if blank.name.lower() == DATE:
            values[blank.name] = date.today().isoformat()
        elif blank.name.lower() == CLIPBOARD:
            values[blank.name] = QGuiApplication.clipboard().text() or blank.default
    return values
