"""Where the packaged data lies: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

from nexu_desktop.domain.errors import StorageFailed

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_root() -> Path:
    """The folder of all resources; the wheel's own first, as a stranger may own `resources` beside it."""
    inside = _PACKAGE / "_resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def resource_path(name: str) -> Path:
    """The file or folder `name` ('icons/send.svg'). Raises StorageFailed if it is not there."""
    path = resource_root() / name
    if not path.exists():
        raise StorageFailed(f"A part of this program is missing: {name}.", "Install the program again.")
    return path


def read_text(name: str) -> str:
    """The text of `name`, UTF-8. Raises StorageFailed."""
    try:
        return resource_path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageFailed(
            f"A part of this program cannot be read: {name}.", "Install the program again."
        ) from error
