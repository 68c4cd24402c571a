"""Where the window's files look for the judgement of links; it lives in `markup`, for exports judge the same way."""

from __future__ import annotations

from nexu_desktop.markup.links import allowed, host, other_host, shown

__all__ = ["allowed", "host", "other_host", "shown"]
