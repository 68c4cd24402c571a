"""The Secret Service of a Linux desktop, looked at before it is used: is it there, is it locked, who is it.

The keyring package prompts, without a bound, and leaks a connection whenever it meets a locked keyring;
asking first avoids both.
"""

from __future__ import annotations

from contextlib import closing

import secretstorage
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy
from secretstorage.exceptions import ItemNotFoundException, LockedException
from secretstorage.util import BUS_NAME

from nexu_desktop.services.ports import KeyringState, SecretsStatus

GENERIC_NAME = "Secret Service"
NAMES = {  # a bus name that the same process also owns -> what a person calls it
    "org.gnome.keyring": "GNOME Keyring (Secret Service)",
    "org.kde.secretservicecompat": "KDE Wallet (Secret Service)",
    "org.kde.kwalletd6": "KDE Wallet (Secret Service)",
    "org.kde.kwalletd5": "KDE Wallet (Secret Service)",
    "org.keepassxc.KeePassXC.MainWindow": "KeePassXC (Secret Service)",
}
LOCKED = "It is locked. It asks for your password when a key is needed."
NOT_MADE = "It has no keyring yet. It asks for a new password when the first key is saved."


def probe() -> SecretsStatus:
    """What the default keyring is like, without any prompt. Raises what secretstorage and jeepney raise."""
    with closing(secretstorage.dbus_init()) as bus:
        try:
            locked, detail = secretstorage.Collection(bus).is_locked(), LOCKED
        except ItemNotFoundException:
            locked, detail = True, NOT_MADE
        name = _name(bus)  # after the first call, which may have started the service
    if locked:
        return SecretsStatus(KeyringState.LOCKED, name, detail)
    return SecretsStatus(KeyringState.WORKING, name)


def open_default(timeout_s: float, *, create: bool) -> bool:
    """Unlock the default keyring, with the desktop's prompt if need be, waiting `timeout_s` at most.

    Returns False if there is none and `create` is false. Raises LockedException for a dismissed prompt,
    TimeoutError for one nobody answered, and what else secretstorage and jeepney raise.
    """
    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.Collection(bus)
        except ItemNotFoundException:
            if create:
                secretstorage.create_collection(bus, "Default", "default")
            return create
        if collection.is_locked() and collection.unlock(timeout=timeout_s):
            raise LockedException("the prompt was dismissed")
    return True


def _name(bus: DBusConnection) -> str:
    dbus = Proxy(message_bus, bus)
    known = (label for name, label in NAMES.items() if _same_owner(dbus, name))
    return next(known, GENERIC_NAME)


def _same_owner(dbus: Proxy, name: str) -> bool:
    if not dbus.NameHasOwner(name)[0]:
        return False
    return bool(dbus.GetNameOwner(name) == dbus.GetNameOwner(BUS_NAME))
