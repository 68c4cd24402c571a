"""Where a running sandbox is; apart, so that the desktop need not import a server to know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """`url` without a path ('/v1' and '/api/v1' follow it), `token` is the nxk_… key of this start."""

    url: str
    token: str
    pid: int | None = None
