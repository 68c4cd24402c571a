"""Icons are found, and a fake desk's data is at hand."""

from __future__ import annotations

import pytest

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.ui import icons


@pytest.fixture(autouse=True)
def icon_directory() -> None:
    icons.use(resource_path("icons"))
