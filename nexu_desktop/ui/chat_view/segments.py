"""Where the window's files look for segments; they live in `markup`, for exports cut a message the same way."""

from __future__ import annotations

from nexu_desktop.markup.segments import Kind, Segment, Splitter, split

__all__ = ["Kind", "Segment", "Splitter", "split"]
