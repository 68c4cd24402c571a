"""Keys in a real Secret Service, and in the ways in which a keyring can be absent, locked or false."""

from __future__ import annotations

import logging
import os
import signal
import sys
import types
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nexu_desktop.adapters.secrets_keyring import LABELS, MACOS, SECRET_SERVICE, WINDOWS, KeyringSecrets
from nexu_desktop.domain.errors import BadInput, KeyringUnavailable
from nexu_desktop.services.ports import KeyringState, SecretRef, SecretsStatus
from tests.adapters.secret_service import PrivateKeyring
from tests.contracts.secrets import SecretsContract

# The Secret Service is an interface of Linux desktops; the other systems have neither D-Bus nor the daemon.
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service exists on Linux only")

REF = SecretRef("openai", "https://api.openai.com")
CANARY = "sk-CANARY-7f3a9c51d2e84b06"
GNOME = "GNOME Keyring (Secret Service)"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateKeyring]:
    """A keyring that the test may lock, stop or kill."""
    with PrivateKeyring() as keyring:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", keyring.address)
        yield keyring


def lock() -> None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.Collection(bus).lock()


def refused_as(secrets: KeyringSecrets) -> set[str]:
    """The states that get, set and delete report; each of them must raise."""
    states = set()
    for call in (lambda: secrets.get(REF), lambda: secrets.set(REF, CANARY), lambda: secrets.delete(REF)):
        with pytest.raises(KeyringUnavailable) as caught:
            call()
        assert CANARY not in caught.value.sentence + repr(caught.value) + repr(caught.value.__cause__)
        assert "session only" in caught.value.hint
        states.add(caught.value.code)
    return states


@linux_only
@pytest.mark.usefixtures("secret_service")
class TestWorking(SecretsContract):
    @pytest.fixture
    def secrets(self) -> KeyringSecrets:
        return KeyringSecrets()

    def test_names_the_backend(self) -> None:
        """A person reads the name of their keyring, not a class name."""
        assert KeyringSecrets().status() == SecretsStatus(KeyringState.WORKING, GNOME)

    @pytest.mark.parametrize("secret", [CANARY, "Schlüssel 密钥 🔑", "x" * 2**20], ids=["key", "text", "MiB"])
    def test_keeps_what_it_was_given(self, secret: str) -> None:
        """A key comes back unchanged, and from another object too, as after a restart."""
        KeyringSecrets().set(REF, secret)
        assert KeyringSecrets().get(REF) == secret

    def test_leaves_no_trace_outside_the_keyring(
        self, own_home: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The key is in no file under the home and in no log line, not even at the finest level."""
        caplog.set_level(logging.DEBUG)
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        secrets.get(REF)
        secrets.delete(REF)
        files = [path for path in own_home.rglob("*") if path.is_file()]
        hits = [path for path in files if CANARY.encode() in path.read_bytes()]
        assert (hits, CANARY in caplog.text, CANARY in repr(secrets)) == ([], False, False)

    def test_a_keyring_that_forgets_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What cannot be read back was not saved."""
        from keyring.backends import SecretService

        monkeypatch.setattr(SecretService.Keyring, "set_password", lambda *_: None)
        with pytest.raises(KeyringUnavailable, match="did not give back the key"):
            KeyringSecrets().set(SecretRef("deepseek", "https://api.deepseek.com"), CANARY)

    def test_text_that_is_not_text_is_refused(self) -> None:
        """Half a surrogate pair is refused, and no error in the chain carries the key."""
        with pytest.raises(BadInput) as caught:
            KeyringSecrets().set(REF, CANARY + "\ud800")
        assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)


