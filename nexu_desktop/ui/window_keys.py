"""Which actions the window itself can do; openers bind theirs where they are made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexu_desktop.ui.header import THEMES

if TYPE_CHECKING:
    from nexu_desktop.ui.main_window import MainWindow


def bind(window: MainWindow) -> None:
    header, composer = window.header, window.composer
    header.sidebar_toggled.connect(window.toggle_sidebar)
    header.theme_chosen.connect(window.theme_wanted)
    header.settings_wanted.connect(window.settings_wanted)
    header.context_wanted.connect(window.context_wanted)
    bind = window.commands.bind
    bind("new", window.new_wanted.emit)
    bind("sidebar", window.toggle_sidebar)
    bind("settings", window.settings_wanted.emit)
    bind("model", composer.pick_model_requested.emit)
    bind("search", window.search_everything)
    bind("find", window.chat.open_find)
    bind("composer", composer.focus_input)
    bind("context", window.context_wanted.emit)
    bind("estimate", composer.strip.details_requested.emit)
    bind("quit", window.close)
    for name in THEMES:
        bind(f"theme-{name}", partial(window.theme_wanted.emit, name))
