"""Where a Nexu key may go beside its gateway: to the account service of the same pair, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.adapters import nexu_cloud
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.adapters.wallets import Wallets
from nexu_desktop.composition import Connections
from nexu_desktop.domain.errors import KeyMissing
from nexu_desktop.domain.settings import CLOUD_URL, LINK_URL, SavedKey
from nexu_desktop.sandbox.process import SandboxProcess
from nexu_desktop.services.catalog import NEXU
from nexu_desktop.services.keys import Keys
from nexu_desktop.services.ports import SecretRef
from tests.contracts.secrets import MemorySecrets
from tests.services.fakes import FakeClock
from tests.services.house import catalog

OWN_LINK, OWN_CLOUD = "https://gateway.example", "https://account.example"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(gateway, account service) of every connection made."""
    made: list[tuple[str, str]] = []

    def link(link_url: str, cloud_url: str, _key: str) -> None:
        made.append((link_url, cloud_url))

    monkeypatch.setattr(nexu_cloud, "NexuLink", link)
    return made


@pytest.fixture
def stored(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.json")


@pytest.fixture
def connections(tmp_path: Path, stored: SettingsFile) -> Iterator[Connections]:
    instances = InstanceLock(tmp_path / "instances")
    wallets = Wallets(DataPaths(tmp_path), instances, FakeClock(), stored)
    yield Connections(stored, SandboxProcess(), wallets)
    wallets.close()
    instances.close()


@pytest.mark.parametrize(
    ("settings", "link", "cloud"),
    [
        ({}, LINK_URL, CLOUD_URL),
        ({}, f"{LINK_URL}/v1/", CLOUD_URL),
        ({}, OWN_LINK, OWN_LINK),
        ({"link_url": OWN_LINK}, OWN_LINK, OWN_LINK),
        ({"link_url": OWN_LINK, "cloud_url": OWN_CLOUD}, f"{OWN_LINK}/v1", OWN_CLOUD),
        ({"link_url": f"{OWN_LINK}/v1/", "cloud_url": OWN_CLOUD}, OWN_LINK, OWN_CLOUD),
        ({"link_url": OWN_LINK, "cloud_url": OWN_CLOUD}, LINK_URL, CLOUD_URL),
        ({"link_url": OWN_LINK, "cloud_url": OWN_CLOUD}, "https://third.example/v1", "https://third.example"),
        ({"cloud_url": OWN_CLOUD}, LINK_URL, CLOUD_URL),
    ],
)
def test_the_account_service_of_a_gateway(
    connections: Connections,
    stored: SettingsFile,
    asked: list[tuple[str, str]],
    settings: dict[str, str],
    link: str,
    cloud: str,
) -> None:
    """Half a pair in the settings is no pair: the key of one's own gateway does not go to Nexu, nor the reverse."""
    stored.update(**settings)
    connections.gateway(link, None, "nxk_canary")
    assert asked == [(link, cloud)]


def test_an_address_that_changes_meanwhile(
    connections: Connections, stored: SettingsFile, asked: list[tuple[str, str]]
) -> None:
    """The key of the new address is not sent to the one read a moment before."""
    secrets = MemorySecrets()
    secrets.set(SecretRef(NEXU, OWN_CLOUD), "nxk_canary")
    looks = iter((OWN_LINK, OWN_CLOUD))

    class Replaced(Keys):
        def saved(self, provider: str) -> SavedKey:
            """Each look finds the next address."""
            return SavedKey(provider, next(looks), "••••")

    connections.keys = Replaced(secrets, stored, connections.by_name, FakeClock(), origin_of=str)
    with pytest.raises(KeyMissing):
        asyncio.run(connections.connect(catalog().card_offers()[0]))
    assert asked == []