@linux_only
class TestBroken:
    def test_no_bus(self) -> None:
        """Without a D-Bus session the keyring is missing, and the way to one is named."""
        status = KeyringSecrets().status()
        assert (status.state, refused_as(KeyringSecrets())) == (KeyringState.MISSING, {"missing"})
        assert "D-Bus" in status.detail

    @pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "nonsense", None])
    def test_bad_bus_address(self, address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
        """An address that leads nowhere is the same as no bus."""
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
        if address is not None:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        status = KeyringSecrets().status()
        assert (status.state, "D-Bus" in status.detail) == (KeyringState.MISSING, True)

    def test_bus_without_a_service(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With a bus and no service the line that installs one is named."""
        with PrivateKeyring(keyring=False) as bus:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
            status = KeyringSecrets().status()
            assert (status.state, status.backend) == (KeyringState.MISSING, "")
            assert "apt-get install gnome-keyring" in status.detail
            assert refused_as(KeyringSecrets()) == {"missing"}

    def test_daemon_killed(self, own: PrivateKeyring) -> None:
        """A daemon that died is missing, not an empty keyring."""
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        own.stop_daemon()
        assert (secrets.status().state, refused_as(secrets)) == (KeyringState.MISSING, {"missing"})

    def test_bus_killed(self, own: PrivateKeyring) -> None:
        """A bus that died is told as a missing keyring."""
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        own.stop_bus()
        assert (secrets.status().state, refused_as(secrets)) == (KeyringState.MISSING, {"missing"})

    def test_session_keys_need_no_keyring(self) -> None:
        """A key for the session can be kept and forgotten where nothing can be stored."""
        secrets = KeyringSecrets()
        secrets.set_for_session(REF, CANARY)
        assert secrets.get(REF) == CANARY
        secrets.delete(REF)
        assert not secrets.session_only(REF)


@linux_only
class TestLocked:
    def test_locked_is_not_empty(self, own: PrivateKeyring) -> None:
        """A locked keyring raises for reads too, and says so without a prompt."""
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        lock()
        assert secrets.status().state is KeyringState.LOCKED
        assert secrets.status().backend == GNOME
        assert refused_as(secrets) == {"locked"}

    def test_unanswered_prompt_ends(self, own: PrivateKeyring) -> None:
        """An unlock prompt that nobody answers ends with the given time, as locked."""
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        lock()
        with open_dbus_connection() as prompter:
            Proxy(message_bus, prompter).RequestName("org.gnome.keyring.SystemPrompter")
            with pytest.raises(KeyringUnavailable) as caught:
                KeyringSecrets(prompt_timeout_s=0.2).get(REF)
        assert (caught.value.code, type(caught.value.__cause__)) == ("locked", TimeoutError)

    def test_service_without_a_keyring(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before the first keyring is made, reading finds nothing, and saving needs a prompt."""
        with PrivateKeyring(unlocked=False) as fresh:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", fresh.address)
            secrets = KeyringSecrets()
            status = secrets.status()
            assert (status.state, "no keyring yet" in status.detail) == (KeyringState.LOCKED, True)
            assert secrets.get(REF) is None
            secrets.delete(REF)
            with pytest.raises(KeyringUnavailable) as caught:
                secrets.set(REF, CANARY)
            assert caught.value.code == "locked"

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (RuntimeError("org.freedesktop.DBus.Error.AccessDenied"), "denied"),
            (ConnectionResetError(), "missing"),
            (EOFError(), "missing"),
            (type("SecretServiceNotAvailableException", (Exception,), {})(), "missing"),
            (type("PromptDismissedException", (Exception,), {})(), "locked"),
        ],
        ids=lambda value: value if isinstance(value, str) else type(value).__name__,
    )
    def test_errors_in_the_middle_of_a_call(
        self, error: Exception, code: str, secret_service: PrivateKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What breaks after the keyring was found has a state too; the unknown counts as denied."""
        from keyring.backends import SecretService

        def fail(*_: object) -> str:
            raise error

        monkeypatch.setattr(SecretService.Keyring, "get_password", fail)
        with pytest.raises(KeyringUnavailable) as caught:
            KeyringSecrets().get(REF)
        assert (caught.value.code, caught.value.__cause__) == (code, error)


class Plaintext:
    """What a file backend of another package looks like: it stores anything, readable."""

    priority = 99.0
    stored: list[str] = []  # noqa: RUF012 - shared by class on purpose: the test asks what anyone stored

    def set_password(self, _service: str, _username: str, password: str) -> None:
        self.stored.append(password)

    def get_password(self, _service: str, _username: str) -> str | None:
        return self.stored[-1] if self.stored else None


FALSE_BACKENDS = [
    "keyrings.alt.file.PlaintextKeyring",
    "keyring.backends.null.Keyring",
    "keyring.backends.fail.Keyring",
    "keyring.backends.chainer.ChainerBackend",
]


class TestFalseBackends:
    @pytest.fixture(autouse=True)
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A plaintext package is importable under its usual name."""
        for name in ("keyrings", "keyrings.alt", "keyrings.alt.file"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        monkeypatch.setattr(sys.modules["keyrings.alt.file"], "PlaintextKeyring", Plaintext, raising=False)
        monkeypatch.setattr(Plaintext, "stored", [])

    @pytest.mark.parametrize("name", FALSE_BACKENDS)
    def test_cannot_be_allowed(self, name: str) -> None:
        """Not even our own code can hand in a backend that does not keep keys safe."""
        with pytest.raises(BadInput, match=name):
            KeyringSecrets([name])

    @linux_only
    @pytest.mark.parametrize("name", FALSE_BACKENDS)
    def test_environment_cannot_choose_it(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """PYTHON_KEYRING_BACKEND with such a name is not followed, and the person is told."""
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        assert refused_as(KeyringSecrets()) == {"missing"}
        assert Plaintext.stored == []

    @linux_only
    @pytest.mark.parametrize("name", FALSE_BACKENDS)
    def test_a_working_keyring_is_used_instead(
        self, name: str, secret_service: PrivateKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The system's keyring is used although the environment names another, and the status says so."""
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        status = secrets.status()
        assert (secrets.get(REF), Plaintext.stored) == (CANARY, [])
        assert (status.state, status.backend, name in status.detail) == (KeyringState.WORKING, GNOME, True)

    @linux_only
    def test_config_file_cannot_choose_it(self, own_home: Path, secret_service: PrivateKeyring) -> None:
        """keyringrc.cfg neither chooses the backend nor adds its folder to the import path."""
        folder = own_home / ".config" / "python_keyring"
        folder.mkdir(parents=True)
        text = f"[backend]\ndefault-keyring={FALSE_BACKENDS[0]}\nkeyring-path={own_home}/evil\n"
        (folder / "keyringrc.cfg").write_text(text)
        secrets = KeyringSecrets()
        secrets.set(REF, CANARY)
        assert (FALSE_BACKENDS[0] in secrets.status().detail, Plaintext.stored) == (True, [])
        assert f"{own_home}/evil" not in sys.path

    @linux_only
    def test_an_allowed_choice_is_followed(
        self, secret_service: PrivateKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A person may pick among the safe ones; then nothing is remarked."""
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", SECRET_SERVICE)
        assert KeyringSecrets().status() == SecretsStatus(KeyringState.WORKING, GNOME)


class TestOtherSystems:
    """Windows and macOS by stand-ins under the real names; the real backends need those systems."""

    def stand_in(
        self,
        name: str,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception | None = None,
        priority: float = 5.0,
    ) -> None:
        module, _, attribute = name.rpartition(".")
        kept: dict[tuple[str, str], str] = {}

        def set_password(_self: object, service: str, username: str, password: str) -> None:
            kept[service, username] = password

        def get_password(_self: object, service: str, username: str) -> str | None:
            if error is not None:
                raise error
            return kept.get((service, username))

        members = {
            "priority": priority,
            "with_properties": lambda self, **_: self,
            "set_password": set_password,
            "get_password": get_password,
            "delete_password": lambda _self, service, username: kept.pop((service, username)),
        }
        fake = types.ModuleType(module)
        setattr(fake, attribute, type(attribute, (), members))
        monkeypatch.setitem(sys.modules, module, fake)

    @pytest.mark.parametrize("name", [WINDOWS, MACOS])
    def test_round_trip(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same calls work with the one backend of that system, under its own name."""
        self.stand_in(name, monkeypatch)
        secrets = KeyringSecrets([name])
        secrets.set(REF, CANARY)
        assert (secrets.get(REF), secrets.status().backend) == (CANARY, LABELS[name])
        secrets.delete(REF)
        assert secrets.get(REF) is None

    def test_the_person_picks_among_the_safe_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a choice the highest priority wins, with one the named backend does."""
        self.stand_in(WINDOWS, monkeypatch, priority=5.0)
        self.stand_in(MACOS, monkeypatch, priority=5.1)
        secrets = KeyringSecrets([WINDOWS, MACOS])
        assert secrets.status().backend == LABELS[MACOS]
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", WINDOWS)
        assert secrets.status() == SecretsStatus(KeyringState.WORKING, LABELS[WINDOWS])

    def test_windows_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """1,280 characters fit, one more is refused with the limit named."""
        self.stand_in(WINDOWS, monkeypatch)
        secrets = KeyringSecrets([WINDOWS])
        secrets.set(REF, "x" * 1_280)
        with pytest.raises(BadInput, match="1,280 characters"):
            secrets.set(REF, "y" * 1_281)
        assert secrets.get(REF) == "x" * 1_280

    def test_macos_denied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The keychain's "Deny" arrives inside a locked error and is told as denied."""
        from keyring.errors import KeyringLocked

        error = KeyringLocked("no")
        error.__cause__ = type("KeychainDenied", (Exception,), {})()
        self.stand_in(MACOS, monkeypatch, error)
        with pytest.raises(KeyringUnavailable) as caught:
            KeyringSecrets([MACOS]).get(REF)
        assert caught.value.code == "denied"


@linux_only
def test_a_stopped_daemon_does_not_freeze_the_caller(own: PrivateKeyring) -> None:
    """With the daemon stopped, the service gives up after its time, and works again afterwards."""
    import asyncio

    from nexu_desktop.services.keys import off_loop

    assert own.daemon is not None
    secrets = KeyringSecrets()
    secrets.set(REF, CANARY)
    os.kill(own.daemon.pid, signal.SIGSTOP)
    try:
        with pytest.raises(KeyringUnavailable):
            asyncio.run(off_loop(lambda: secrets.get(REF), timeout_s=0.3))
    finally:
        os.kill(own.daemon.pid, signal.SIGCONT)
    assert asyncio.run(off_loop(lambda: secrets.get(REF), timeout_s=30)) == CANARY
