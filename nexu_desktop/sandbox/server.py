"""The service on a loopback port, in threads of this process: for the service, tests and benchmarks."""

from __future__ import annotations

import logging
import secrets
import socket
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.answers import Answers
from nexu_desktop.sandbox.faults import FaultPlan
from nexu_desktop.sandbox.handler import Desk, SandboxHandler
from nexu_desktop.sandbox.responder import PlainResponder
from nexu_desktop.services.ports import TokenCounter

log = logging.getLogger(__name__)

HOST = "127.0.0.1"


class SandboxServer:
    """A context manager. `faults.set(...)` plans failures; `chunks_per_s` paces answers, 0 not at all."""

    def __init__(
        self,
        card: RateCard,
        counter: TokenCounter,
        answers: Answers | None = None,
        *,
        chunks_per_s: int = 0,
    ) -> None:
        """Binds a free port. Raises OSError if there is none."""
        self.faults = FaultPlan()
        self._stopping = False
        self.answers = answers or Answers(PlainResponder())
        token = "nxk_" + secrets.token_urlsafe(32)
        desk = Desk(card, counter, self.answers, token, self.faults, chunks_per_s, datetime.now(UTC))
        handler = type("Handler", (SandboxHandler,), {"desk": desk})
        self._http = _LoopbackServer((HOST, 0), handler)
        self.address = SandboxAddress(f"http://{HOST}:{self._http.server_port}", token)
        self._thread = threading.Thread(target=self._accept, name="sandbox", daemon=True)

    def start(self) -> Self:
        self.answers.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection, and end the model process."""
        self._stopping = True
        with suppress(OSError):  # one last connection wakes the accepting thread, which never polls
            socket.create_connection((HOST, self._http.server_port), timeout=1).close()
        self._thread.join(2)
        self._http.server_close()
        self._http.hang_up_all()
        self.answers.stop()

    def _accept(self) -> None:
        while not self._stopping:
            self._http.handle_request()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _LoopbackServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False  # on Windows reuse would let another program take the port as well
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[SandboxHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Without the name look-up of the parent class, which can wait for a DNS server."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up_all(self) -> None:
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    log.debug("A connection was closed already.")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that vanishes is no news; anything else is ours."""
        if not isinstance(sys.exception(), OSError):
            log.exception("A connection of the sandbox failed.")
