"""The question before anything is opened: the whole address as it will be sent, and two ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nexu_desktop.markup import links
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import buttons, theme


def full_address(address: str) -> str:
    """The address as Qt would open it (host in punycode, everything encoded); '' where it must not be opened."""
    url = QUrl(address)
    encoded = bytes(url.toEncoded().data()).decode("ascii", "replace")
    return encoded if url.isValid() and links.allowed(encoded) else ""


class LinkSheet(QDialog):
    """Escape closes it; nothing opens without its Open button."""

    def __init__(self, parent: QWidget, address: str, label: str, c: theme.Colours) -> None:
        super().__init__(parent)
        self.address = full_address(address)
        self.setWindowTitle("Open link")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setObjectName("sheet")
        self.setStyleSheet(f"#sheet {{ background: {c.card}; }}")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_XL, theme.GAP_L, theme.GAP_XL, theme.GAP_L)
        rows.setSpacing(theme.GAP_M)
        rows.addWidget(_label("Open this address in the browser?", c.text, strong=True))
        if goes := links.other_host(label, self.address):
            rows.addWidget(_label(f"The text names another place. The link goes to {goes}.", c.warning))
        rows.addWidget(self._shown_address(c))
        rows.addLayout(self._buttons(c))
        self.setFixedWidth(min(460, max(parent.width() - 2 * theme.GAP_XL, 320)))

    def _shown_address(self, c: theme.Colours) -> QPlainTextEdit:
        field = QPlainTextEdit(visible_code(self.address))
        field.setReadOnly(True)
        field.setObjectName("address")
        field.setFont(theme.code_font())
        field.setAccessibleName("Full address")
        field.setTabChangesFocus(True)
        field.setFixedHeight(84)
        field.setStyleSheet(
            f"#address {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 4px; }}"
            f"#address:focus {{ border: 2px solid {c.accent}; padding: 3px; }}"
        )
        return field

    def _buttons(self, c: theme.Colours) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        self.cancel_button, self.copy_button, self.open_button = (
            buttons.plain(text) for text in ("Cancel", "Copy", "Open")
        )
        acts = (self.reject, self._copy, self._open)
        for button, act in zip((self.cancel_button, self.copy_button, self.open_button), acts, strict=True):
            button.setStyleSheet(buttons.plain_style(c))
            button.clicked.connect(act)
            button.setAutoDefault(False)
            row.addWidget(button)
        self.open_button.setEnabled(bool(self.address))
        self.cancel_button.setFocus()
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address)
        self.accept()

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromEncoded(self.address.encode()))
        self.accept()


def _label(text: str, colour: str, *, strong: bool = False) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(True)
    face = theme.font(theme.SIZE_TEXT if strong else theme.SIZE_CONTROL)
    face.setBold(strong)
    label.setFont(face)
    label.setStyleSheet(f"color: {colour};")
    return label
