"""The settings of a person in one JSON file: validated when read, saved atomically, never lost silently."""

from __future__ import annotations

import os
import threading
import time
from itertools import chain, count
from pathlib import Path

from nexu_desktop.adapters.database_errors import refused_by_system
from nexu_desktop.adapters.private_file import write_private
from nexu_desktop.adapters.settings_json import Reading, checked, read_settings, write_settings
from nexu_desktop.domain.errors import BadInput, StorageFailed
from nexu_desktop.domain.settings import Settings

NOTHING = Reading(Settings(), {}, ())


class SettingsFile:
    """A SettingsStore. `notice` is one sentence for the person if the file could not be used as it was.

    Reading never fails: what cannot be read falls back to the defaults, and the old file is kept aside.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.notice: str | None = None
        self._unreadable: StorageFailed | None = None
        self._reading = self._load(NOTHING)

    @property
    def current(self) -> Settings:
        return self._reading.settings

    def update(self, **changes: object) -> Settings:
        """Change options on top of what is on disk now, which the command line may have changed meanwhile.

        Raises BadInput, or a StorageFailed after which the old settings still hold.
        """
        with self._lock:
            latest = self._load(self._reading)
            if self._unreadable is not None:
                raise self._unreadable  # saving would put the defaults over settings nobody could see
            settings = checked(latest.settings, changes)
            write_private(self._path, write_settings(settings, latest.unknown))
            self._reading = Reading(settings, latest.unknown, ())
            return settings

    def _load(self, fallback: Reading) -> Reading:
        """What is on disk now; `fallback` where there is nothing of use."""
        self._unreadable = None
        try:
            reading = read_settings(self._path.read_text(encoding="utf-8-sig"))  # Notepad writes a mark first
        except FileNotFoundError:
            return fallback
        except (UnicodeDecodeError, BadInput):
            self._set_aside("The settings file was damaged, so the defaults apply", None)
            return fallback
        except OSError as error:
            self._unreadable = refused_by_system(error, self._path)
            self.notice = f"The settings could not be read, so the defaults apply: {self._path}."
            return fallback
        if reading.bad:
            names = ", ".join(reading.bad)
            self._set_aside(f"Some settings had values of no use ({names}), so their defaults apply", reading)
        return reading

    def _set_aside(self, what: str, usable: Reading | None) -> None:
        """Keep the old file under another name and save what was usable of it."""
        aside = _unused(self._path.with_name(f"settings.damaged-{time.strftime('%Y%m%d-%H%M%S')}.json"))
        try:
            os.replace(self._path, aside)
            if usable is not None:
                write_private(self._path, write_settings(usable.settings, usable.unknown))
            kept = f"the old file is kept as {aside.name}"
        except (OSError, StorageFailed):  # a read-only folder: nothing is overwritten there either
            kept = f"{self._path} was left as it is"
        self.notice = f"{what}; {kept}."


def _unused(path: Path) -> Path:
    """Two files damaged in one second are two files."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(one for one in chain((path,), numbered) if not one.exists())
