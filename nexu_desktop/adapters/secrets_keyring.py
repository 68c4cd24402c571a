"""Keys in the keyring of the operating system, through an allow-list of backends; never in plain text.

The keyring package lets any installed package, an environment variable or a config file choose the
backend, and some of those store base64 in a file or nothing at all. So the class is constructed here.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from nexu_desktop.domain.errors import BadInput, KeyringUnavailable, NexuError
from nexu_desktop.services.ports import KeyringState, SecretRef, SecretsStatus

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "nexu-desktop"
PROMPT_TIMEOUT_S = 120.0
WINDOWS_BLOB_BYTES = 2_560  # CRED_MAX_CREDENTIAL_BLOB_SIZE: 5 * 512; the text is stored as UTF-16

MACOS = "keyring.backends.macOS.Keyring"
WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
SECRET_SERVICE = "keyring.backends.SecretService.Keyring"
KWALLET = "keyring.backends.kwallet.DBusKeyring"
LIBSECRET = "keyring.backends.libsecret.Keyring"

LABELS = {
    MACOS: "macOS Keychain",
    WINDOWS: "Windows Credential Manager",
    SECRET_SERVICE: "Secret Service",
    KWALLET: "KDE Wallet",
    LIBSECRET: "Secret Service (libsecret)",
}

_STATES = {  # by class name: secretstorage is not installed everywhere
    "KeychainDenied": KeyringState.DENIED,
    "KeyringLocked": KeyringState.LOCKED,
    "LockedException": KeyringState.LOCKED,
    "PromptDismissedException": KeyringState.LOCKED,
    "TimeoutError": KeyringState.LOCKED,
    "NoKeyringError": KeyringState.MISSING,
    "InitError": KeyringState.MISSING,
    "SecretServiceNotAvailableException": KeyringState.MISSING,
    "ConnectionError": KeyringState.MISSING,
    "FileNotFoundError": KeyringState.MISSING,
    "EOFError": KeyringState.MISSING,
    "ImportError": KeyringState.MISSING,
}

_SESSION_ONLY = "You can also use the key for this session only; it is never written to a file."
_MISSING_HINTS = {
    "darwin": "The keychain of macOS did not load. Install the program again.",
    "win32": "The Credential Manager of Windows did not load. Install the program again.",
    "linux": "On Debian or Ubuntu: sudo apt-get install gnome-keyring, then sign out and in again.",
}
_NO_BUS_HINT = "There is no D-Bus session to reach it by: start the program from a desktop session."


def platform_backends() -> tuple[str, ...]:
    """The backends that can exist on this system; among the viable ones the highest priority wins."""
    native = {"darwin": (MACOS,), "win32": (WINDOWS,)}
    return native.get(sys.platform, (SECRET_SERVICE, KWALLET, LIBSECRET))


class KeyringSecrets:
    """Implements ports.Secrets. Blocking; nothing is cached, so a restarted keyring is found again.

    `prompt_timeout_s` bounds the wait for the unlock prompt of a Secret Service. A copy for the session
    hides the stored key, and `delete` removes the copy in use: the session's if there is one, else the stored
    one. Raises BadInput for a backend that is not on the allow-list.
    """

    def __init__(
        self, allowed: Sequence[str] | None = None, *, prompt_timeout_s: float = PROMPT_TIMEOUT_S
    ) -> None:
        self._allowed = tuple(platform_backends() if allowed is None else allowed)
        for name in self._allowed:
            if name not in LABELS:
                raise BadInput(f"{name} is not a keyring that keeps keys safe.", "It is not used.")
        self._prompt_timeout_s = prompt_timeout_s
        self._session: dict[SecretRef, str] = {}

    def status(self) -> SecretsStatus:
        """Never prompts and never raises."""
        name = ""
        try:
            with _translated():
                name, _ = self._choose()
                found = _probe(name)
        except KeyringUnavailable as error:
            return SecretsStatus(KeyringState(error.code), LABELS.get(name, ""), error.sentence)
        detail = f"{found.detail} {_ignored_choice()}".strip()
        return SecretsStatus(found.state, found.backend, detail)

    def get(self, ref: SecretRef) -> str | None:
        if ref in self._session:
            return self._session[ref]
        with _translated():
            store = self._open(create=False)
            return None if store is None else store.get_password(SERVICE, _username(ref))

    def set(self, ref: SecretRef, secret: str) -> None:
        """Store and read back. Raises BadInput for a text this keyring cannot hold."""
        with _translated():
            store = self._open(create=True)
            assert store is not None  # create=True gives one or raises
            _check_fits(store, secret)
            store.set_password(SERVICE, _username(ref), secret)
            kept = store.get_password(SERVICE, _username(ref)) == secret
        if not kept:
            raise _unavailable(KeyringState.DENIED, "The keyring did not give back the key that was saved.")
        self._session.pop(ref, None)

    def set_for_session(self, ref: SecretRef, secret: str) -> None:
        self._session[ref] = secret

    def session_only(self, ref: SecretRef) -> bool:
        return ref in self._session

    def delete(self, ref: SecretRef) -> None:
        if self._session.pop(ref, None) is not None:
            return
        with _translated():
            store = self._open(create=False)
            # Asked first, because backends raise the same error for "no such key" and "not allowed".
            if store is not None and store.get_password(SERVICE, _username(ref)) is not None:
                store.delete_password(SERVICE, _username(ref))

    def _open(self, *, create: bool) -> KeyringBackend | None:
        """A backend ready for use; None where nothing can be stored yet and `create` is false."""
        name, backend = self._choose()
        if name == SECRET_SERVICE:
            from nexu_desktop.adapters.secret_service import open_default

            if not open_default(self._prompt_timeout_s, create=create):
                return None
        # KWallet remembers permissions by this name; its default is argv[0], which differs per entry point.
        opened: KeyringBackend = backend().with_properties(appid=SERVICE)
        return opened

    def _choose(self) -> tuple[str, type[KeyringBackend]]:
        viable: list[tuple[float, str, type[KeyringBackend]]] = []
        reasons: list[BaseException] = []
        for name in self._allowed:
            try:
                backend = _load(name)
                viable.append((backend.priority, name, backend))
            except Exception as error:  # noqa: BLE001 - whatever it raises, this one cannot work here
                reasons.append(error.__cause__ or error)
        if not viable:
            raise _no_backend(reasons)
        named = next((entry for entry in viable if entry[1] == _person_choice()), None)
        _, name, backend = named or max(viable, key=lambda entry: entry[0])
        return name, backend


def _load(name: str) -> type[KeyringBackend]:
    module, _, attribute = name.rpartition(".")
    backend: type[KeyringBackend] = getattr(import_module(module), attribute)
    return backend


def _probe(name: str) -> SecretsStatus:
    if name == SECRET_SERVICE:
        from nexu_desktop.adapters.secret_service import probe

        return probe()
    return SecretsStatus(KeyringState.WORKING, LABELS[name])


def _username(ref: SecretRef) -> str:
    return f"{ref.provider}@{ref.origin}"


def _check_fits(store: KeyringBackend, secret: str) -> None:
    try:
        size = len(secret.encode("utf-16-le"))
    except UnicodeEncodeError:
        # `from None`: the error of the codec carries the whole key
        raise BadInput("The key holds a character that is not text.", "Copy it again.") from None
    if type(store).__name__ == "WinVaultKeyring" and size > WINDOWS_BLOB_BYTES:
        raise BadInput(
            f"The key is too long: {LABELS[WINDOWS]} keeps at most {WINDOWS_BLOB_BYTES // 2:,} characters.",
            "Check that only the key was pasted.",
        )


def _person_choice() -> str:
    """The backend named by PYTHON_KEYRING_BACKEND or keyringrc.cfg, as text: nothing is loaded from it."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND", "")
    if named:
        return named
    from keyring.util.platform_ import config_root

    config = configparser.RawConfigParser()
    try:
        config.read(config_root() / "keyringrc.cfg", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeError):
        return ""
    return config.get("backend", "default-keyring", fallback="").strip()


