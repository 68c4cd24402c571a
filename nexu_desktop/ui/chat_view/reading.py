"""What a reader does on the canvas: selects, copies, finds, follows links, and goes about by keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from nexu_desktop.ui import theme, tooltips
from nexu_desktop.ui.chat_view import access
from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.canvas import Canvas
from nexu_desktop.ui.chat_view.copying import text_of
from nexu_desktop.ui.chat_view.keys import Keys
from nexu_desktop.ui.chat_view.pointing import Pointing
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.search import Search
from nexu_desktop.ui.chat_view.spots import Selection, Spot, changed_rows


class Reading(Canvas):
    """`link_wanted(address, label)`: a link was clicked; nothing is opened here. `menu_opening(menu, message
    id)`: before the menu of a message opens, for others who add to it. `selection_changed`: see `selection`.
    """

    link_wanted = Signal(str, str)
    menu_opening = Signal(object, str)
    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty(access.LIST, True)
        access.install()
        self.pointing = Pointing(self)
        self.keys = Keys(self)
        self.search = Search(self)

    # --- rows -----------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """Those near the viewport, from top to bottom; others have no widgets."""
        return self._rows.rows

    def row_at(self, place: int) -> Row | None:
        return self._rows.row_at(place)

    def ensure_row(self, place: int) -> Row:
        """The row, scrolled to if it was not near."""
        row = self._rows.row_at(place)
        if row is None:
            self.go_to(place)
            row = self._rows.row_at(place)
        assert row is not None
        return row

    def refit(self, place: int) -> None:
        """Texts of that row have been laid out by somebody else than the canvas."""
        row = self._rows.row_at(place)
        if row is not None:
            self._rows.refit(row)
            self.settle()

    def pin(self, place: int | None) -> None:
        """Keep this row however far the reader scrolls."""
        self._rows.pinned = place

    def top_in_viewport(self, place: int) -> int:
        return self._rows.top_of(place) - self._value()

    def height_of(self, place: int) -> int:
        return self._rows.height_of(place)

    def first_in_sight(self) -> int:
        return self._anchor[0]

    # --- selecting ------------------------------------------------------------------------------------

    @property
    def selection(self) -> Selection | None:
        return self._pool.marks.selection

    def select(self, selection: Selection | None) -> None:
        before, self._pool.marks.selection = self._pool.marks.selection, selection
        if before == selection:
            return
        for place in changed_rows(before, selection):
            row = self._rows.row_at(place)
            if row is not None:
                _repaint(row)
        self.selection_changed.emit()

    def selected_text(self, *, markdown: bool = False) -> str:
        """'' where nothing is selected."""
        if self.selection is None or self.selection.empty:
            return ""
        messages, papers = self.transcript.messages, self._pool.papers
        return text_of(self.selection, messages, self._rows.row_at, papers, markdown=markdown)

    def copy(self, *, markdown: bool = False) -> None:
        """What is selected, else the current message as markdown, to the clipboard."""
        text = self.selected_text(markdown=markdown)
        if text:
            QGuiApplication.clipboard().setText(text)
        elif len(self.transcript):
            place = len(self.transcript) - 1 if self.keys.current is None else self.keys.current
            self.ensure_row(place).copy()

    def set_current(self, place: int | None, *, shown: bool = True) -> None:
        """The message the keyboard is at; `shown`: with a ring."""
        self.keys.set_current(place, shown=shown)

    # --- links and matches ----------------------------------------------------------------------------

    def follow_link(self, address: str, label: str) -> None:
        """A place in the message is scrolled to; everything else is for somebody else to judge."""
        if not address.startswith("#"):
            self.link_wanted.emit(address, label)
            return
        place = self.keys.current
        row = self._rows.row_at(place) if place is not None else None
        for body in row.texts() if row is not None else ():
            for number, piece in enumerate(body.pieces):
                position = piece.named(address[1:])
                if position is not None and row is not None:
                    self.show_spot(row, body, number, position)
                    return

    def show_target(self, address: str, label: str) -> None:
        """Where the link under the mouse leads."""
        tip = "" if not address or address.startswith("#") or address == label else tooltips.literal(address)
        if self.viewport().toolTip() != tip:
            self.viewport().setToolTip(tip)

    def show_spot(self, row: Row, body: Body, number: int, position: int) -> None:
        """Scroll, also sideways, until that place in the text is seen."""
        body.lay(number)
        self._rows.refit(row)
        box = body.show_position(number, position)
        y = row.offset_of(body)
        self.show_line(row.place, y + box.top(), y + box.bottom())
        self.settle()

    def mark_found(self, query: str, current: Spot | None) -> None:
        self._pool.marks.query, self._pool.marks.current = query, current
        for row in self.rows:
            _repaint(row)

    def open_find(self) -> None:
        self.search.open()

    def overlays(self) -> list[QWidget]:
        """Widgets over the rows, shown or not."""
        return [self.search.bar]

    # --- what stands beside ---------------------------------------------------------------------------

    def placed(self) -> None:
        self.keys.follow()
        self.search.correct()

    def restyle_reading(self, c: theme.Colours) -> None:
        self.search.bar.apply_theme(c)
        self.keys.ring.apply_theme(c)
        self.keys.link_ring.apply_theme(c)

    def forget_reading(self) -> None:
        """Other messages: what was selected and where the keyboard was belongs to the ones before."""
        self.select(None)
        self.pin(None)
        self.set_current(None, shown=False)
        self.search.restart()

    # --- what Qt asks ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pointing.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.pointing.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointing.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointing.release(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways over a block that is too wide scrolls that block."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        delta = event.angleDelta()
        across = delta.x() or (delta.y() if shift else 0)
        if abs(across) < abs(delta.y()) and not shift:
            super().wheelEvent(event)
            return
        found = self.pointing.body_at(event.position().toPoint())
        piece = found[1].wide_at(found[2]) if found is not None else None
        if found is not None and piece is not None:
            found[1].scroll_sideways(piece, -across)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        point = self.viewport().mapFromGlobal(event.globalPos())
        row = self._rows.row_at(self.keys.current) if by_key and self.keys.current is not None else None
        row = row or self.pointing.row_at(point)
        if row is not None:
            self.menu_for(row, ("", "") if by_key else self.pointing.link_at(point)).popup(event.globalPos())

    def menu_for(self, row: Row, link: tuple[str, str] = ("", "")) -> QMenu:
        """What can be done with what is selected, with the link under the mouse, and with the message."""
        menu = row.menu(self.selected_text(markdown=True))
        first, extra = menu.actions()[0], []
        selected, as_markdown = self.selected_text(), self.selected_text(markdown=True)
        if selected:
            extra = [("Copy selection", selected), ("Copy selection as Markdown", as_markdown)]
        if link[0]:
            extra.append(("Copy link address", link[0]))
        for name, text in extra:
            action = QAction(name, menu)
            action.triggered.connect(lambda _=False, said=text: QGuiApplication.clipboard().setText(said))
            menu.insertAction(first, action)
        if row.entry is not None:
            self.menu_opening.emit(menu, row.entry.message.id)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.press(event):
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.keys.move(forward=forward)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in by_key and self.keys.link is None:
            self.keys.arrived()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.keys.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.search.place()


def _repaint(row: Row) -> None:
    for body in row.texts():
        body.update()
