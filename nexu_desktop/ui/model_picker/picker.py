"""The picker as a layer over its window: search field, table, and where the rates come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import theme
from nexu_desktop.ui.layer import ABOVE, AROUND, Layer
from nexu_desktop.ui.model_picker.delegate import ROW_HEIGHT
from nexu_desktop.ui.model_picker.model import SORTED_BY, PickerModel
from nexu_desktop.ui.model_picker.table import HEADER_HEIGHT, PickerTable

WIDTH, LEAST_HEIGHT = 860, 320
SCROLL_BAR = 10  # px
SETTLE_MS = 120  # figures that arrive together are put in order together
NOTES = "Typical chat: 2,000 tokens in, 2,000 out. This draft includes the whole conversation."
KEYS = "Enter picks, F2 keeps on top, F3 changes the order, Esc closes."
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class ModelPicker(Layer):
    """`picked` carries a ModelRef, `favourites_changed` a tuple of str(ref), `sort_changed` draft, rate or name."""

    picked = Signal(object)
    favourites_changed = Signal(tuple)
    sort_changed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Models", WIDTH)
        self._favourites: tuple[str, ...] = ()
        self._default_model, self._notes = "", NOTES
        self.model = PickerModel(self)
        self.search = QLineEdit()
        self.table = PickerTable(self.model)
        self.notes = _caption(NOTES)
        self.basis = _caption("")
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._arrange()
        self._connect()

    def set_card(self, as_of: str, default_model: str) -> None:
        """What the rate card says of itself: `as_of` as YYYY-MM-DD, and the id of its default model."""
        self._default_model = default_model
        self._notes = f"Rates as of {_day(as_of)}. {NOTES}" if as_of else NOTES
        self.notes.setAccessibleName(self._notes)

    def open_for(
        self,
        offers: Sequence[Offer],
        current: ModelRef,
        costs: Mapping[ModelRef, Estimate | None],
        favourites: Sequence[str],
        sort: str,
        anchor: QWidget,
    ) -> None:
        """`costs` may lack models that are still counted; `set_cost` brings them later."""
        self._favourites = tuple(favourites)
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.model.fill(offers, dict(costs), favourites, sort, self._default_model)
        self.open_at(anchor, self.search)
        self._select(str(current))

    def set_cost(self, ref: ModelRef, estimate: Estimate | None) -> None:
        self.model.set_cost(ref, estimate)
        self._settle.start()

    def close_layer(self) -> None:
        self._settle.stop()
        super().close_layer()

    def apply_theme(self, c: theme.Colours) -> None:
        self.card.setStyleSheet(self.card_style(c))
        self.search.setStyleSheet(
            f"QLineEdit {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 7px 12px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 6px 11px; }}"
        )
        for label in (self.notes, self.basis):
            label.setStyleSheet(f"QLabel {{ color: {c.muted}; background: transparent; }}")
        self.table.apply_theme(c)
        self.update()

    # --- keys and clicks ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._search_key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What neither the search nor the table has taken."""
        if event.key() == Qt.Key.Key_F2:
            self._toggle(self.table.currentIndex().row())
        elif event.key() == Qt.Key.Key_F3:
            orders = list(SORTED_BY.values())
            self._order(orders[(orders.index(self.model.sort_name) + 1) % len(orders)])
        super().keyPressEvent(event)

    def _search_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            QApplication.sendEvent(self.table, event)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.table.currentIndex().row())
            return True
        return False

    def _type(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    def _pick(self, position: int) -> None:
        row = self.model.row(position)
        if row is not None and row.offer.sendable:
            self.close_layer()
            self.picked.emit(row.offer.ref)

    def _toggle(self, position: int) -> None:
        """Favourites that are not offered just now are kept."""
        row = self.model.row(position)
        if row is None:
            return
        self.model.toggle(row.key)
        rest = tuple(key for key in self._favourites if key != row.key)
        self._favourites = rest if row.favourite else (*rest, row.key)
        self._again()
        self.favourites_changed.emit(self._favourites)

    def _header_clicked(self, column: int) -> None:
        if column in SORTED_BY:
            self._order(SORTED_BY[column])

    def _order(self, sort: str) -> None:
        key = self._current_key()
        self.model.set_sort(sort)
        self._select(key)
        self.sort_changed.emit(sort)

    def _filter(self, query: str) -> None:
        """The current row stays current while it fits; else the first one is."""
        key = self._current_key()
        self.model.set_query(query)
        self._select(key if query == "" else "")

    def _again(self) -> None:
        """A new order with the same row current, at the same place on the screen."""
        key, at = self._current_key(), self.table.verticalScrollBar().value()
        self.model.arrange()
        self._select(key)
        self.table.verticalScrollBar().setValue(at)

    def _current_key(self) -> str:
        row = self.model.row(self.table.currentIndex().row())
        return row.key if row else ""

    def _select(self, key: str) -> None:
        self.table.select(max(self.model.position(key), 0))
        self._tell(self.table.currentIndex().row())

    def _tell(self, position: int) -> None:
        """Where the figures of the current row come from."""
        row = self.model.row(position)
        text = row.basis if row else "No model fits. Type fewer words."
        self.basis.setText(self._fitting(self.basis, text))
        self.basis.setAccessibleName(text)
        self.search.setAccessibleDescription(f"{row.spoken}. {row.basis} {KEYS}" if row else KEYS)

    def _fitting(self, label: QLabel, text: str) -> str:
        room = self.card.width() - 2 * theme.GAP_M - 24
        return label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

    # --- place ---

    def place(self) -> None:
        """Above its anchor, inside the window; as high as all rows need, whatever the search leaves of them."""
        window = self.parentWidget()
        if window is None or self._anchor is None:
            return
        self.setGeometry(window.rect())
        corner = self._anchor.mapTo(window, QPoint(0, 0))
        width = min(WIDTH, window.width() - 2 * AROUND)
        above = max(corner.y() - ABOVE - AROUND, min(LEAST_HEIGHT, window.height() - 2 * AROUND))
        height = min(self._needed_height(), above)
        left = max(min(corner.x() - AROUND, window.width() - width - AROUND), AROUND)
        top = max(min(corner.y() - ABOVE - height, window.height() - height - AROUND), AROUND)
        self.card.setGeometry(QRect(left, top, width, height))
        self.table.fit_columns(width - 2 * theme.GAP_M - 2 - SCROLL_BAR)
        self.notes.setText(self._fitting(self.notes, self._notes))

    def _needed_height(self) -> int:
        rest = self.search.sizeHint().height() + HEADER_HEIGHT + 2 * self.notes.sizeHint().height()
        return rest + self.model.rowCount() * ROW_HEIGHT + 2 * theme.GAP_M + 2 * theme.GAP_S + 20

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell(self.table.currentIndex().row())

    def _arrange(self) -> None:
        self.setFocusProxy(self.search)
        self.search.setPlaceholderText("Search models, or type: cheap, sees, 1M")
        self.search.setAccessibleName("Search models")
        self.search.setFont(theme.font(theme.SIZE_CONTROL))
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_M + 1, theme.GAP_M + 1, theme.GAP_M + 1, theme.GAP_M)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.search)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.basis)
        rows.addWidget(self.notes)

    def _connect(self) -> None:
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._filter)
        self.table.picked.connect(self._pick)
        self.table.star_clicked.connect(self._toggle)
        self.table.typed.connect(self._type)
        self.table.horizontalHeader().sectionClicked.connect(self._header_clicked)
        self.table.selectionModel().currentChanged.connect(lambda index, _: self._tell(index.row()))
        self._settle.timeout.connect(self._again)


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    label.setContentsMargins(10, 0, 10, 0)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


def _day(as_of: str) -> str:
    """2026-04-09 -> 9 April 2026, whatever the language of the system; anything else as it is."""
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        return as_of
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
