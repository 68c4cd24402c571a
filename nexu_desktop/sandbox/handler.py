"""HTTP in, HTTP out: the paths of the gateway and the cloud, the token, the size limit, the refusals."""

from __future__ import annotations

import hmac
import json
import logging
import socket
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.sandbox.account import models_body, records_body, rewards_body
from nexu_desktop.sandbox.answers import Answers
from nexu_desktop.sandbox.call import parse_call
from nexu_desktop.sandbox.completion import Completion
from nexu_desktop.sandbox.faults import FaultPlan, Faults, parse_faults
from nexu_desktop.sandbox.refusals import Refusal
from nexu_desktop.sandbox.wire import PeerGone, StreamBroken, Wire
from nexu_desktop.services.ports import TokenCounter

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 64 * 1024 * 1024  # the images of one message in base64, and a long conversation
IDLE_S = 300
HTML = "<!doctype html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>nginx</p></body></html>"
PLACES = {
    ("GET", "/v1/models"): "models",
    ("POST", "/v1/chat/completions"): "chat",
    ("GET", "/api/v1/rewards/status"): "account",
    ("GET", "/api/v1/credits/records"): "account",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the handler serves from. `chunks_per_s` paces answers, 0 not at all."""

    card: RateCard
    counter: TokenCounter
    answers: Answers
    token: str
    faults: FaultPlan
    chunks_per_s: int
    started: datetime


class SandboxHandler(BaseHTTPRequestHandler):
    """One connection. Subclassed per server, with `desk` filled in."""

    desk: ClassVar[Desk]
    protocol_version = "HTTP/1.1"
    server_version = "nexu-sandbox"
    disable_nagle_algorithm = True
    timeout = IDLE_S

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        """Nothing: a request line is of no use to anyone."""

    def _answer(self) -> None:
        self._streaming = False
        try:
            self._route(self.path.partition("?")[0])
        except Refusal as refusal:
            self._refuse(refusal)
        except (PeerGone, StreamBroken, OSError):
            self._hang_up()
        except Exception:
            log.exception("The sandbox failed to answer %s.", self.path)
            self._refuse(Refusal("internal_error"))

    def _route(self, path: str) -> None:
        body = self._body() if self.command == "POST" else b""
        if (self.command, path) == ("GET", "/healthz"):
            self._send_json(200, {"status": "ok", **self.desk.answers.health()})
            return
        self._check_key()
        if (self.command, path) == ("POST", "/sandbox/faults"):
            self._plan_faults(body)
            return
        place = PLACES.get((self.command, path))
        if place is None:
            self._send_json(404, {"message": "There is nothing at this address."})
            return
        faults = self._faults(place)
        if not self._fail_as_planned(faults):
            self._serve(path, body, faults)

    def _serve(self, path: str, body: bytes | None, faults: Faults) -> None:
        if path == "/v1/chat/completions":
            self._complete(body, faults)
        elif path == "/v1/models":
            self._send_json(200, models_body(self.desk.card, self.desk.started))
        elif path == "/api/v1/rewards/status":
            self._send_json(200, rewards_body(self.desk.started))
        else:
            self._send_json(200, records_body(self.desk.started))

    def _complete(self, body: bytes | None, faults: Faults) -> None:
        if body is None:
            raise Refusal("request_too_large")
        call = parse_call(body, self.desk.card)
        completion = Completion(call, self.desk.answers, self.desk.counter, faults)
        wire = Wire(self.wfile, self.connection, faults, self.desk.chunks_per_s)
        wire.wait(faults.delay_first_ms)
        if not call.stream:
            self._send_json(200, completion.whole(wire))
            return
        self._start_stream()
        try:
            completion.stream(wire)
        except StreamBroken:
            if not faults.clean_cut:
                raise
            wire.end()
        except Refusal as refusal:
            wire.event(refusal.body())
            wire.end()

    def _start_stream(self) -> None:
        self._streaming = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self._echo_request_id()
        self.end_headers()

    def _check_key(self) -> None:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Refusal("missing_api_key")
        if not hmac.compare_digest(key.strip().encode(), self.desk.token.encode()):
            raise Refusal("invalid_api_key")

    def _plan_faults(self, body: bytes | None) -> None:
        faults, requests = parse_faults(body or b"")
        self.desk.faults.set(faults, requests=requests)
        self._send_json(200, {"requests": requests})

    def _faults(self, place: str) -> Faults:
        header = self.headers.get("X-Sandbox-Fault")
        return parse_faults(header)[0] if header else self.desk.faults.take(place)

    def _fail_as_planned(self, faults: Faults) -> bool:
        if not faults.code and not faults.status:
            return False
        extra = {"Retry-After": faults.retry_after} if faults.retry_after else {}
        if faults.html:
            page = HTML.format(f"{faults.status or 500} Server Error").encode()
            self._send(faults.status or 500, "text/html; charset=utf-8", page, extra)
        elif faults.code:
            refusal = Refusal(faults.code)
            self._send_json(faults.status or refusal.status, refusal.body(), extra)
        else:
            error = {"message": f"Planned failure {faults.status}.", "code": faults.status}
            self._send_json(faults.status, {"error": error}, extra)
        return True

    def _body(self) -> bytes | None:
        """The whole body; None if it was too large (it is read and dropped, so that the answer arrives)."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise Refusal("invalid_request", "The request does not state its length.")
        left = int(length)
        if left <= BODY_BYTES_MAX:
            return self.rfile.read(left)
        while left > 0 and (dropped := self.rfile.read(min(left, 1 << 20))):
            left -= len(dropped)
        return None

    def _refuse(self, refusal: Refusal) -> None:
        if self._streaming:
            self._hang_up()
            return
        try:
            self._send_json(refusal.status, refusal.body())
        except OSError:
            self._hang_up()

    def _send_json(self, status: int, body: dict[str, Any], extra: dict[str, str] | None = None) -> None:
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self._send(status, "application/json", data, extra or {})

    def _send(self, status: int, kind: str, data: bytes, extra: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in extra.items():
            self.send_header(name, value)
        self._echo_request_id()
        self.end_headers()
        self.wfile.write(data)

    def _echo_request_id(self) -> None:
        request_id = self.headers.get("X-Request-Id", "")
        if request_id:
            self.send_header("X-Request-Id", request_id[:128])

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("The connection was closed already.")
