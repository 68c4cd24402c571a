"""Every option once, with type, default and label; a settings value is immutable."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from nexu_desktop.domain.budgets import Budget
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import ANSWER_FLOOR_TOKENS, ANSWER_LIMIT_TOKENS

SUMMARY_FLOOR_TOKENS = 2_000
PASTE_FLOOR_CHARS = 1_000
TITLES_OFF, TITLES_SAME = "", "same"  # else the text of a ModelRef
CLOUD_URL = "https://nexu.io"
LINK_URL = "https://link.nexu.io"


@dataclass(frozen=True, slots=True)
class SavedKey:
    """That a key exists in the OS keyring, never the key: `provider`, its base URL, the masked form."""

    provider: str
    base_url: str
    masked: str
    verified_ms: int | None = None
    models: tuple[str, ...] = ()


def _option(default: Any, label: str) -> Any:
    return field(default=default, metadata={"label": label})


@dataclass(frozen=True, slots=True)
class Settings:
    theme: str = _option("system", "Theme: system, light, dark or contrast")
    answer_limit_tokens: int = _option(ANSWER_LIMIT_TOKENS, "Longest answer, in tokens")
    favourites: tuple[str, ...] = _option((), "Models kept on top of the picker")
    picker_sort: str = _option("draft", "Order of the picker: draft, rate or name")
    last_model: str = _option("", "Model of a new conversation")
    cloud_url: str = _option(CLOUD_URL, "Nexu account service")
    link_url: str = _option(LINK_URL, "Nexu model gateway")
    sandbox_model_file: str = _option("", "GGUF file that answers in the sandbox")
    window_geometry: str = _option("", "Place and size of the window (base64)")
    budgets: tuple[Budget, ...] = _option((), "Budgets per message, conversation, day and month")
    title_model: str = _option(TITLES_OFF, "Titles by a model: off (empty), same, or a model")
    summary_above_tokens: int = _option(0, "Summarise earlier messages above so many tokens; 0 is never")
    wallet: str = _option("", "Wallet of the saved Nexu key; empty is the first one")
    paste_file_chars: int = _option(8_000, "Paste a text above so many characters as a file; 0 is never")
    export_choices: str = _option("", "Format and options of the last export, by name")
    export_folder: str = _option("", "Where the last export went")
    keys: tuple[SavedKey, ...] = _option((), "Keys that lie in the OS keyring")

    def __post_init__(self) -> None:
        _one_of("theme", self.theme, ("system", "light", "dark", "contrast"))
        _one_of("picker_sort", self.picker_sort, ("draft", "rate", "name"))
        limit = self.answer_limit_tokens
        if type(limit) is not int or not ANSWER_FLOOR_TOKENS <= limit <= 1_000_000:
            raise BadInput(f"The answer limit must be {ANSWER_FLOOR_TOKENS} to 1,000,000 tokens.")
        above = self.summary_above_tokens
        if type(above) is not int or not (above == 0 or SUMMARY_FLOOR_TOKENS <= above <= 1_000_000):
            raise BadInput(f"Summarise above {SUMMARY_FLOOR_TOKENS:,} to 1,000,000 tokens, or never (0).")
        paste = self.paste_file_chars
        if type(paste) is not int or not (paste == 0 or PASTE_FLOOR_CHARS <= paste <= 1_000_000):
            raise BadInput(
                f"Paste as a file above {PASTE_FLOOR_CHARS:,} to 1,000,000 characters, or never (0)."
            )
        if self.title_model not in (TITLES_OFF, TITLES_SAME):
            ModelRef.parse(self.title_model)
        if len({(budget.scope, budget.unit) for budget in self.budgets}) < len(self.budgets):
            raise BadInput("There are two budgets of one kind.", "Keep one of them.")

    def key(self, provider: str) -> SavedKey | None:
        return next((key for key in self.keys if key.provider == provider), None)


def labels() -> dict[str, str]:
    return {option.name: option.metadata["label"] for option in fields(Settings)}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadInput(f"{name} must be one of {', '.join(allowed)}, not “{str(value)[:40]}”.")
