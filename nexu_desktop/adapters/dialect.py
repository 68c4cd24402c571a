"""What differs between services of one wire format, as data: the flow has no provider names in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nexu_desktop import __version__
from nexu_desktop.domain.errors import Billed, ServiceError, Step

USER_AGENT = f"nexu-desktop/{__version__}"


@dataclass(frozen=True, slots=True)
class Advice:
    """What one error code of a service means. `{who}` in the texts is the service.

    `step` is where the next step is taken, NONE for that of the kind.
    """

    kind: type[ServiceError]
    billed: Billed
    title: str
    hint: str
    step: Step = Step.NONE


@dataclass(frozen=True, slots=True)
class Dialect:
    """`shown` is the name in settings; `who` the name in sentences, '' for its host.

    `verify_path` asks for the key without spending; `advice` are the service's own error codes and
    `phrases` texts that stand for one of them where the code got lost.
    """

    provider: str
    shown: str
    base_url: str
    key_hint: str = ""
    who: str = ""
    max_tokens_field: str = "max_tokens"
    verify_path: str = "models"
    key_needed: bool = True
    user_agent: str = USER_AGENT
    advice: Mapping[str, Advice] = field(default_factory=dict)
    phrases: tuple[tuple[str, str], ...] = ()
