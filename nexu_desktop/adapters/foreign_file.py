"""The JSON files inside a file of another program: itself, or members of a zip, opened within caps.

Nothing is unpacked to disk and no name inside the zip is ever used as a path.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nexu_desktop.adapters.json_stream import TOTAL_BYTES, too_big
from nexu_desktop.domain.errors import BadInput

MEMBERS_MAX = 100_000
DIRECTORY_BYTES = 16 * 1024 * 1024  # the zip's own list of its members, read before anything is known
RATIO_MAX = 100
RATIO_FROM = 16 * 1024 * 1024  # below that a high ratio does no harm
READ_MAX = 5_000  # JSON members that are looked into
_CONVERSATIONS = re.compile(r"conversations(-\d+)?\.json", re.IGNORECASE)
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"


@dataclass(frozen=True, slots=True)
class Member:
    """One JSON text; `size` in bytes as it is read. `place` is its number in the zip, None for a plain file."""

    name: str
    size: int
    place: int | None = None


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """`stamp` tells whether the file is still the one that was looked at."""

    path: Path
    members: tuple[Member, ...]
    names: frozenset[str]
    stamp: tuple[int, int]

    @property
    def size(self) -> int:
        return sum(member.size for member in self.members)

    @contextmanager
    def open(self, member: Member) -> Iterator[IO[bytes]]:
        """Raises BadInput for a member that cannot be read."""
        with readable(self.path), open(self.path, "rb") as file:
            if member.place is None:
                yield file
                return
            with zipfile.ZipFile(file) as archive, archive.open(archive.infolist()[member.place]) as inside:
                yield inside


def look_at(path: Path) -> ForeignFile:
    """Raises BadInput for what is no regular file, is no sound zip, or goes beyond the caps."""
    with readable(path):
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise BadInput(f"{path.name} is not a file.", "Choose the exported file itself.")
        stamp = (status.st_size, status.st_mtime_ns)
        with open(path, "rb") as file:
            if file.read(4) not in _MAGIC:
                if status.st_size > TOTAL_BYTES:
                    raise too_big()
                return ForeignFile(path, (Member(path.name, status.st_size),), frozenset(), stamp)
            _check_directory(file, status.st_size)
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
    if len(infos) > MEMBERS_MAX:
        raise BadInput(
            f"The zip has more than {MEMBERS_MAX:,} members.", "It is damaged, or made to do harm."
        )
    names = frozenset(info.filename for info in infos)
    return ForeignFile(path, _wanted(infos), names, stamp)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What the system and the zip say, as one clear sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise BadInput(f"{path.name} is not there.", "Choose the file again.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as error:
        raise BadInput(f"{path.name} is a damaged zip.", "Download it again, then import it.") from error
    except OSError as error:
        raise BadInput(
            f"{path.name} could not be read: {error.strerror or error}.", "Choose another file."
        ) from error


def _wanted(infos: list[zipfile.ZipInfo]) -> tuple[Member, ...]:
    """conversations.json if there is one, or its numbered parts; else every JSON text. Checked before reading."""
    texts = [
        (place, info)
        for place, info in enumerate(infos)
        if info.filename.lower().endswith((".json", ".jsonl")) and "__MACOSX" not in info.filename
    ]
    named = [one for one in texts if _CONVERSATIONS.fullmatch(_last(one[1].filename))]
    chosen = sorted(named or texts, key=lambda one: one[1].filename)[:READ_MAX]
    for _, info in chosen:
        _check_member(info)
    if sum(info.file_size for _, info in chosen) > TOTAL_BYTES:
        raise too_big()
    return tuple(Member(_last(info.filename), info.file_size, place) for place, info in chosen)


def _check_member(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise BadInput(
            "The zip is encrypted.", "Unpack it with its password, then import the JSON file inside."
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadInput("The zip is packed in a rare way.", "Unpack it, then import the JSON file inside.")
    if info.file_size > TOTAL_BYTES:
        raise too_big()
    if info.file_size > RATIO_FROM and info.file_size > RATIO_MAX * max(info.compress_size, 1):
        raise BadInput(
            f"The zip would unpack to more than {RATIO_MAX} times its size.", "It is made to do harm."
        )


def _check_directory(file: IO[bytes], size: int) -> None:
    """The length of the zip's directory, from its last record: zipfile would read whatever it says."""
    tail = min(size, 65_557 + 76)
    file.seek(size - tail)
    data = file.read(tail)
    at = data.rfind(_END)
    if at < 0 or len(data) < at + 22:
        raise zipfile.BadZipFile
    entries, length = struct.unpack_from("<HL", data, at + 10)
    at_64 = data.rfind(_END_64, 0, at)
    if (entries == 0xFFFF or length == 0xFFFFFFFF) and at_64 >= 0 and len(data) >= at_64 + 48:
        entries, length = struct.unpack_from("<QQ", data, at_64 + 32)
    if entries > MEMBERS_MAX or length > DIRECTORY_BYTES:
        raise BadInput(
            f"The zip has more than {MEMBERS_MAX:,} members.", "It is damaged, or made to do harm."
        )
    file.seek(0)


def _last(name: str) -> str:
    """For looking at, never for opening."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]
