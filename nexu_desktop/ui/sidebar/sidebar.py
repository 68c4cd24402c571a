"""The left pane: new, search, conversations with their cost, undo of a deletion, the wallet."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QVBoxLayout,
)

from nexu_desktop.domain.chat import Conversation
from nexu_desktop.ui import buttons, icons, theme
from nexu_desktop.ui.sidebar.delegate import ConversationDelegate
from nexu_desktop.ui.sidebar.model import CONVERSATION_ROLE, ConversationList, title_of
from nexu_desktop.ui.sidebar.undo_bar import UndoBar
from nexu_desktop.ui.sidebar.wallet import WalletCard


class Sidebar(QFrame):
    """Signals carry conversation ids; `rename_wanted` id and title, `search_changed` the text."""

    new_wanted = Signal()
    chosen = Signal(str)
    rename_wanted = Signal(str, str)
    delete_wanted = Signal(str)
    restore_wanted = Signal(str)
    search_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(theme.SIDEBAR_WIDTH)
        self.model = ConversationList()
        self._delegate = ConversationDelegate(theme.LIGHT)
        self._title = QLabel("Nexu Desktop")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setFont(theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold))
        self.new_button = buttons.plain("New", "New conversation")
        self.new_button.setToolTip("New conversation (Ctrl+N)")
        self.search = QLineEdit()
        self.list = QListView()
        self.undo = UndoBar()
        self.wallet = WalletCard()
        self._arrange()
        self._connect()

    def show_conversations(self, conversations: tuple[Conversation, ...], current: str) -> None:
        """Replace the rows; the current one stays selected without being announced again."""
        self.model.show(conversations, date.today())
        row = self.model.row_of(current)
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.list.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        selection.blockSignals(False)

    def offer_undo(self, conversation: Conversation) -> None:
        self.undo.offer(conversation.id, f"Deleted “{title_of(conversation)}”")

    def apply_theme(self, c: theme.Colours) -> None:
        self._delegate.colours = c
        self.setStyleSheet(
            f"#sidebar {{ background: {c.panel}; border: 0; border-right: 1px solid {c.line}; }}"
            f"#sidebar > QLabel {{ color: {c.text}; background: transparent; }}"
            f"QListView {{ background: transparent; border: 2px solid transparent; outline: 0; }}"
            f"QLineEdit {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 8px; }}"
            f"QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 5px 7px; }}" + buttons.plain_style(c)
        )
        self.new_button.setIcon(icons.icon("plus", c.text))
        self._search_icon.setIcon(icons.icon("search", c.faint))
        self.undo.apply_theme(c)
        self.wallet.apply_theme(c)
        self.list.viewport().update()

    def _arrange(self) -> None:
        self.search.setPlaceholderText("Search conversations")
        self.search.setAccessibleName("Search conversations by title")
        self.search.setClearButtonEnabled(True)
        self.search.setFont(theme.font(theme.SIZE_CONTROL))
        self._search_icon = self.search.addAction(
            icons.icon("search", theme.LIGHT.faint), QLineEdit.ActionPosition.LeadingPosition
        )
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Conversations")
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = QHBoxLayout()
        top.setContentsMargins(theme.GAP_S, 0, 0, 0)
        top.addWidget(self._title, 1)
        top.addWidget(self.new_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_M)
        column.setSpacing(theme.GAP_M)
        column.addLayout(top)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.undo)
        column.addWidget(self.wallet)

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.new_wanted)
        self.search.textChanged.connect(self.search_changed)
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.doubleClicked.connect(lambda _: self.rename_current())
        self.undo.undo_wanted.connect(self.restore_wanted)
        for key, action in (("F2", self.rename_current), ("Delete", self.delete_current)):
            shortcut = QShortcut(QKeySequence(key), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(action)

    def _current(self) -> Conversation | None:
        row: Conversation | None = self.list.currentIndex().data(CONVERSATION_ROLE)
        return row

    def _current_changed(self, index: QModelIndex) -> None:
        row = index.data(CONVERSATION_ROLE)
        if row is not None:
            self.chosen.emit(row.id)

    def _menu(self, place: QPoint) -> None:
        if self.list.indexAt(place).data(CONVERSATION_ROLE) is None:
            return
        menu = QMenu(self)
        menu.addAction("Rename…\tF2", self.rename_current)
        menu.addAction("Delete\tDel", self.delete_current)
        menu.exec(self.list.viewport().mapToGlobal(place))

    def rename_current(self) -> None:
        row = self._current()
        if row is None:
            return
        title, accepted = QInputDialog.getText(self, "Rename conversation", "Title", text=title_of(row))
        if accepted:
            self.rename_wanted.emit(row.id, title)

    def delete_current(self) -> None:
        row = self._current()
        if row is not None:
            self.delete_wanted.emit(row.id)
