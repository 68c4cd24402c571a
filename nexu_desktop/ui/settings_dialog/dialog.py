"""The dialog: a list of who answers, and the page of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.keys import Keys
from nexu_desktop.services.ports import KeyringState, SecretsStatus
from nexu_desktop.ui import buttons, spin_boxes, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.settings_dialog.budgets_page import BudgetsPage
from nexu_desktop.ui.settings_dialog.calls_page import CallsPage
from nexu_desktop.ui.settings_dialog.general_page import GeneralPage
from nexu_desktop.ui.settings_dialog.key_page import KeyPage, label
from nexu_desktop.ui.settings_dialog.name_delegate import NameDelegate
from nexu_desktop.ui.settings_dialog.provider_row import ProviderRow
from nexu_desktop.ui.settings_dialog.wallet_box import WalletBox

LIST_WIDTH, ROW_HEIGHT, LAST_ROW_HEIGHT = 220, 52, 36


class SettingsDialog(QDialog):
    """`changed` is emitted whenever the models, the balance or an option may differ from before."""

    changed = Signal()

    def __init__(
        self, parent: QWidget, keys: Keys, desk: Desk, bridge: Bridge, rows: tuple[ProviderRow, ...]
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setWindowTitle("Keys and settings")
        self.resize(760, 540)
        self._keys = keys
        self.names = QListWidget()
        self.names.setAccessibleName("Who answers")
        self.names.setFont(theme.font(theme.SIZE_CONTROL))
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.setUniformItemSizes(False)
        self._painter = NameDelegate(self)
        self.names.setItemDelegate(self._painter)
        self.names.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.pages = QStackedWidget()
        self.key_pages = [KeyPage(row, keys, bridge) for row in rows]
        self.wallet = WalletBox(desk, bridge)
        self.general = GeneralPage(desk)
        self.budgets = BudgetsPage(desk)
        self.calls = CallsPage(desk)
        self.done_button = buttons.plain("Close")
        self._fill(rows)
        self._arrange()
        bridge.submit(keys.status(), on_done=self._show_status, on_error=self._no_status)

    def show_provider(self, name: str) -> None:
        names = [page.row.name for page in self.key_pages]
        extra = {"general": 0, "budgets": 1, "calls": 2}
        self.names.setCurrentRow(names.index(name) if name in names else len(names) + extra.get(name, 0))

    def apply_theme(self, c: theme.Colours) -> None:
        field = f"background: {c.card}; color: {c.text}; border: 1px solid {c.line}; border-radius: 8px;"
        self.setStyleSheet(
            f"#settings {{ background: {c.card}; }} QLabel, QCheckBox {{ color: {c.text}; }}"
            f"#left {{ background: {c.panel}; border-right: 1px solid {c.line}; }}"
            f'QLabel[bad="true"] {{ color: {c.bad}; }}'
            f"QListWidget {{ background: transparent; border: 0; outline: 0; color: {c.text}; }}"
            "QListWidget::item { padding: 6px; border: 2px solid transparent; border-radius: 8px; }"
            f"QListWidget::item:selected {{ background: {c.selection}; color: {c.text}; }}"
            f"QListWidget::item:selected:focus {{ border: 2px solid {c.accent}; }}"
            f"QLineEdit, QSpinBox {{ {field} padding: 7px 9px; }}"
            f"QLineEdit:read-only {{ background: {c.background}; color: {c.muted}; }}"
            f"QLineEdit:focus, QSpinBox:focus {{ border: 2px solid {c.accent}; padding: 6px 8px; }}"
            f"QCheckBox:focus {{ color: {c.accent}; }}" + spin_boxes.style(c) + buttons.plain_style(c)
        )
        self.calls.titles.apply_theme(c)
        theme.frame_check_boxes(self, c)
        self._painter.colours = c

    def done(self, result: int) -> None:
        for page in self.key_pages:
            page.forget_typed()
        super().done(result)

    def _fill(self, rows: tuple[ProviderRow, ...]) -> None:
        for key_page in self.key_pages:
            row = QListWidgetItem("")
            row.setSizeHint(QSize(0, ROW_HEIGHT))
            self.names.addItem(row)
            self.pages.addWidget(key_page)
            key_page.changed.connect(self._page_changed)
        for title, page in (
            ("Answers and sandbox", self.general),
            ("Budgets", self.budgets),
            ("Calls of the program", self.calls),
        ):
            last = QListWidgetItem(title)
            last.setSizeHint(QSize(0, LAST_ROW_HEIGHT))
            self.names.addItem(last)
            self.pages.addWidget(page)
            page.changed.connect(self.changed)
        self.wallet.changed.connect(self.changed)
        nexu = next((one for one in self.key_pages if one.row.is_nexu), None)
        if nexu is not None:
            nexu.extra.addWidget(self.wallet)
            nexu.changed.connect(self._nexu_changed)
        self.names.currentRowChanged.connect(self.pages.setCurrentIndex)
        self._name_rows()

    def _name_rows(self) -> None:
        for number, page in enumerate(self.key_pages):
            saved = self._keys.saved(page.row.name)
            self.names.item(number).setText(f"{page.row.title}\n{saved.masked if saved else 'No key'}")
        self.wallet.refresh(has_key=self._keys.saved("nexu") is not None)

    def _page_changed(self) -> None:
        self._name_rows()
        self.changed.emit()

    def _nexu_changed(self) -> None:
        if self._keys.saved("nexu") is not None:
            self.wallet.open_wallet()

    def _show_status(self, status: SecretsStatus) -> None:
        for page in self.key_pages:
            page.show_status(status)

    def _no_status(self, error: BaseException) -> None:
        """A keyring that does not answer waits for someone, as a locked one does."""
        hint = error.sentence if isinstance(error, NexuError) else ""
        self._show_status(SecretsStatus(KeyringState.LOCKED, "", hint))

    def _arrange(self) -> None:
        left = QFrame()
        left.setObjectName("left")
        left.setFixedWidth(LIST_WIDTH)
        side = QVBoxLayout(left)
        side.setContentsMargins(theme.GAP_M, theme.GAP_L, theme.GAP_M, theme.GAP_M)
        side.addWidget(label("Who answers", theme.SIZE_CAPTION))
        side.addWidget(self.names, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, theme.GAP_XL, theme.GAP_L)
        foot.addStretch(1)
        foot.addWidget(self.done_button)
        self.done_button.setAutoDefault(False)
        right = QVBoxLayout()
        right.addWidget(self.pages, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addLayout(right, 1)
        self.done_button.clicked.connect(self.accept)
        for button in self.findChildren(type(self.done_button)):
            button.setAutoDefault(False)
