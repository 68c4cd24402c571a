"""The Nexu gateway with the account service beside it: two origins, the same key, nothing else."""

from __future__ import annotations

from nexu_desktop.adapters.http import DEFAULT_OPTIONS, ClientOptions, Wire, clean_key
from nexu_desktop.adapters.json_edge import Inexact, field, parse_json
from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.adapters.origin import normalise_base_url
from nexu_desktop.adapters.providers import NEXU
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, parse_credits
from nexu_desktop.domain.errors import BadInput, RequestRefused

STATUS_BYTES = 1024 * 1024
_CREDITS_MAX = 10**12


class NexuLink(OpenAIChat):
    """Chat over `link_url`; the balance from `cloud_url`, '' where the key must not go there.

    A gateway of the person's own has no account service: it must be given only where the pair is
    configured as one. Raises BadInput, KeyMissing.
    """

    def __init__(
        self, link_url: str, cloud_url: str, key: str, *, options: ClientOptions = DEFAULT_OPTIONS
    ) -> None:
        link = normalise_base_url(link_url).url
        super().__init__(link if link.endswith("/v1") else f"{link}/v1", key, dialect=NEXU, options=options)
        self._cloud: Wire | None = None
        if cloud_url:
            self._cloud = Wire(normalise_base_url(cloud_url), clean_key(key), NEXU, options)

    async def stated_balance(self) -> Nanocredits | None:
        """None where the service states none. Raises ServiceError where it could not be asked."""
        if self._cloud is None:
            return None
        try:
            body = await self._cloud.get("api/v1/rewards/status", STATUS_BYTES)
            return _balance(parse_json(body))
        except (RequestRefused, ValueError):
            return None  # no such page, or not a page of ours

    async def close(self) -> None:
        await super().close()
        if self._cloud is not None:
            await self._cloud.close()


def _balance(said: object) -> Nanocredits | None:
    """Whole credits by the service's schema; decimals are read exactly should they come."""
    total = field(said, "cloudBalance", "totalBalance")
    if type(total) is int and 0 <= total <= _CREDITS_MAX:
        return Nanocredits(total * NANO_PER_CREDIT)
    if isinstance(total, Inexact | str):
        try:
            stated = parse_credits(total)
        except BadInput:
            return None
        return stated if stated >= 0 else None
    return None
