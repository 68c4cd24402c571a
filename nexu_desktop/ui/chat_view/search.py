"""Find in conversation: joins the bar, the counting and the marks on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from PySide6.QtCore import QObject, QTimer

from nexu_desktop.domain.chat import Role
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.find_bar import HEIGHT, WIDTH, FindBar
from nexu_desktop.ui.chat_view.finding import Finder, Hit
from nexu_desktop.ui.chat_view.model import Transcript
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.spots import TEXT, Spot

if TYPE_CHECKING:
    from nexu_desktop.ui.chat_view.reading import Reading

TRIES = 200  # matches in the source of which nothing shows (in an address, say) are passed over


class Texts(Sequence[str]):
    """What can be found in each row of a transcript."""

    def __init__(self, model: Transcript) -> None:
        self._model = model

    def __len__(self) -> int:
        return len(self._model)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        message = self._model.messages[row]
        return message.text if message.role in (Role.USER, Role.ASSISTANT) else ""


class Search(QObject):
    def __init__(self, view: Reading) -> None:
        super().__init__(view)
        self._view = view
        self.finder = Finder()
        self._texts = Texts(view.transcript)
        self._going = False
        self.bar = FindBar(view)
        self.bar.changed.connect(self.look_for)
        self.bar.stepped.connect(self.step)
        self.bar.closed.connect(self.close)
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._search_on)

    def open(self) -> None:
        """A selection within one line is what is looked for."""
        selected = self._view.selected_text() if self._view.selection is not None else ""
        self.bar.begin()
        self.place()
        if selected and "\n" not in selected and len(selected) < 200:
            self.bar.field.setText(selected)
            self.bar.field.selectAll()
        elif self.bar.field.text():
            self.look_for(self.bar.field.text())

    def close(self) -> None:
        self._slices.stop()
        self.finder.begin("", ())
        self._mark(None)
        self.bar.hide()
        self.place()
        self._view.setFocus()

    def look_for(self, query: str) -> None:
        """From what is in sight on."""
        self.finder.begin(query, self._texts)
        self._mark(None)
        self._search_on()

    def restart(self) -> None:
        """Other messages are shown."""
        if self.bar.isVisible() and self.bar.field.text():
            self.look_for(self.bar.field.text())

    def grew(self) -> None:
        """A message has come."""
        if self.finder.query:
            self.finder.search()
            self._say()

    def step(self, by: int) -> None:
        hit = self.finder.step(by)
        if hit is not None:
            self._go(hit, by)
        self._say()

    def _search_on(self) -> None:
        more = self.finder.search()
        self._slices.start() if more else self._slices.stop()
        if not more and self.finder.current is None and self.finder.total:
            hit = self.finder.start_at(self._view.first_in_sight())
            if hit is not None:
                self._go(hit, 1)
        self.correct()
        self._say()

    def correct(self) -> None:
        """Rows that are laid out know exactly how often it stands in them."""
        if not self.finder.query:
            return
        news = [self.finder.correct(row.place, _count(row, self.finder.query)) for row in self._view.rows]
        if any(news) and not self._going:
            self._say()

    # --- going there ----------------------------------------------------------------------------------

    def _go(self, hit: Hit, by: int) -> None:
        self._going = True
        for _ in range(TRIES):
            spot = self._spot(hit)
            if spot is not None:
                self._mark(spot)
                break
            self._view.refit(hit.row)
            self.correct()
            following = self.finder.step(by) if self.finder.current == hit else self.finder.current
            if following is None:
                break
            hit = following
        self._going = False

    def _spot(self, hit: Hit) -> Spot | None:
        """Where that match stands, brought into sight; None where laying it out shows that there is none."""
        row = self._view.ensure_row(hit.row)
        body, left, query = row.body_of(TEXT), hit.number, self.finder.query
        if body is None:
            return None
        while body.hidden_chars and _shown(body, query) <= hit.number:
            body.show_more()
        for number, piece in enumerate(body.pieces):
            if piece.matches(query):
                body.lay(number)
            found = piece.positions(query) if piece.laid else []
            if left < len(found):
                self._view.show_spot(row, body, number, found[left])
                return Spot(hit.row, TEXT, number, found[left])
            left -= len(found)
        return None

    def _mark(self, spot: Spot | None) -> None:
        self._view.mark_found(self.finder.query, spot)

    def _say(self) -> None:
        self.bar.say(self.finder.place, self.finder.total, complete=self.finder.complete)

    def place(self) -> None:
        """At the top right of the view, over no text."""
        room = HEIGHT + 2 * theme.GAP_S if self.bar.isVisible() else 0
        if self._view.viewportMargins().top() != room:
            self._view.setViewportMargins(0, room, 0, 0)
        width = min(WIDTH, self._view.width() - 2 * theme.GAP_M)
        self.bar.resize(width, HEIGHT)
        self.bar.move(self._view.viewport().width() - width - theme.GAP_M, theme.GAP_S)


def _count(row: Row, query: str) -> int:
    body = row.body_of(TEXT)
    if body is None:
        return 0
    hidden = body.text[len(body.text) - body.hidden_chars :].casefold().count(query.casefold())
    return _shown(body, query) + hidden


def _shown(body: Body, query: str) -> int:
    return sum(piece.matches(query) for piece in body.pieces)
