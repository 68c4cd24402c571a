"""What an import has brought is in the window at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.house import House


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One conversation in OpenAI's format, as a person may bring it."""
    path = tmp_path / "brought.json"
    said = [{"role": "user", "content": "How high is a dike?"}, {"role": "assistant", "content": "Enough."}]
    path.write_text(json.dumps({"messages": said}), encoding="utf-8")
    return path


def test_what_was_brought_is_listed(house: House, file: Path) -> None:
    """It stands in the sidebar without a restart."""
    imports = house.core.imports
    preview = imports.preview(file, lambda *_: None, lambda: False)
    imports.run(preview, {row.id for row in preview.rows}, lambda *_: None, lambda: False)
    house.presenter.imported()
    assert [row.title for row in preview.rows] == house.titles[1:]
