"""Settings as JSON and back, field by field: one bad value costs one option, not the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from nexu_desktop.adapters.settings_budgets import budgets_of_newer, read_budgets, write_budgets
from nexu_desktop.domain.budgets import Budget
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.settings import SavedKey, Settings

KNOWN = tuple(option.name for option in fields(Settings))


@dataclass(frozen=True, slots=True)
class Reading:
    """`unknown` are fields of a newer version, kept for the next save; `bad` names what could not be used."""

    settings: Settings
    unknown: Mapping[str, Any]
    bad: tuple[str, ...]


def read_settings(text: str) -> Reading:
    """Raises BadInput if the text is no JSON object."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("The settings are not JSON.") from error
    if not isinstance(raw, dict):
        raise BadInput("The settings are not a JSON object.")
    settings, bad = _with_budgets(raw)
    for name in KNOWN:
        if name in raw and name != "budgets":
            try:
                settings = checked(settings, {name: _READERS[type(getattr(settings, name))](name, raw[name])})
            except BadInput:
                bad.append(name)
    unknown = {name: value for name, value in raw.items() if name not in KNOWN}
    newer = budgets_of_newer(raw.get("budgets"))
    return Reading(settings, {**unknown, "budgets": newer} if newer else unknown, tuple(bad))


def write_settings(settings: Settings, unknown: Mapping[str, Any]) -> str:
    budgets = [*write_budgets(settings.budgets), *unknown.get("budgets", [])]
    whole = {**unknown, **asdict(replace(settings, budgets=())), "budgets": budgets}
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


def checked(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """`settings` with `changes`, each of the type of its option. Raises BadInput."""
    for name, value in changes.items():
        if name not in KNOWN:
            raise BadInput(f"There is no setting named “{name[:40]}”.")
        if type(value) is not type(getattr(settings, name)):
            raise BadInput(f"{name} cannot be {value!r:.40}.")
        if isinstance(value, tuple) and not all(isinstance(item, _item_type(name)) for item in value):
            raise BadInput(f"{name} cannot hold {value!r:.40}.")
    typed: dict[str, Any] = dict(changes)  # checked above; the ranges are checked by Settings itself
    return replace(settings, **typed)


def _with_budgets(raw: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The defaults with the budgets that are whole; a damaged one costs itself alone."""
    budgets, damaged = read_budgets(raw.get("budgets", []))
    return Settings(budgets=budgets), ["budgets"] if damaged else []


def _item_type(name: str) -> type:
    return {"keys": SavedKey, "budgets": Budget}.get(name, str)


def _scalar(_name: str, value: object) -> object:
    return value


def _sequence(name: str, value: object) -> object:
    if not isinstance(value, list):
        raise BadInput(f"{name} must be a list.")
    return tuple(_key(item) for item in value) if name == "keys" else tuple(value)


def _key(raw: object) -> SavedKey:
    if not isinstance(raw, dict):
        raise BadInput("A saved key must be an object.")
    provider, base_url, masked = (raw.get(name) for name in ("provider", "base_url", "masked"))
    verified_ms, models = raw.get("verified_ms"), raw.get("models", [])
    if not isinstance(provider, str) or not isinstance(base_url, str) or not isinstance(masked, str):
        raise BadInput("A saved key needs a provider, an address and its masked form.")
    if verified_ms is not None and type(verified_ms) is not int:
        raise BadInput("verified_ms must be milliseconds.")
    if not isinstance(models, list) or not all(isinstance(model, str) for model in models):
        raise BadInput("The models of a key must be a list of names.")
    return SavedKey(provider, base_url, masked, verified_ms, tuple(models))


_READERS: dict[type, Callable[[str, object], object]] = {str: _scalar, int: _scalar, tuple: _sequence}
