"""The Nexu wallet in the dialog: the balance the service stated, or the one the person states once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Balance, parse_credits, show_balance
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.settings_dialog.key_page import label


class WalletBox(QWidget):
    changed = Signal()

    def __init__(self, desk: Desk, bridge: Bridge) -> None:
        super().__init__()
        self._desk = desk
        self._bridge = bridge
        self.text = label("", theme.SIZE_TEXT)
        self.amount = QLineEdit()
        self.amount.setPlaceholderText("100")
        self.amount.setAccessibleName("Credits you have")
        self.amount.setMaximumWidth(120)
        self.book = buttons.plain("Book these credits")
        row = QHBoxLayout()
        row.addWidget(self.amount)
        row.addWidget(self.book)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP_L, 0, 0)
        column.addWidget(label("Balance", theme.SIZE_CAPTION))
        column.addWidget(self.text)
        column.addLayout(row)
        self.book.clicked.connect(self._book)
        self.amount.returnPressed.connect(self._book)

    def refresh(self, *, has_key: bool) -> None:
        self.setVisible(has_key)
        self._show(self._desk.account.balance(Lane.CREDITS))

    def open_wallet(self) -> None:
        """Ask the service once, when a key has just been accepted."""
        self.text.setText("Asking for your balance…")
        self._bridge.submit(self._desk.open_wallet(), on_done=self._opened, on_error=self._failed)

    def _opened(self, balance: Balance | None) -> None:
        if balance is not None:
            self._show(balance)
        else:
            self.text.setText("The service states no balance. Write the credits you have, once.")
            self.amount.setFocus()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        hint = error.sentence if isinstance(error, NexuError) else type(error).__name__
        self.text.setText(f"The balance can't be had: {hint} Write the credits you have, once.")

    def _book(self) -> None:
        try:
            balance = self._desk.state_credits(parse_credits(self.amount.text()), "stated in settings")
        except NexuError as error:
            self.text.setText(error.sentence)
            return
        self.amount.clear()
        self._show(balance)
        self.changed.emit()

    def _show(self, balance: Balance) -> None:
        self.text.setText(f"{show_balance(balance.settled)} credits")
