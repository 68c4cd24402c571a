"""The keys of the person: checked with their provider, kept in the OS keyring, listed without it.

A key is bound to the origin it was entered for, and is never stored before the provider has accepted it,
unless the caller asks for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from nexu_desktop.domain.errors import BadInput, KeyMissing, KeyRejected, KeyringUnavailable
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.services.ports import Clock, Provider, SecretRef, Secrets, SecretsStatus, SettingsStore

T = TypeVar("T")

Connect = Callable[[str, str, str], Provider]

STATUS_TIMEOUT_S = 10.0
KEYRING_TIMEOUT_S = 150.0  # longer than the adapter waits for an unlock prompt, which is for people
KEY_CHARS_MAX = 4_096
MASK = "••••"
MASK_SHOWS_FROM = 20  # shorter keys would give too much away with four characters

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_QUOTES = ("“”", "‘’", "''", '""', "``")


def trimmed(text: str) -> str:
    """A pasted key without what surrounds it: blanks, invisible characters, quotes, the word Bearer.

    For the input field, so that the person sees what is left. Raises BadInput for a text that is no key.
    """
    key = text[: 4 * KEY_CHARS_MAX].strip(_INVISIBLE + " \t\r\n\u00a0\u202f\u3000")
    key = key.removeprefix("Bearer ").strip()
    if len(key) > 1 and key[0] + key[-1] in _QUOTES:
        key = key[1:-1].strip()
    if not key:
        raise BadInput("There is no key in this text.", "Copy the key from your provider and paste it here.")
    if len(key) > KEY_CHARS_MAX:
        raise BadInput("This text is too long for a key.", "Copy only the key from your provider.")
    odd = next((char for char in key if not "!" <= char <= "~"), None)
    if odd is not None:
        raise BadInput(f"The key has {_name_of(odd)} inside.", "Copy it again, in one piece.")
    return key


def mask(key: str) -> str:
    """The form that may be shown and stored: the last four characters of a long key, else none."""
    return MASK + (key[-4:] if len(key) >= MASK_SHOWS_FROM else "")


class Keys:
    """Async face of the keyring for the settings dialog, the command line and the turns.

    `connect(provider, base_url, key)` makes the Provider that checks a key; it may raise BadInput.
    `origin_of(base_url)` is the one URL parser. Keys for one session are listed first and never written.
    """

    def __init__(
        self,
        secrets: Secrets,
        settings: SettingsStore,
        connect: Connect,
        clock: Clock,
        origin_of: Callable[[str], str],
        *,
        timeout_s: float = KEYRING_TIMEOUT_S,
    ) -> None:
        self._secrets = secrets
        self._settings = settings
        self._connect = connect
        self._clock = clock
        self._origin_of = origin_of
        self._timeout_s = timeout_s
        self._session: dict[str, SavedKey] = {}

    async def status(self) -> SecretsStatus:
        """Without any prompt. Raises KeyringUnavailable if the keyring does not answer at all."""
        return await off_loop(self._secrets.status, timeout_s=min(STATUS_TIMEOUT_S, self._timeout_s))

    def list(self) -> tuple[SavedKey, ...]:
        """All keys, those of this session in place of stored ones of the same provider; no keyring access."""
        stored = {key.provider: key for key in self._settings.current.keys}
        return tuple((stored | self._session).values())

    def saved(self, provider: str) -> SavedKey | None:
        return next((key for key in self.list() if key.provider == provider), None)

    def session_only(self, provider: str) -> bool:
        return provider in self._session

    async def add(
        self, provider: str, base_url: str, key: str, *, session_only: bool = False, check: bool = True
    ) -> SavedKey:
        """Check, then store, then record. Until the end a key that was there before stays as it is.

        Raises BadInput, a ServiceError of the check such as KeyRejected, KeyringUnavailable, StorageFailed.
        With `check` false nothing is asked, and `verified_ms` of the result is None.
        """
        key = trimmed(key)
        ref = SecretRef(provider, self._origin_of(base_url))
        entry = SavedKey(provider, base_url, mask(key))
        if check:
            entry = await self._checked(entry, key)
        if session_only:
            await self._drop_session(provider)
            self._secrets.set_for_session(ref, key)
            self._session[provider] = entry
            return entry
        await self._blocking(lambda: self._secrets.set(ref, key))
        await self._record_in_place_of_old(entry, ref)
        return entry

    async def verify(self, provider: str) -> SavedKey:
        """Check the key again and record when. A rejected key is kept, and marked as not verified."""
        entry = self._known(provider)
        key = await self.key_for(provider)
        try:
            entry = await self._checked(entry, key)
        except KeyRejected:
            self._record(replace(entry, verified_ms=None))
            raise
        self._record(entry)
        return entry

    async def remove(self, provider: str) -> None:
        """Forget the key here and in the keyring; if the keyring fails, the key stays listed."""
        await self._drop_session(provider)
        stored = self._settings.current.key(provider)
        if stored is not None:
            await self._delete(stored)
            self._settings.update(keys=self._others(provider))

    async def key_for(self, provider: str, base_url: str | None = None) -> str:
        """The key, to be sent to the origin it was entered for and nowhere else.

        `base_url`, if given, is where the caller will send it. Raises KeyMissing for another origin.
        """
        entry = self._known(provider)
        ref = self._ref(entry)
        if base_url is not None and self._origin_of(base_url) != ref.origin:
            raise KeyMissing(
                f"The {provider} key was entered for {ref.origin}, not for {self._origin_of(base_url)}.",
                "Enter the key again for the new address.",
            )
        key = await self._blocking(lambda: self._secrets.get(ref))
        if key is None:
            raise KeyMissing(
                f"The keyring has no {provider} key for {ref.origin}.",
                "Enter the key again in Settings, Keys.",
            )
        return key

    async def _checked(self, entry: SavedKey, key: str) -> SavedKey:
        service = self._connect(entry.provider, entry.base_url, key)
        try:
            models = await service.verify()
        finally:
            await service.close()
        names = tuple(model.id for model in models)
        return replace(entry, verified_ms=self._clock.now_ms(), models=names)

    async def _record_in_place_of_old(self, entry: SavedKey, ref: SecretRef) -> None:
        old = self._settings.current.key(entry.provider)
        await self._drop_session(entry.provider)
        self._record(entry)
        if old is not None and self._ref(old) != ref:
            # The new key is in place already: an old one that cannot be removed is no reason to fail.
            with suppress(KeyringUnavailable):
                await self._delete(old)

    async def _drop_session(self, provider: str) -> None:
        entry = self._session.pop(provider, None)
        if entry is not None and self._secrets.session_only(self._ref(entry)):
            await self._delete(entry)  # deletes the copy in memory; the keyring is not asked

    def _record(self, entry: SavedKey) -> None:
        if entry.provider in self._session:
            self._session[entry.provider] = entry
            return
        self._settings.update(keys=(*self._others(entry.provider), entry))

    def _others(self, provider: str) -> tuple[SavedKey, ...]:
        """As they are on disk now: the command line may have added one while this window was open."""
        return tuple(key for key in self._settings.update().keys if key.provider != provider)

    def _known(self, provider: str) -> SavedKey:
        entry = self.saved(provider)
        if entry is None:
            raise KeyMissing(f"There is no key for {provider}.", "Add one in Settings, Keys.")
        return entry

    def _ref(self, entry: SavedKey) -> SecretRef:
        return SecretRef(entry.provider, self._origin_of(entry.base_url))

    async def _delete(self, entry: SavedKey) -> None:
        ref = self._ref(entry)
        await self._blocking(lambda: self._secrets.delete(ref))

    async def _blocking(self, call: Callable[[], T]) -> T:
        return await off_loop(call, timeout_s=self._timeout_s)


async def off_loop(call: Callable[[], T], *, timeout_s: float) -> T:
    """Run a blocking keyring call in a thread of its own. Raises KeyringUnavailable after `timeout_s`.

    A daemon thread and not the loop's executor: that one is joined at exit, and an unlock prompt left open
    would keep the program alive.
    """
    import asyncio  # 50 ms that a start need not pay
    from concurrent.futures import Future

    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # from here on it cannot be cancelled under the thread's hands

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - carried to the caller, not swallowed
            future.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), timeout_s)
    except TimeoutError as error:
        raise KeyringUnavailable(
            "The keyring does not answer.",
            "Look for its prompt, or use the key for this session only.",
            code="locked",
        ) from error


def _name_of(char: str) -> str:
    names = {" ": "a space", "\n": "a line break", "\r": "a line break", "\t": "a tab"}
    return names.get(char, f"the character U+{ord(char):04X}")