def _ignored_choice() -> str:
    named = _person_choice()
    if not named or named in LABELS:
        return ""
    return f"The configured backend {named[:80]} is not used: only the system's own keyrings are."


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever a backend raises becomes KeyringUnavailable.

    Broad on purpose: backends let errors of D-Bus, secretstorage and pywin32 through, without a common base.
    """
    try:
        yield
    except NexuError:
        raise
    except Exception as error:
        raise _unavailable(_state_of(error)) from error


def _state_of(error: BaseException) -> KeyringState:
    for link in (error.__cause__, error):
        for kind in type(link).__mro__:
            if kind.__name__ in _STATES:
                return _STATES[kind.__name__]
    return KeyringState.DENIED


def _no_backend(reasons: Sequence[BaseException]) -> KeyringUnavailable:
    no_bus = any(
        isinstance(reason, OSError) or type(reason).__name__ == "SecretServiceNotAvailableException"
        for reason in reasons
    )
    return _unavailable(KeyringState.MISSING, hint=_NO_BUS_HINT if no_bus else "")


def _unavailable(state: KeyringState, title: str = "", hint: str = "") -> KeyringUnavailable:
    """`code` is the value of the state, so that a caller can tell the three apart."""
    titles = {
        KeyringState.LOCKED: "The keyring is locked.",
        KeyringState.MISSING: "No keyring answers on this computer.",
        KeyringState.DENIED: "The keyring did not let this program in.",
    }
    platform = sys.platform if sys.platform in _MISSING_HINTS else "linux"
    hints = {
        KeyringState.LOCKED: "Unlock it and try again.",
        KeyringState.MISSING: _MISSING_HINTS[platform],
        KeyringState.DENIED: "Allow Nexu Desktop in the settings of the keyring and try again.",
    }
    text = f"{hint or hints[state]} {_SESSION_ONLY}"
    return KeyringUnavailable(title or titles[state], text, code=state.value)
