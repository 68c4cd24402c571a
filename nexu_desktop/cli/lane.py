"""Which lane and model a command line means: one rule for every command."""

from __future__ import annotations

import argparse
import sys

from nexu_desktop.composition import Core
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.catalog import NEXU, SANDBOX, Offer, own_lane
from nexu_desktop.services.keys import trimmed


def wallet(core: Core, arguments: argparse.Namespace) -> Lane:
    """--sandbox, else the real wallet once there is a Nexu key, an entry or a key for this call, else the sandbox."""
    if arguments.sandbox:
        return Lane.SANDBOX
    if getattr(arguments, "key_stdin", False) or getattr(arguments, "provider", None) == NEXU:
        return Lane.CREDITS
    return core.account.active_lane()


def key_from_stdin() -> str:
    """The first line. Raises BadInput where none comes."""
    line = sys.stdin.buffer.readline() if sys.stdin else b""
    if not line.strip():
        raise BadInput("No key came on stdin.", "Write it as the first line.")
    return trimmed(line.decode("utf-8", errors="replace"))


def offer(core: Core, arguments: argparse.Namespace) -> Offer:
    """The model named by --model. Raises BadInput, RateUnknown."""
    provider: str | None = arguments.provider
    if provider and arguments.sandbox:
        raise BadInput("--sandbox and --provider name two different lanes.", "Give one of them.")
    if provider and provider != NEXU:
        known = tuple(row[0] for row in core.connections.directory())
        if provider not in known:
            raise BadInput(f"“{provider[:40]}” is not a known provider.", f"Known are: {', '.join(known)}.")
        saved = core.keys.saved(provider)
        return core.catalog.own_offer(ModelRef(own_lane(provider, saved), provider, arguments.model))
    lane = wallet(core, arguments)
    ref = ModelRef(lane, NEXU if lane is Lane.CREDITS else SANDBOX, arguments.model)
    return core.catalog.need_on_card(ref)
