"""Where the window warms the parser up; it lives in `markup`."""

from __future__ import annotations

from nexu_desktop.markup.parsing import warm

__all__ = ["warm"]
