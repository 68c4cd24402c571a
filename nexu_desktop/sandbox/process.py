"""The desktop's end of the service process: start it, find it, start it again if it died, stop it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from nexu_desktop.domain.errors import Billed, ProviderDown
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.child_process import Child, ChildFailed

START_TIMEOUT_S = 15


class SandboxProcess:
    """Safe from any thread; every method may block, so none belongs on the GUI thread."""

    def __init__(self, *, timeout_s: int = START_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._command: tuple[str, ...] = ()
        self._child: Child | None = None
        self._address: SandboxAddress | None = None

    def start(self, command: Sequence[str]) -> SandboxAddress:
        """Start it with `command`, or return the address if it already runs. Raises ProviderDown."""
        with self._lock:
            self._command = tuple(command)
            return self._running()

    def address(self) -> SandboxAddress:
        """Where it is now; one that died is started again, with a new port and token. Raises ProviderDown."""
        with self._lock:
            return self._running()

    @property
    def alive(self) -> bool:
        child = self._child
        return child is not None and child.alive

    def stop(self) -> None:
        """End it and its model; idempotent."""
        with self._lock:
            self._end()

    def _running(self) -> SandboxAddress:
        if self._address is None or not self.alive:
            self._end()
            self._address = self._launch()
        return self._address

    def _launch(self) -> SandboxAddress:
        if not self._command:
            raise _failed("It was never started.")
        try:
            self._child = Child(self._command)
            said = self._child.first_line(self._timeout_s)
            return SandboxAddress(str(said["url"]), str(said["token"]), int(said["pid"]))
        except (ChildFailed, OSError, KeyError, TypeError, ValueError) as error:
            self._end()
            raise _failed(str(error)) from error

    def _end(self) -> None:
        child, self._child, self._address = self._child, None, None
        if child is not None:
            child.end()


def _failed(why: str) -> ProviderDown:
    return ProviderDown(
        "The sandbox could not start.",
        f"Run “nexu-desktop doctor” to see what is missing. {why}".strip(),
        code="sandbox_not_started",
        billed=Billed.UNSENT,
    )
