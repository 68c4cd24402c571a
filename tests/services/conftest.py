"""The services joined over real files; the ledgers must be sound at the end of every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.adapters.export_html import html_of
from nexu_desktop.adapters.export_json import json_of
from nexu_desktop.adapters.export_markdown import markdown_of
from nexu_desktop.adapters.export_places import open_place
from nexu_desktop.adapters.import_files import ImportFiles
from nexu_desktop.domain.export import Format
from nexu_desktop.services.exports import Exports
from nexu_desktop.services.imports import Imports
from tests.services.house import House

WRITERS = {Format.MARKDOWN: markdown_of, Format.HTML: html_of, Format.JSON: json_of}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def imports(house: House) -> Imports:
    return Imports(house.chats, house.chats.archive, ImportFiles, house.clock, house.desk.reread)


@pytest.fixture
def exports(house: House) -> Exports:
    return Exports(house.chats, WRITERS, open_place)
