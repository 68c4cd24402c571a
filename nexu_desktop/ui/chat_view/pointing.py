"""The mouse on the canvas: selecting across messages, links, and the shape of the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent, QTextCursor

from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.spots import END, Selection, Spot

if TYPE_CHECKING:
    from nexu_desktop.ui.chat_view.reading import Reading

SCROLL_MS = 30  # while the mouse is held down beyond an edge
SLOP = 3  # pixels a hand moves during a click
_UNITS = {
    1: QTextCursor.SelectionType.WordUnderCursor,
    2: QTextCursor.SelectionType.BlockUnderCursor,
}


class Pointing(QObject):
    """One click places, two take words, three take paragraphs; Shift extends what is selected."""

    def __init__(self, view: Reading) -> None:
        super().__init__(view)
        self._view = view
        self._down: QPoint | None = None
        self._from: Selection | None = None  # what the first press took: a place, a word or a paragraph
        self._clicks = 0
        self._pressed = QPoint()
        self._moved = False
        self._quick = QTimer(self, singleShot=True)
        self._scroll = QTimer(self, interval=SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)

    # --- what is where --------------------------------------------------------------------------------

    def row_at(self, point: QPoint) -> Row | None:
        """The row under a point of the viewport, or the nearest one."""
        rows = [row for row in self._view.rows if not row.isHidden()]
        return min(rows, key=lambda row: _distance(row.y(), row.height(), point.y()), default=None)

    def body_at(self, point: QPoint) -> tuple[Row, Body, QPoint] | None:
        """The nearest text, with the point in its own pixels."""
        row = self.row_at(point)
        if row is None:
            return None
        inside = row.mapFrom(self._view.viewport(), point)
        near = min(
            row.texts(),
            key=lambda body: _distance(row.offset_of(body), body.height(), inside.y()),
            default=None,
        )
        return None if near is None else (row, near, near.mapFrom(row, inside))

    def spot_at(self, point: QPoint) -> Spot | None:
        """The place in the text nearest to a point of the viewport."""
        found = self.body_at(point)
        if found is None:
            row = self.row_at(point)
            below = row is not None and point.y() > row.geometry().center().y()
            return None if row is None else Spot(row.place, END if below else 0, 0, 0)
        row, body, inside = found
        return Spot(row.place, body.part, *body.spot_at(inside))

    def link_at(self, point: QPoint) -> tuple[str, str]:
        """Address and label of the link under a point of the viewport, '' for none."""
        found = self.body_at(point)
        if found is None or not found[1].rect().contains(found[2]):
            return "", ""
        number, address = found[1].anchor_at(found[2])
        return (address, found[1].pieces[number].label_of(address)) if address else ("", "")

    # --- what the mouse does --------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        near = (point - self._pressed).manhattanLength() <= SLOP
        self._clicks = min(self._clicks + 1, 2) if self._quick.isActive() and near else 0
        self._quick.start(QGuiApplication.styleHints().mouseDoubleClickInterval())
        self._pressed, self._down, self._moved = point, point, False
        spot = self.spot_at(point)
        if spot is None:
            return
        self._view.pin(spot.row)
        before = self._view.selection
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and before is not None:
            self._from = Selection(before.anchor, before.anchor)
            self._view.select(before.to(spot))
        else:
            self._from = self._unit(spot)
            self._view.select(None if self._from.empty else self._from)

    def move(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton or self._down is None:
            self._hover(point)
            return
        self._down = point
        self._moved = self._moved or (point - self._pressed).manhattanLength() > SLOP
        if self._moved:
            self._extend(point)
        inside = 0 <= point.y() < self._view.viewport().height()
        self._scroll.stop() if inside else self._scroll.start()

    def release(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._down is None:
            return
        self._scroll.stop()
        self._down = None
        self._view.pin(None)
        point = event.position().toPoint()
        row = self.row_at(point)
        if row is not None and row.geometry().contains(point):
            self._view.set_current(row.place, shown=False)
        clipboard = QGuiApplication.clipboard()
        if self._view.selection is not None and clipboard.supportsSelection():
            clipboard.setText(self._view.selected_text(), clipboard.Mode.Selection)
        address, label = self.link_at(point)
        if address and not self._moved and self._view.selection is None:
            self._view.follow_link(address, label)

    def _extend(self, point: QPoint) -> None:
        spot, start = self.spot_at(point), self._from
        if spot is None or start is None:
            return
        unit = self._unit(spot)
        if unit.first < start.first:
            self._view.select(Selection(start.last, unit.first))
        else:
            self._view.select(Selection(start.first, max(unit.last, start.last)))

    def _unit(self, spot: Spot) -> Selection:
        """The place alone, or the word or paragraph around it, by how often was clicked."""
        row = self._view.row_at(spot.row)
        body = row.body_of(spot.part) if row is not None else None
        if not self._clicks or body is None or not body.pieces:
            return Selection(spot, spot)
        cursor = QTextCursor(body.pieces[spot.piece].document)
        cursor.setPosition(spot.at)
        if self._clicks == 2:
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.select(_UNITS[self._clicks])
        ends = (spot._replace(at=cursor.selectionStart()), spot._replace(at=cursor.selectionEnd()))
        return Selection(*ends)

    def _scroll_on(self) -> None:
        if self._down is None:
            return
        over = self._down.y() - max(min(self._down.y(), self._view.viewport().height()), 0)
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + over)
        self._extend(self._down)

    def _hover(self, point: QPoint) -> None:
        found, (address, label) = self.body_at(point), self.link_at(point)
        shape = Qt.CursorShape.ArrowCursor
        if address:
            shape = Qt.CursorShape.PointingHandCursor
        elif found is not None and found[1].rect().contains(found[2]) and found[1].over_text(found[2]):
            shape = Qt.CursorShape.IBeamCursor
        if self._view.viewport().cursor().shape() is not shape:
            self._view.viewport().setCursor(shape)
        self._view.show_target(address, label)


def _distance(top: int, height: int, y: int) -> int:
    """How far a line is from a stretch of lines; 0 inside."""
    return max(top - y, y - top - height, 0)
