"""Tells when somebody looks at a button, by mouse or by key: then its price is worth counting."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QAbstractButton


class Looking(QObject):
    """`looked`: the mouse or the focus has come to the button."""

    looked = Signal()

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.looked.emit()
        return super().eventFilter(watched, event)
