"""One window per data directory: a second start raises the first and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 1_000


class SingleInstance(QObject):
    """A local socket readable by this user alone; no network port."""

    raised = Signal()

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:24]
        self._name = f"nexu-desktop-{digest}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._asked)

    def is_first(self) -> bool:
        """False when another window of this directory answered; it has been raised then."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(WAIT_MS):
            socket.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # left by a process that was killed
        return self._server.listen(self._name)

    def close(self) -> None:
        self._server.close()

    def _asked(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.close()
        self.raised.emit()
