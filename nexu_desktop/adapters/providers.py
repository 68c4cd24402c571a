"""The services a person can bring a key for, and Nexu itself, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nexu_desktop.adapters.dialect import USER_AGENT, Dialect
from nexu_desktop.adapters.http import DEFAULT_OPTIONS, ClientOptions
from nexu_desktop.adapters.nexu_errors import NEXU_ADVICE, NEXU_PHRASES
from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.settings import LINK_URL

NEXU = Dialect(
    "nexu",
    "Nexu",
    f"{LINK_URL}/v1",
    key_hint="nxk_…",
    who="Nexu",
    # Nexu's own client sends a browser-like one to this gateway; who we are is said all the same.
    user_agent=f"Mozilla/5.0 (compatible; {USER_AGENT})",
    advice=NEXU_ADVICE,
    phrases=NEXU_PHRASES,
)

PROVIDERS: Mapping[str, Dialect] = MappingProxyType(
    {
        "openai": Dialect(
            "openai",
            "OpenAI",
            "https://api.openai.com/v1",
            key_hint="sk-…",
            who="OpenAI",
            max_tokens_field="max_completion_tokens",  # `max_tokens` is refused by its reasoning models
        ),
        "openrouter": Dialect(
            "openrouter",
            "OpenRouter",
            "https://openrouter.ai/api/v1",
            key_hint="sk-or-…",
            who="OpenRouter",
            verify_path="key",  # its list of models is public: any text would pass
        ),
        "deepseek": Dialect(
            "deepseek", "DeepSeek", "https://api.deepseek.com", key_hint="sk-…", who="DeepSeek"
        ),
        "custom": Dialect(
            "custom", "Other OpenAI-compatible", "", key_hint="Any text if it needs no key", key_needed=False
        ),
        "local": Dialect(
            "local",
            "A server on this machine",
            "http://127.0.0.1:11434/v1",
            key_hint="Any text if it needs no key",
            key_needed=False,
        ),
    }
)


def make_provider(name: str, base_url: str, key: str, options: ClientOptions = DEFAULT_OPTIONS) -> OpenAIChat:
    """`base_url` '' means the provider's own. Raises BadInput for an unknown name, address or key, KeyMissing."""
    if name not in PROVIDERS:
        raise BadInput(f"“{name[:40]}” is not a known provider.", f"Known are: {', '.join(PROVIDERS)}.")
    return OpenAIChat(base_url, key, dialect=PROVIDERS[name], options=options)
