"""The 13 error codes of the Nexu gateway, each with what it means and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nexu_desktop.adapters.dialect import Advice
from nexu_desktop.domain.errors import Billed, KeyRejected, ProviderDown, RateLimited, RequestRefused, Step

NEXU_ADVICE: Mapping[str, Advice] = MappingProxyType(
    {
        "missing_api_key": Advice(
            KeyRejected,
            Billed.REJECTED,
            "Nexu received no key.",
            "Add your Nexu key in Settings, then send again.",
        ),
        "invalid_api_key": Advice(
            KeyRejected,
            Billed.REJECTED,
            "Nexu does not know this key.",
            "Copy the key again from your Nexu account and replace it in Settings.",
        ),
        "forbidden_api_key": Advice(
            KeyRejected,
            Billed.REJECTED,
            "This Nexu key has expired, is disabled or was revoked.",
            "Create a new key in your Nexu account and replace it in Settings.",
        ),
        "insufficient_credits": Advice(
            RequestRefused,
            Billed.REJECTED,
            "Your Nexu balance is too low for this message.",
            "Add credits, lower the answer limit, pick a cheaper model, or use your own key.",
            Step.CREDITS,
        ),
        "usage_limit_exceeded": Advice(
            RateLimited,
            Billed.REJECTED,
            "The usage limit of your Nexu account is reached for now.",
            "Try again later, or use your own key meanwhile.",
        ),
        "invalid_json": Advice(
            RequestRefused,
            Billed.REJECTED,
            "Nexu could not read the request.",
            "Send it again; if it happens twice, report it with the details from the log.",
        ),
        "invalid_model": Advice(
            RequestRefused,
            Billed.REJECTED,
            "No model was named in the request.",
            "Pick a model, then send again.",
            Step.MODEL,
        ),
        "invalid_request": Advice(
            RequestRefused,
            Billed.REJECTED,
            "Nexu did not accept the settings of this request.",
            "Lower the answer limit or pick another model, then send again.",
            Step.MODEL,
        ),
        "model_not_found": Advice(
            RequestRefused,
            Billed.REJECTED,
            "Nexu does not offer this model now.",
            "Pick another model, then send again.",
            Step.MODEL,
        ),
        "request_too_large": Advice(
            RequestRefused,
            Billed.REJECTED,
            "The conversation is too large to send.",
            "Shorten the message or start a new conversation.",
        ),
        "internal_error": Advice(
            ProviderDown, Billed.UNKNOWN, "Nexu had a fault of its own.", "Wait a minute, then try again."
        ),
        "streaming_unsupported": Advice(
            ProviderDown,
            Billed.REJECTED,
            "Nexu cannot stream the answer of this model now.",
            "Pick another model, or try again later.",
        ),
        "upstream_error": Advice(
            ProviderDown,
            Billed.UNKNOWN,
            "The company that runs this model does not answer Nexu.",
            "Try again in a minute, or pick another model.",
        ),
    }
)

# Texts that stand for a code where code and prefix got lost on the way. The order matters: a text about
# money often also speaks of limits.
NEXU_PHRASES: tuple[tuple[str, str], ...] = (
    ("billing error", "insufficient_credits"),
    ("run out of credits", "insufficient_credits"),
    ("ran out of credits", "insufficient_credits"),
    ("out of credits", "insufficient_credits"),
    ("credit balance is too low", "insufficient_credits"),
    ("credit balance too low", "insufficient_credits"),
    ("insufficient credits", "insufficient_credits"),
    ("insufficient balance", "insufficient_credits"),
    ("insufficient quota", "insufficient_credits"),
    ("payment required", "insufficient_credits"),
    ("rate limit", "usage_limit_exceeded"),
    ("too many requests", "usage_limit_exceeded"),
)
