"""Where exports are written: one file, a folder or a zip. What is there already is never overwritten unasked."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nexu_desktop.adapters.database_errors import FULL, READ_ONLY
from nexu_desktop.domain.errors import BadInput, DiskFull, StorageFailed, StorageReadOnly


def open_place(target: Path, overwrite: bool, many: bool) -> Zip | Folder | OneFile:
    """A name that ends in .zip, a folder, or one file; several files without a place get a folder made.

    Raises BadInput for a file that is there and may not be replaced, StorageFailed.
    """
    with _told(target):
        if target.is_dir():
            return Folder(target)
        _check(target, overwrite)
        if target.suffix.lower() == ".zip":
            return Zip(target)
        if not many:
            return OneFile(target)
        if target.exists():
            raise BadInput(f"{target.name} is one file.", "Several conversations need a folder or a .zip.")
        target.mkdir()
        return Folder(target)


class OneFile:
    """The name was chosen by the person, whatever the conversation is called."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def names(self) -> frozenset[str]:
        return frozenset()

    def write(self, name: str, content: bytes) -> Path:
        with _told(self._target):
            return _write(self._target, content)

    def finish(self) -> Path:
        return self._target

    def abandon(self) -> None:
        """A file that is not whole is not there."""


class Folder:
    def __init__(self, target: Path) -> None:
        self._target = target

    def names(self) -> frozenset[str]:
        with _told(self._target):
            return frozenset(os.listdir(self._target))

    def write(self, name: str, content: bytes) -> Path:
        with _told(self._target / name):
            return _write(self._target / name, content)

    def finish(self) -> Path:
        return self._target

    def abandon(self) -> None:
        """Files that are whole stay."""


class Zip:
    """Made beside its place and moved there when it is whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        with _told(target):
            descriptor, name = tempfile.mkstemp(prefix=".export-", dir=target.parent)
        self._temporary = Path(name)
        self._archive = zipfile.ZipFile(os.fdopen(descriptor, "wb"), "w", zipfile.ZIP_DEFLATED)

    def names(self) -> frozenset[str]:
        return frozenset()

    def write(self, name: str, content: bytes) -> Path:
        with _told(self._target):
            self._archive.writestr(name, content)
        return self._target

    def finish(self) -> Path:
        with _told(self._target):
            self._close()
            os.replace(self._temporary, self._target)
        return self._target

    def abandon(self) -> None:
        with _told(self._target):
            self._close()
            self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        file = self._archive.fp
        self._archive.close()
        if file is not None:
            file.close()


def _write(path: Path, content: bytes) -> Path:
    """A temporary file beside it, then a rename: whole or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=".export-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def _check(target: Path, overwrite: bool) -> None:
    if target.exists() and not overwrite:
        raise BadInput(
            f"{target.name} is there already.", "Choose another name, or say that it may be replaced."
        )
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent}.", "Choose a folder that is there.")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says, as one sentence with the next step."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull("The disk is full.", "Free some space, or export to another disk.") from error
        if error.errno in READ_ONLY:
            raise StorageReadOnly(
                f"{path.parent} cannot be written to.", "Choose another folder for the export."
            ) from error
        raise StorageFailed(
            f"{path.name} could not be written: {error.strerror or error}.", "Choose another place."
        ) from error
