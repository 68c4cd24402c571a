"""`keys`: which keys lie in the OS keyring; a key is read from stdin or a prompt, never from argv."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import Any

from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.domain.errors import BadInput, KeyMissing, KeyringUnavailable
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.services.ports import KeyringState


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("keys", help="your keys in the OS keyring").add_subparsers(
        required=True, metavar="list|add|remove|verify"
    )
    sub.add_parser("list", parents=[parent]).set_defaults(command=show)
    add = sub.add_parser("add", parents=[parent], help="read a key from stdin or a prompt")
    add.add_argument("--url", metavar="URL", help="another address than the provider's own")
    add.set_defaults(command=store)
    for name, command in (("remove", remove), ("verify", verify)):
        sub.add_parser(name, parents=[parent]).set_defaults(command=command)
    for name in ("add", "remove", "verify"):
        sub.choices[name].add_argument("provider", help="nexu, openai, openrouter, deepseek or custom")


def show(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        keys = core.keys.list()
        refusal = asyncio.run(_unreachable(core)) if keys else ""
    if refusal:
        terminal.say(f"{refusal} These keys can't be used until it can; see “nexu-desktop doctor”.")
    if arguments.json:
        output.show([{**as_json(key), "reachable": not refusal} for key in keys])
    else:
        terminal.line(
            "\n".join(f"{key.provider:<12} {key.masked:<24} {key.base_url}" for key in keys) or "No keys."
        )
    return exit_codes.OK


async def _unreachable(core: Core) -> str:
    """Why the keyring that holds the keys can't be read now; '' where it can."""
    try:
        status = await core.keys.status()
    except KeyringUnavailable as error:
        return error.title
    return "" if status.state is KeyringState.WORKING else f"The OS keyring is {status.state.value}."


def store(arguments: argparse.Namespace) -> int:
    key = _read_key()
    with opened(arguments) as core:
        url = arguments.url or core.connections.default_url(arguments.provider)
        saved = asyncio.run(core.keys.add(arguments.provider, url, key))
    return _told(arguments, saved, "stored")


def verify(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        saved = asyncio.run(core.keys.verify(arguments.provider))
    return _told(arguments, saved, "accepted")


def remove(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        if core.keys.saved(arguments.provider) is None:
            raise KeyMissing(f"There is no {arguments.provider[:40]} key.", "See “nexu-desktop keys list”.")
        asyncio.run(core.keys.remove(arguments.provider))
    if arguments.json:
        output.show({"provider": arguments.provider, "removed": True})
    else:
        terminal.line(f"The {arguments.provider} key is removed.")
    return exit_codes.OK


def as_json(key: SavedKey) -> dict[str, Any]:
    return {
        "provider": key.provider,
        "base_url": key.base_url,
        "masked": key.masked,
        "verified_ms": key.verified_ms,
        "models": len(key.models),
    }


def _told(arguments: argparse.Namespace, saved: SavedKey, word: str) -> int:
    if arguments.json:
        output.show(as_json(saved))
    else:
        terminal.line(f"{saved.provider} {saved.masked} {word}, {len(saved.models)} models.")
    return exit_codes.OK


def _read_key() -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            return getpass.getpass("Key: ")
        except EOFError:  # Ctrl+D at the prompt
            return ""
    key = sys.stdin.buffer.readline().decode("utf-8", errors="replace") if sys.stdin else ""
    if not key.strip():
        raise BadInput("No key came on stdin.", "Pipe it in, or run this in a terminal to be asked.")
    return key.rstrip("\r\n")
