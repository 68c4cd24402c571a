"""The 13 error codes of the gateway, each with its status, and the body that carries them."""

from __future__ import annotations

from typing import Any

STATUS: dict[str, int] = {
    "missing_api_key": 401,
    "invalid_api_key": 401,
    "forbidden_api_key": 403,
    "insufficient_credits": 429,
    "usage_limit_exceeded": 429,
    "invalid_json": 400,
    "invalid_model": 400,
    "invalid_request": 400,
    "model_not_found": 404,
    "request_too_large": 413,
    "internal_error": 500,
    "streaming_unsupported": 500,
    "upstream_error": 502,
}

TEXT: dict[str, str] = {
    "missing_api_key": "The request carries no API key.",
    "invalid_api_key": "The API key is not known.",
    "forbidden_api_key": "The API key is expired, disabled or revoked.",
    "insufficient_credits": "The credit balance is too low for this request.",
    "usage_limit_exceeded": "The usage limit of this time window is reached.",
    "invalid_json": "The request body is not JSON.",
    "invalid_model": "The request names no model.",
    "invalid_request": "The request has a bad parameter.",
    "model_not_found": "The model is not available.",
    "request_too_large": "The request body is too large.",
    "internal_error": "The service failed.",
    "streaming_unsupported": "Streaming is not possible here.",
    "upstream_error": "The model behind the service did not answer.",
}


class Refusal(Exception):
    """One of the 13 codes, raised where its cause is found; answered once, at the handler's edge."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text or TEXT[code]

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def body(self) -> dict[str, Any]:
        """The code stands in the message too, because some clients keep only the message."""
        message = f"[code={self.code}] {self.text}"
        return {"error": {"code": self.code, "message": message, "type": self.code}}
