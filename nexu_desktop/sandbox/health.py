"""Ask a running service who answers, for the banner."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from nexu_desktop.sandbox.address import SandboxAddress

TIMEOUT_S = 5


def answers_from(address: SandboxAddress) -> str:
    """The model's name, or what stands in for it; empty where the service does not say."""
    from http.client import HTTPConnection, HTTPException  # with `email`: 15 ms that a start need not pay

    connection = HTTPConnection(urlsplit(address.url).netloc, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        return str(json.loads(connection.getresponse().read()).get("answers_from", ""))
    except (OSError, ValueError, HTTPException):
        return ""
    finally:
        connection.close()
