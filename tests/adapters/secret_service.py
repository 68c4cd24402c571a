"""A real Secret Service for tests: gnome-keyring on a D-Bus of its own, in a home of its own, stopped by pid.

A conftest that imports `shared_keyring` and `secret_service` offers them to its tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

INSTALL = "sudo apt-get install -y --no-install-recommends gnome-keyring dbus-daemon libglib2.0-bin"
# No service directory: nothing starts by itself, neither a second daemon nor a password window.
BUS = """<busconfig><type>session</type><listen>unix:tmpdir={home}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""


class PrivateKeyring:
    """`address` is for DBUS_SESSION_BUS_ADDRESS; `bus` and `daemon` are the two processes.

    With `keyring=False` the bus is there and nobody offers secrets on it; with `unlocked=False` there is a
    service that has no keyring yet.
    """

    def __init__(self, *, keyring: bool = True, unlocked: bool = True) -> None:
        _require("dbus-daemon", "gnome-keyring-daemon", "gdbus")
        # Short on purpose: the path of a local socket holds about 100 characters.
        self._home = Path(tempfile.mkdtemp(prefix="nxk-"))
        self.daemon: subprocess.Popen[bytes] | None = None
        self.bus = self._start_bus()
        assert self.bus.stdout is not None
        self.address = self.bus.stdout.readline().decode().strip()
        if keyring:
            self.daemon = self._start_daemon(unlocked)

    def __enter__(self) -> PrivateKeyring:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_daemon()
        self.stop_bus()
        shutil.rmtree(self._home)

    def stop_daemon(self) -> None:
        if self.daemon is not None:
            _stop(self.daemon)

    def stop_bus(self) -> None:
        _stop(self.bus)

    def _environment(self, **more: str) -> dict[str, str]:
        home = str(self._home)
        return {"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": home, **more}

    def _start_bus(self) -> subprocess.Popen[bytes]:
        config = self._home / "bus.conf"
        config.write_text(BUS.format(home=self._home))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
        return _start(command, self._environment())

    def _start_daemon(self, unlocked: bool) -> subprocess.Popen[bytes]:
        environment = self._environment(DBUS_SESSION_BUS_ADDRESS=self.address)
        unlock = ["--unlock"] if unlocked else []
        command = ["gnome-keyring-daemon", "--foreground", *unlock, "--components=secrets"]
        daemon = _start(command, environment)
        assert daemon.stdin is not None
        daemon.stdin.write(b"password of the test")
        daemon.stdin.close()
        wait = ["gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.secrets"]
        subprocess.run(wait, env=environment, check=True)
        return daemon


@pytest.fixture(scope="session")
def shared_keyring() -> Iterator[PrivateKeyring]:
    """One unlocked keyring for all tests of a worker; tests that break theirs start their own."""
    with PrivateKeyring() as keyring:
        yield keyring


@pytest.fixture
def secret_service(shared_keyring: PrivateKeyring, monkeypatch: pytest.MonkeyPatch) -> PrivateKeyring:
    """The shared keyring, made the one that the program finds."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", shared_keyring.address)
    return shared_keyring


def _require(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.fail(f"{', '.join(missing)} not found; install it with: {INSTALL}", pytrace=False)


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, **pipes)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
