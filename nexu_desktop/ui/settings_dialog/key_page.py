"""One provider: paste a key, see it checked, see where it lies and where it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.errors import BadInput, KeyringUnavailable, NexuError, Offline
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.services.keys import Keys, trimmed
from nexu_desktop.services.ports import KeyringState, SecretsStatus
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.settings_dialog.provider_row import ProviderRow

if TYPE_CHECKING:
    from concurrent.futures import Future


class KeyPage(QWidget):
    """`changed` is emitted after a key was stored, checked or removed."""

    changed = Signal()

    def __init__(self, row: ProviderRow, keys: Keys, bridge: Bridge) -> None:
        super().__init__()
        self.row = row
        self._keys = keys
        self._bridge = bridge
        self._running: Future[Any] | None = None
        self._replacing = False
        self._status: SecretsStatus | None = None
        self.title = label(row.title, theme.SIZE_DISPLAY, weight=QFont.Weight.DemiBold)
        self.pays = label("", theme.SIZE_TEXT)
        self.address = QLineEdit(row.base_url)
        self.key = QLineEdit()
        self.session_only = QCheckBox("Keep it for this session only (in memory, gone when the program ends)")
        self.save = buttons.plain("Check and save")
        self.unchecked = buttons.plain("Save without checking")
        self.replace = buttons.plain("Replace")
        self.remove = buttons.plain("Remove")
        self.again = buttons.plain("Check again")
        self.where = label("", theme.SIZE_CAPTION)
        self.state = label("", theme.SIZE_CONTROL)
        self.checked = label("", theme.SIZE_CONTROL)
        self._arrange()
        self._connect()
        self.show_saved()

    # --- shown ---

    def show_saved(self) -> None:
        saved = self._keys.saved(self.row.name)
        entering = saved is None or self._replacing
        if saved is not None and not self._replacing:
            self.address.setText(saved.base_url)
        self.pays.setText(self.row.pays(_host(self.address.text())))
        self.key.setReadOnly(not entering)
        self.key.setEchoMode(QLineEdit.EchoMode.Password if entering else QLineEdit.EchoMode.Normal)
        self.key.setText("" if entering or saved is None else saved.masked)
        self.address.setReadOnly(not (entering and self.row.address_is_free))
        for widget in (self.save, self.session_only):
            widget.setVisible(entering)
        for widget in (self.replace, self.remove, self.again):
            widget.setVisible(not entering)
        self.unchecked.hide()
        self.checked.setText(_checked(saved) if saved and not entering else "")
        self._show_where(saved)

    def show_status(self, status: SecretsStatus) -> None:
        """What the OS keyring can do; without it only the session is offered, never a file."""
        self._status = status
        self.session_only.setChecked(status.state is not KeyringState.WORKING)
        # A locked keyring can be asked all the same: it shows its own prompt then.
        self.session_only.setEnabled(status.state in (KeyringState.WORKING, KeyringState.LOCKED))
        self._show_where(self._keys.saved(self.row.name))

    def say(self, title: str, hint: str = "", *, bad: bool = False) -> None:
        self.state.setText(f"{title} {hint}".strip())
        self.state.setProperty("bad", bad)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)

    def forget_typed(self) -> None:
        """A key that was typed and not saved does not stay in a hidden field."""
        self._replacing = False
        self.key.clear()
        self.show_saved()

    # --- done ---

    def store(self, *, check: bool = True) -> None:
        try:
            key = trimmed(self.key.text())
        except BadInput as error:
            self.say(error.title, error.hint, bad=True)
            return
        if key != self.key.text():
            self.key.setText(key)
        url = self.address.text().strip()
        if not url:
            self.say("There is no address.", "Write one such as https://my-server.example/v1.", bad=True)
            return
        self.say(f"Checking with {_host(url)}…" if check else "Saving…")
        session = self.session_only.isChecked()
        self._run(self._keys.add(self.row.name, url, key, session_only=session, check=check), self._stored)

    def _stored(self, saved: SavedKey) -> None:
        self._replacing = False
        self.show_saved()
        kept = "Kept for this session." if self._keys.session_only(self.row.name) else "Saved."
        self.say(kept if saved.verified_ms is None else f"The key is accepted. {kept}")
        self.changed.emit()

    def _verify(self) -> None:
        self.say(f"Checking with {_host(self.address.text())}…")
        self._run(self._keys.verify(self.row.name), self._verified)

    def _verified(self, _: SavedKey) -> None:
        self.show_saved()
        self.say("The key is accepted.")
        self.changed.emit()

    def _remove(self) -> None:
        self._run(self._keys.remove(self.row.name), lambda _: self._removed())

    def _removed(self) -> None:
        self.show_saved()
        self.say("The key is removed from the keyring.")
        self.changed.emit()

    def _replace(self) -> None:
        self._replacing = True
        self.show_saved()
        self.say("The old key stays until the new one is accepted.")
        self.key.setFocus()

    def _run(self, work: Any, done: Any) -> None:
        self._busy(True)

        def finish(value: Any) -> None:
            self._busy(False)
            done(value)

        self._running = self._bridge.submit(work, on_done=finish, on_error=self._failed)

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        if isinstance(error, NexuError):
            self.say(error.title, error.hint, bad=True)
        else:
            self.say("Something in this program went wrong.", f"({type(error).__name__})", bad=True)
        self.unchecked.setVisible(isinstance(error, Offline) and self.save.isVisible())
        if isinstance(error, KeyringUnavailable):
            self.session_only.setEnabled(True)
            self.session_only.setChecked(True)

    def _busy(self, busy: bool) -> None:
        for widget in (self.save, self.unchecked, self.replace, self.remove, self.again, self.key):
            widget.setEnabled(not busy)

    # --- made ---

    def _show_where(self, saved: SavedKey | None) -> None:
        origin = _origin(self.address.text())
        sent = f" Sent to {origin} only." if origin else ""
        if saved is not None and self._keys.session_only(self.row.name):
            self.where.setText(f"Kept in memory until the program ends.{sent}")
        elif self._status is None:
            self.where.setText(f"Looking for the keyring…{sent}")
        elif self._status.state is KeyringState.WORKING:
            self.where.setText(f"Kept in {self._status.backend}, never in a file.{sent}")
        else:
            self.where.setText(self._status.detail or _STATES[self._status.state])

    def _arrange(self) -> None:
        self.key.setPlaceholderText(self.row.hint or "Paste the key")
        self.key.setAccessibleName(f"{self.row.title} API key")
        self.address.setAccessibleName(f"{self.row.title} address")
        self.address.setPlaceholderText("https://my-server.example/v1")
        self.key.setFont(theme.code_font())
        self.address.setFont(theme.font(theme.SIZE_CONTROL))
        self.session_only.setFont(theme.font(theme.SIZE_CONTROL))
        self.key.setMinimumWidth(240)
        entry = QHBoxLayout()
        entry.setSpacing(theme.GAP_S)
        entry.addWidget(self.key, 1)
        for button in (self.save, self.replace, self.remove):
            entry.addWidget(button)
        checks = QHBoxLayout()
        checks.addWidget(self.checked, 100)  # before the stretch: the words first fill the line
        checks.addWidget(self.again)
        checks.addWidget(self.unchecked)
        checks.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_XL, theme.GAP_XL, 0)
        column.setSpacing(theme.GAP_S)
        column.addWidget(self.title)
        column.addWidget(self.pays)
        column.addSpacing(theme.GAP_S)
        column.addWidget(label("Address", theme.SIZE_CAPTION))
        column.addWidget(self.address)
        column.addSpacing(theme.GAP_S)
        column.addWidget(label("API key", theme.SIZE_CAPTION))
        column.addLayout(entry)
        column.addWidget(self.where)
        column.addWidget(self.session_only)
        column.addLayout(checks)
        column.addWidget(self.state)
        self.extra = QVBoxLayout()
        column.addLayout(self.extra)
        column.addStretch(1)

    def _connect(self) -> None:
        self.save.clicked.connect(lambda: self.store())
        self.unchecked.clicked.connect(lambda: self.store(check=False))
        self.key.returnPressed.connect(lambda: None if self.key.isReadOnly() else self.store())
        self.again.clicked.connect(self._verify)
        self.remove.clicked.connect(self._remove)
        self.replace.clicked.connect(self._replace)
        self.address.textChanged.connect(lambda _: self._show_where(self._keys.saved(self.row.name)))


_STATES = {
    KeyringState.LOCKED: "The keyring is locked; unlock it to keep a key.",
    KeyringState.MISSING: "There is no keyring here, so a key can only be kept for this session.",
    KeyringState.DENIED: "The keyring denies access, so a key can only be kept for this session.",
    KeyringState.WORKING: "",
}


def label(text: str, size: int = theme.SIZE_CONTROL, *, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight=weight))
    made.setWordWrap(True)
    return made


def _checked(saved: SavedKey) -> str:
    if saved.verified_ms is None:
        return "Not checked yet"
    when = datetime.fromtimestamp(saved.verified_ms / 1000)
    return f"Checked {when:%d %b %Y, %H:%M} · {len(saved.models)} models"


def _origin(url: str) -> str:
    """For show only: the one parser that decides is asked when the key is stored."""
    parts = urlsplit(url.strip()) if "[" not in url else None
    return f"{parts.scheme}://{parts.netloc}" if parts and parts.scheme and parts.netloc else ""


def _host(url: str) -> str:
    return _origin(url).partition("://")[2]
