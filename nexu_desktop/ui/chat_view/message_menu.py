"""What the menu of a question or an answer offers besides copying: other ways the conversation could go."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.ui.chat_view.wishes import Want, Wish


class Wishing(Protocol):
    """The row the menu is for."""

    busy: bool

    def wish(self, wish: Wish) -> None: ...


def extend(menu: QMenu, row: Wishing, message: Message, selected: str) -> None:
    """Each answer made again says what it would cost; nothing but quoting is offered while one arrives."""
    if message.role not in (Role.USER, Role.ASSISTANT):
        return
    quote = selected or message.text
    name = "Quote selection" if selected else "Quote message"
    _add(menu, row, Wish(Want.QUOTE, message.id, quote), name).setEnabled(bool(quote))
    menu.addSeparator()
    changes = []
    if message.role is Role.USER:
        changes.append(_add(menu, row, Wish(Want.EDIT, message.id), "Edit and send again"))
    again = _add(menu, row, Wish(Want.REGENERATE, message.id), "Regenerate")
    row.wish(Wish(Want.PRICE, message.id, asker=menu, say=again.setText))
    other = _add(menu, row, Wish(Want.ANOTHER_MODEL, message.id), "Regenerate with another model…")
    menu.addSeparator()
    delete = _add(menu, row, Wish(Want.DELETE, message.id), "Delete with what follows")
    for action in (*changes, again, other, delete):
        action.setEnabled(not row.busy and not message.streaming)


def _add(menu: QMenu, row: Wishing, wish: Wish, name: str) -> QAction:
    action = menu.addAction(name)
    action.triggered.connect(lambda: row.wish(wish))
    return action
