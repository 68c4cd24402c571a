"""Parts above each other at exact heights: each says how high it is at a width, at once and without events."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from nexu_desktop.ui.chat_view.formats import Formats


class Part(QWidget):
    """`fit(width)` sets its own size and returns its height in pixels; `grew` says it wants to be fitted again."""

    grew = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)  # the view shows over what the mouse is, through all layers

    def fit(self, width: int) -> int:
        height = self.sizeHint().height()
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        """Take the colours and fonts of another theme."""


class Stack(Part):
    """Hidden parts take no room."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 0) -> None:
        super().__init__(parent)
        self.setAttribute(
            Qt.WidgetAttribute.WA_StaticContents
        )  # parts that do not move are not painted again
        self._gap = gap
        self.parts: list[Part] = []
        self._ranks: dict[Part, int] = {}

    def add(self, part: Part, rank: int | None = None) -> None:
        """Below the others, or below those of a lower rank; it is shown."""
        part.setParent(self)
        part.grew.connect(self.grew)
        self._ranks[part] = max(self._ranks.values(), default=0) if rank is None else rank
        self.parts.append(part)
        self.parts.sort(key=self._ranks.__getitem__)
        part.show()

    def remove(self, part: Part) -> None:
        """It takes no room any more; its owner decides what becomes of it."""
        del self._ranks[part]
        self.parts.remove(part)
        part.grew.disconnect(self.grew)
        part.hide()

    def fit(self, width: int) -> int:
        shown = [part for part in self.parts if not part.isHidden()]
        top = 0
        for part in shown:
            height = part.fit(width)
            part.move(0, top)
            top += height + self._gap
        height = max(top - self._gap, 0)
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        for part in self.parts:
            part.restyle(formats)


def unchain(widget: QWidget) -> None:
    """Out of the window's own Tab order, which knows the order of making only: the view goes through a row itself."""
    for child in (widget, *widget.findChildren(QWidget)):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(child, QLabel):
            child.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
