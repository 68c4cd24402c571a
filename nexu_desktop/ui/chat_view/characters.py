"""Where the window's files look for visible characters; they live in `markup`, for exports need the same."""

from __future__ import annotations

from nexu_desktop.markup.characters import visible, visible_code

__all__ = ["visible", "visible_code"]
