"""Which lane and model a command line means: one rule for every command."""

from __future__ import annotations

import argparse

from nexu_desktop.composition import Core
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.services.catalog import NEXU, SANDBOX, Catalog, Offer


def wallet(core: Core, arguments: argparse.Namespace) -> Lane:
    """--sandbox, else the real wallet once there is a Nexu key, an entry or --link-url, else the sandbox."""
    if arguments.sandbox:
        return Lane.SANDBOX
    if getattr(arguments, "link_url", None):
        return Lane.CREDITS
    return core.account.active_lane()


def offer(core: Core, arguments: argparse.Namespace) -> Offer:
    """The model named by --model. Raises BadInput, RateUnknown."""
    provider = getattr(arguments, "provider", None)
    if provider:
        return _own(core.catalog, ModelRef(Lane.BYOK, provider, arguments.model))
    lane = wallet(core, arguments)
    ref = ModelRef(lane, NEXU if lane is Lane.CREDITS else SANDBOX, arguments.model)
    return core.catalog.need_on_card(ref)


def _own(catalog: Catalog, ref: ModelRef) -> Offer:
    return catalog.offer(ref) or Offer(ref=ref, rate=None)
