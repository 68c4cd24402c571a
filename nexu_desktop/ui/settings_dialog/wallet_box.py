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
        self._entry = QWidget()
        row = QHBoxLayout(self._entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.amount)
        row.addWidget(self.book)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP_L, 0, 0)
        column.addWidget(label("Balance", theme.SIZE_CAPTION))
        column.addWidget(self.text)
        column.addWidget(self._entry)
        self.book.clicked.connect(self._book)
        self.amount.returnPressed.connect(self._book)

    def refresh(self, *, has_key: bool) -> None:
        self.setVisible(has_key)
        if self._desk.account.ledger(Lane.CREDITS).entries(limit=1):
            self._show(self._desk.account.balance(Lane.CREDITS))
        else:
            self._ask("The balance is not known yet.")

    def open_wallet(self) -> None:
        """Ask the service once, when a key has just been accepted."""
        self.text.setText("Asking for your balance…")
        self._bridge.submit(self._desk.open_wallet(), on_done=self._opened, on_error=self._failed)

    def _opened(self, balance: Balance | None) -> None:
        if balance is not None:
            self._show(balance)
        else:
            self._ask("The service states no balance.")
            self.amount.setFocus()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        hint = error.sentence if isinstance(error, NexuError) else type(error).__name__
        self._ask(f"The balance can't be had: {hint}")

    def _ask(self, why: str) -> None:
        """Only an unopened wallet takes a number from the person."""
        self.text.setText(f"{why} Write the credits you have, once.")
        self._entry.show()

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
        self._entry.hide()
