"""The keyboard on the canvas: from message to message, into a message and out of it, selecting and copying."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from nexu_desktop.ui.chat_view.ring import Ring
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.spots import whole_rows
from nexu_desktop.ui.chat_view.stops import Stop, stops_of

if TYPE_CHECKING:
    from nexu_desktop.ui.chat_view.reading import Reading

STEP = 120  # pixels of a long message that an arrow key goes on
AROUND = 8
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Keys(QObject):
    """`current` is the message the keyboard is at. Tab goes through its buttons and links, then out of the view."""

    def __init__(self, view: Reading) -> None:
        super().__init__(view)
        self._view = view
        self.current: int | None = None
        self.link: Stop | None = None
        self._shown = False  # whether the ring shows: not for those who only use the mouse
        self._select_from: int | None = None
        self.ring = Ring(view.viewport(), 10)
        self.link_ring = Ring(view.viewport(), 4)
        self._actions: dict[tuple[Qt.Key, bool], Callable[[], object]] = {
            (Qt.Key.Key_Down, False): lambda: self._go_on(1),
            (Qt.Key.Key_Up, False): lambda: self._go_on(-1),
            (Qt.Key.Key_J, False): lambda: self.step(1),
            (Qt.Key.Key_K, False): lambda: self.step(-1),
            (Qt.Key.Key_Down, True): lambda: self._extend(1),
            (Qt.Key.Key_Up, True): lambda: self._extend(-1),
            (Qt.Key.Key_Home, False): lambda: self._ends(0),
            (Qt.Key.Key_End, False): lambda: self._ends(-1),
            (Qt.Key.Key_PageDown, False): lambda: self._page(1),
            (Qt.Key.Key_PageUp, False): lambda: self._page(-1),
            (Qt.Key.Key_Space, False): lambda: self._page(1),
            (Qt.Key.Key_Space, True): lambda: self._page(-1),
            (Qt.Key.Key_F3, False): lambda: view.search.step(1),
            (Qt.Key.Key_F3, True): lambda: view.search.step(-1),
            (Qt.Key.Key_Return, False): self._enter,
            (Qt.Key.Key_Enter, False): self._enter,
            (Qt.Key.Key_Escape, False): self._escape,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy):
            self._view.copy()
        elif event.matches(keys.SelectAll):
            self._view.select(whole_rows(0, len(self._view.transcript) - 1))
        elif event.key() == Qt.Key.Key_C and event.modifiers() == _CTRL | _SHIFT:
            self._view.copy(markdown=True)
        elif event.modifiers() & (_CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return False
        else:
            action = self._actions.get((Qt.Key(event.key()), bool(event.modifiers() & _SHIFT)))
            return action is not None and action() is not False
        return True

    # --- messages -------------------------------------------------------------------------------------

    def set_current(self, place: int | None, *, shown: bool = True) -> None:
        self.current, self.link, self._shown = place, None, shown
        self.follow()
        row = self._row()
        if shown and row is not None:
            QAccessible.updateAccessibility(QAccessibleEvent(row, QAccessible.Event.Focus))

    def step(self, by: int) -> None:
        """To the next or the previous message, which is brought into sight."""
        self._view.setFocus()
        self._select_from = None
        place = self._here() + by if self._row_seen() else self._in_sight()
        if 0 <= place < len(self._view.transcript):
            self._bring(place)
            self.set_current(place)

    def _row_seen(self) -> bool:
        row = self._row()
        return row is not None and row.geometry().intersects(self._view.viewport().rect())

    def _here(self) -> int:
        """The current message if it can be seen, else the one that is looked at."""
        return self.current if self.current is not None and self._row_seen() else self._in_sight()

    def _bring(self, place: int) -> None:
        """The whole message if it fits, else its beginning."""
        view = self._view
        view.ensure_row(place)
        y, height = view.top_in_viewport(place), view.height_of(place)
        if y < 0 or height > view.page - 2 * AROUND:
            view.go_to(place)
        elif y + height > view.page:
            view.go_to(place, height, margin=view.page - AROUND)

    def _in_sight(self) -> int:
        """The message in the middle of what is seen."""
        row = self._view.pointing.row_at(QPoint(0, self._view.page // 2))
        return row.place if row is not None else 0

    def _go_on(self, by: int) -> None:
        """Reads on in a message that is longer than the screen, then to the next one."""
        view, place = self._view, self.current
        if place is not None and self._shown and view.row_at(place) is not None:
            y = view.top_in_viewport(place)
            beyond = y + view.height_of(place) > view.page if by > 0 else y < 0
            if beyond:
                bar = view.verticalScrollBar()
                bar.setValue(bar.value() + by * STEP)
                return
        self.step(by)

    def _extend(self, by: int) -> None:
        """Select whole messages, from the current one on."""
        if not self._row_seen() or not self._shown:
            self.set_current(self._here())
            by = 0
        first = self.current if self._select_from is None else self._select_from
        if first is None or self.current is None:
            return
        place = max(min(self.current + by, len(self._view.transcript) - 1), 0)
        self._bring(place)
        self.set_current(place)
        self._select_from = first
        self._view.select(whole_rows(first, place))

    def _ends(self, place: int) -> None:
        last = len(self._view.transcript) - 1
        if last < 0:
            return
        self._view.go_to(0, margin=1 << 20) if place == 0 else self._view.jump_to_latest()
        self.set_current(0 if place == 0 else last, shown=self._shown)

    def _page(self, by: int) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + by * (self._view.page - STEP // 2))
        self.set_current(self._in_sight(), shown=self._shown)

    def _enter(self) -> bool:
        if self.link is not None:
            self._view.follow_link(self.link.address, self.link.label)
        elif self.current is not None:
            self.move(forward=True)
        return self.current is not None

    def _escape(self) -> bool:
        """Out of the message, then away with the selection, then nothing more to do here."""
        if self.link is not None or not self._view.hasFocus():
            self._view.setFocus()
            self.link = None
            self.follow()
        elif self._view.selection is not None:
            self._view.select(None)
        else:
            return False
        return True

    # --- inside of a message --------------------------------------------------------------------------

    def move(self, *, forward: bool) -> None:
        """Tab: the next button or link of the current message, or on to what follows the view."""
        focus = QApplication.focusWidget()
        holder = self._holder(focus)
        if holder is not None:
            self.current = holder.place
        elif self._view.rows:
            self.current = self._here()
        row = self._row()
        stops = stops_of(row) if row is not None else []
        at = self._at(stops, focus)
        following = at + (1 if forward else -1)
        if at == -1 and not forward:
            following = -2
        if 0 <= following < len(stops) and row is not None:
            self._stop(row, stops[following])
        elif following == -1 and at == 0:
            self.link = None
            self._view.setFocus(Qt.FocusReason.BacktabFocusReason)
            self.follow()
        else:
            self._leave(forward=forward)

    def _at(self, stops: list[Stop], focus: QWidget | None) -> int:
        for number, stop in enumerate(stops):
            same_link = self.link is not None and stop.box == self.link.box and not stop.widget
            if same_link or (stop.widget is not None and stop.widget is focus):
                return number
        return -1

    def _stop(self, row: Row, stop: Stop) -> None:
        self._shown = True
        if stop.widget is not None:
            self.link = None
            stop.widget.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._view.setFocus()
            self.link = stop
        self._view.show_line(row.place, stop.box.top(), stop.box.bottom())
        self.follow()

    def _leave(self, *, forward: bool) -> None:
        """Focus to the nearest widget of the window's own order that is not in here."""
        view, self.link = self._view, None
        other: QWidget = view
        while True:
            following = other.nextInFocusChain() if forward else other.previousInFocusChain()
            if following is None or following is view:
                break
            other = following
            takes = other.focusPolicy() & Qt.FocusPolicy.TabFocus and other.isEnabled() and other.isVisible()
            if takes and not view.isAncestorOf(other):
                reason = Qt.FocusReason
                other.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
                break
        self.follow()

    def _holder(self, widget: QWidget | None) -> Row | None:
        """The row that a widget stands in."""
        while widget is not None and not isinstance(widget, Row):
            widget = widget.parentWidget()
        return widget

    def _row(self) -> Row | None:
        return None if self.current is None else self._view.row_at(self.current)

    # --- what is seen of it ---------------------------------------------------------------------------

    def arrived(self) -> None:
        """The view has got the focus by Tab: the keyboard is at a message that can be seen."""
        if len(self._view.transcript):
            self.set_current(self._here())

    def follow(self) -> None:
        """The rings lie where their message and link are now."""
        row = self._row()
        focus = QApplication.focusWidget()
        inside = focus is self._view or (focus is not None and self._view.isAncestorOf(focus))
        wanted = row is not None and not row.isHidden() and self._shown and inside
        box = row.geometry().adjusted(-AROUND - 4, -AROUND, AROUND + 4, AROUND) if wanted and row else None
        self.ring.surround(box)
        link = self.link.box if self.link is not None and wanted else QRect()
        self.link_ring.surround(
            link.translated(row.pos()).adjusted(-3, -2, 3, 2)
            if row is not None and not link.isNull()
            else None
        )
