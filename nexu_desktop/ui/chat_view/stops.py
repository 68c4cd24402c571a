"""What the keyboard can stop at inside of a message: its buttons and its links, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.row import Row


@dataclass(frozen=True, slots=True)
class Stop:
    """`box` in pixels of the row. A widget, or a link with its address and label."""

    box: QRect
    widget: QWidget | None = None
    address: str = ""
    label: str = ""


def stops_of(row: Row) -> list[Stop]:
    """Links count as far as their text is laid out."""
    found = [*_widgets(row), *(stop for body in row.texts() for stop in _links(row, body))]
    return sorted(found, key=lambda stop: (stop.box.top() // 8, stop.box.left()))


def _widgets(row: Row) -> Iterator[Stop]:
    for widget in row.findChildren(QWidget):
        reachable = widget.focusPolicy() & Qt.FocusPolicy.ClickFocus and widget.isEnabled()
        if reachable and not isinstance(widget, QLabel) and widget.isVisibleTo(row):
            yield Stop(QRect(widget.mapTo(row, QPoint(0, 0)), widget.size()), widget)


def _links(row: Row, body: Body) -> Iterator[Stop]:
    corner = body.mapTo(row, QPoint(0, 0))
    for number, piece in enumerate(body.pieces):
        if piece.laid:
            for link in piece.links():
                y = corner.y() + body.top_of(number)
                yield Stop(link.box.translated(corner.x(), y), None, link.address, link.label)
