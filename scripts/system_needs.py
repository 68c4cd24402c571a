"""What the system must have before pip can help: libraries, programs, fonts; and the apt line for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

# Found one by one on a Debian 12 with nothing on it; wheels bring the rest.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libgomp.so.1": "libgomp1",
    "libstdc++.so.6": "libstdc++6",
}
# A real Secret Service for the tests of the keyring, in a bus of its own.
TEST_PROGRAMS = {
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-daemon": "dbus-daemon",
    "gdbus": "libglib2.0-bin",
}
# Words in the file names of fonts that cover it, and the smallest package that does.
FONTS = {
    "fonts-wqy-microhei": ("cjk", "wqy", "droidsansfallback", "sourcehan"),
    "fonts-noto-color-emoji": ("emoji",),
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
SYSTEM_FOLDERS = os.pathsep + os.pathsep.join(("/usr/sbin", "/sbin"))
APT_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


def find_program(name: str) -> str | None:
    """`which`, and also where Debian hides ldconfig from people who are not root."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + SYSTEM_FOLDERS)


def known_libraries() -> set[str] | None:
    """The shared libraries the loader finds by name; None where that can't be asked."""
    ldconfig = find_program("ldconfig")
    if ldconfig is None:
        return None
    listing = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False).stdout
    return {line.split()[0] for line in listing.splitlines() if "=>" in line}


def font_files() -> set[str]:
    """Lower-case file names of the fonts on this system."""
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return {name.lower() for folder in folders for _, _, names in os.walk(folder) for name in names}


def missing_packages(
    purpose: str,
    libraries: set[str] | None,
    program: Callable[[str], str | None],
    has_ensurepip: bool,
) -> list[str]:
    """Debian packages without which `purpose` ("run" or "test") can't go on."""
    missing = [] if has_ensurepip else ["python{}.{}-venv".format(*sys.version_info)]
    if libraries is not None:
        missing += [package for soname, package in LIBRARIES.items() if soname not in libraries]
    if purpose == "test":
        missing += [package for name, package in TEST_PROGRAMS.items() if program(name) is None]
    return missing


def missing_fonts(files: Iterable[str]) -> list[str]:
    """Debian packages for scripts that would show as boxes; the program runs without them."""
    names = " ".join(files)
    return [package for package, words in FONTS.items() if not any(word in names for word in words)]


def apt_prefix() -> list[str] | None:
    """How apt-get may be called here without asking anybody: as root, by sudo, or None for not at all."""
    if find_program("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def advice(packages: list[str], again: str) -> str:
    """The one line for a person whose rights or system keep us from installing `packages`."""
    if find_program("apt-get"):
        return f"Missing system packages. Run: sudo {' '.join([*APT_INSTALL, *packages])} && {again}"
    return (
        f"Missing from the system, by Debian's names: {' '.join(packages)}. "
        f"Install your system's packages for them (README.md, “What the system needs”), then: {again}"
    )


def apt_install(prefix: list[str], packages: list[str]) -> bool:
    """Whether apt-get installed them; what it said is shown only when it did not."""
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "update", "-qq"], [*APT_INSTALL, "-qq", *packages]):
        result = subprocess.run(
            [*quiet, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    if result.returncode:
        sys.stderr.write(result.stdout)
    return result.returncode == 0


def ensure(purpose: str, has_ensurepip: bool) -> str | None:
    """Install what is missing where that is allowed; else the one line that says what to run."""
    if not sys.platform.startswith("linux"):
        return None
    required = missing_packages(purpose, known_libraries(), find_program, has_ensurepip)
    fonts = missing_fonts(font_files())
    if not required and not fonts:
        return None
    prefix = apt_prefix()
    if prefix is not None:
        print(f"Installing system packages: {' '.join([*required, *fonts])}", flush=True)
        if apt_install(prefix, [*required, *fonts]):
            return None
    if required:
        return advice(required, f"make {purpose}")
    print(f"Some scripts will show as boxes until these are installed: {' '.join(fonts)}", flush=True)
    return None
