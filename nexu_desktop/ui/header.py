"""The line above the transcript: title, what the context costs on each send, what is left."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Balance, Nanocredits, exact, show_balance, show_cost, show_dollars
from nexu_desktop.ui import actions, theme
from nexu_desktop.ui.buttons import IconButton

PILL_HEIGHT, WHOLE_FROM = 32, 720
THEMES = ("system", "light", "dark", "contrast")


class Title(QLabel):
    """Elided whenever its own width changes: the balance beside it grows without the window."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_whole(self, title: str) -> None:
        self.whole = title
        self.setToolTip(title)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        width = max(self.width(), 40)
        self.setText(self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, width))


class Header(QFrame):
    """`theme_chosen` carries 'system', 'light', 'dark' or 'contrast'."""

    sidebar_toggled = Signal()
    settings_wanted = Signal()
    theme_chosen = Signal(str)
    context_wanted = Signal()
    accuracy_wanted = Signal()
    library_wanted = Signal()
    export_wanted = Signal()
    print_wanted = Signal()
    import_wanted = Signal()
    palette_wanted = Signal()
    keys_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(theme.HEADER_HEIGHT)
        self.fold = IconButton("panel-left", actions.tip("sidebar"))
        self.more = IconButton("settings", "Keys and settings")
        self._title = Title()
        self.context = QPushButton()
        self._context_words = ("Context ~", "Context ~")
        self._balance = _label(theme.font(theme.SIZE_CONTROL))
        self._prepare_pills()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_M, 0, theme.GAP_L, 0)
        row.setSpacing(theme.GAP_M)
        for widget, stretch in (
            (self.fold, 0),
            (self._title, 1),
            (self.context, 0),
            (self._balance, 0),
            (self.more, 0),
        ):
            row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        self.fold.clicked.connect(self.sidebar_toggled)
        self.context.clicked.connect(self.context_wanted)
        self._menu()

    def show_title(self, title: str) -> None:
        self._title.show_whole(title or "New conversation")

    def show_context(self, context: tuple[int, Nanocredits] | None, *, credits_lane: bool) -> None:
        """Tokens before the draft and their cost on every send; '~' while they are counted."""
        self._context_words = _context_words(context, credits_lane=credits_lane)
        self.context.setAccessibleName(f"Context: {self._context_words[0]}")
        self._show_context_words()

    def show_balance(self, lane: Lane, balance: Balance | None) -> None:
        """Two numbers when something is held."""
        if lane is Lane.LOCAL:
            self._balance.setText("Local, free")
            self._balance.setToolTip("This conversation is answered by a server of your own.")
            return
        if balance is None:
            self._balance.setText("Your key, 0 credits")
            self._balance.setToolTip("This conversation is paid with your own key.")
            return
        held = f" · {show_cost(balance.held)} held" if balance.held else ""
        self._balance.setText(f"{show_balance(balance.settled)} credits{held}")
        self._balance.setToolTip(
            f"Balance {exact(balance.settled)}, held {exact(balance.held)}, available {exact(balance.available)}"
        )

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#header {{ background: {c.background}; border: 0; border-bottom: 1px solid {c.line}; }}"
            f"QLabel {{ color: {c.text}; background: transparent; }}"
            f"#pill {{ background: {c.card}; border: 1px solid {c.line}; border-radius: {PILL_HEIGHT // 2}px;"
            f" padding: 0 12px; color: {c.text}; }}"
            f"QPushButton#pill:hover {{ background: {c.selection}; }}"
            f"QPushButton#pill:focus {{ border: 2px solid {c.accent}; padding: 0 11px; }}"
        )
        self.fold.apply_theme(c)
        self.more.apply_theme(c)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_context_words()

    def _prepare_pills(self) -> None:
        self.context.setFont(theme.font(theme.SIZE_CAPTION))
        self.context.setToolTip(
            f"What goes before your draft on every send ({actions.action('context').shown_keys})"
        )
        self.context.setCursor(Qt.CursorShape.PointingHandCursor)
        for pill in (self.context, self._balance):
            pill.setObjectName("pill")
            pill.setFixedHeight(PILL_HEIGHT)

    def _show_context_words(self) -> None:
        """A narrow window has room for the tokens alone."""
        whole, short = self._context_words
        self.context.setText(whole if self.width() >= WHOLE_FROM else short)

    def _menu(self) -> None:
        menu = QMenu(self)
        for group in (
            (
                ("palette", self.palette_wanted.emit),
                ("settings", self.settings_wanted.emit),
                ("library", self.library_wanted.emit),
                ("accuracy", self.accuracy_wanted.emit),
            ),
            (
                ("export", self.export_wanted.emit),
                ("print", self.print_wanted.emit),
                ("import", self.import_wanted.emit),
            ),
            tuple((f"theme-{name}", partial(self.theme_chosen.emit, name)) for name in THEMES),
            (("keys", self.keys_wanted.emit),),
        ):
            for name, call in group:
                menu.addAction(actions.menu_text(name), call)
            menu.addSeparator()
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)


def _context_words(context: tuple[int, Nanocredits] | None, *, credits_lane: bool) -> tuple[str, str]:
    """The whole and the short form."""
    if context is None:
        return "Context ~", "Context ~"
    tokens, cost = context
    short = f"{tokens:,} tokens"
    if not cost:
        return short, short  # nothing is paid, or no price is known
    return f"{short}, {show_cost(cost) if credits_lane else show_dollars(cost)} per send", short


def _label(font: QFont) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font)
    return label
