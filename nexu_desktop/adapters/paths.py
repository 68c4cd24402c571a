"""Where the files of a person lie, on each system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from nexu_desktop.domain.chat import Lane

APP_NAME = "nexu-desktop"


@dataclass(frozen=True, slots=True)
class DataPaths:
    """All paths below `root`; nothing is created here."""

    root: Path

    @classmethod
    def from_option(cls, data_dir: Path | None) -> DataPaths:
        """The folder the person named, else the usual one (on Windows the local one, which does not roam)."""
        if data_dir is None:
            return cls(user_data_path(APP_NAME, appauthor=False, roaming=False))
        return cls(data_dir.expanduser().absolute())

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def chats(self) -> Path:
        return self.root / "chats.db"

    def ledger(self, lane: Lane) -> Path:
        """Play credits never share a file with real ones. Raises ValueError for a lane without credits."""
        if not lane.spends_credits:
            raise ValueError(f"the lane {lane.value} has no ledger")
        folder = self.root / "sandbox" if lane is Lane.SANDBOX else self.root
        return folder / "ledger.db"

    @property
    def wallets(self) -> Path:
        """Folder of the ledgers of further accounts, each in a folder named by its account."""
        return self.root / "wallets"

    @property
    def instances(self) -> Path:
        """Folder of the locks that tell living processes from dead ones."""
        return self.root / "instances"

    @property
    def models_cache(self) -> Path:
        """What each service last listed as its models."""
        return self.root / "models.json"

    @property
    def log(self) -> Path:
        return self.root / "nexu-desktop.log"
