"""Keys are checked before they are kept, bound to their origin, and shown by four characters at most."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.domain.errors import (
    BadInput,
    Billed,
    KeyMissing,
    KeyRejected,
    KeyringUnavailable,
    NexuError,
    Offline,
    StorageFailed,
)
from nexu_desktop.domain.settings import SavedKey, Settings
from nexu_desktop.services.keys import Keys, off_loop
from nexu_desktop.services.ports import KeyringState, RemoteModel, SecretRef
from tests.contracts.secrets import MemorySecrets, SecretsContract

CANARY = "sk-CANARY-7f3a9c51d2e84b06"
SECOND = "sk-second-0123456789abcdef"
URL = "https://api.openai.com/v1"
REF = SecretRef("openai", "https://api.openai.com")


class TestMemorySecrets(SecretsContract):
    """The stand-in of this file behaves like the real keyring."""

    @pytest.fixture
    def secrets(self) -> MemorySecrets:
        return MemorySecrets()


class MemorySettings:
    def __init__(self) -> None:
        self.current = Settings()
        self.full = False

    def update(self, **changes: Any) -> Settings:
        if self.full:
            raise StorageFailed("The disk is full.")
        self.current = replace(self.current, **changes)
        return self.current


class FakeClock:
    def __init__(self) -> None:
        self.now = 1_000

    def now_ms(self) -> int:
        return self.now

    def monotonic_ms(self) -> int:
        return self.now


class FakeProvider:
    """Accepts every key, or raises what `World.refusal` says."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._key = key

    async def verify(self) -> tuple[RemoteModel, ...]:
        self._world.asked.append(self._key)
        if self._world.refusal is not None:
            raise self._world.refusal
        return (RemoteModel("gpt-5.4-mini"), RemoteModel("gpt-5.4"))

    async def close(self) -> None:
        self._world.closed += 1

    async def models(self) -> tuple[RemoteModel, ...]:
        raise AssertionError("a key is checked by verify()")

    async def stated_balance(self) -> None:
        raise AssertionError("a key is checked by verify()")

    def stream(self, request: object) -> Any:
        raise AssertionError("a key is checked without spending")


class World:
    """A Keys with everything around it."""

    def __init__(self, *, timeout_s: float = 5.0) -> None:
        self.secrets = MemorySecrets()
        self.settings = MemorySettings()
        self.clock = FakeClock()
        self.refusal: NexuError | None = None
        self.asked: list[str] = []
        self.closed = 0
        self.keys = Keys(
            self.secrets, self.settings, self.connect, self.clock, origin_of, timeout_s=timeout_s
        )

    def connect(self, provider: str, base_url: str, key: str) -> FakeProvider:
        if provider == "unknown":
            raise BadInput("unknown is not a provider.")
        return FakeProvider(self, key)


def origin_of(base_url: str) -> str:
    if "://" not in base_url:
        raise BadInput("This is not a web address.")
    return "/".join(base_url.split("/", 3)[:3]).lower()


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


@pytest.fixture
def world() -> World:
    return World()


class TestAdd:
    def test_checks_stores_and_records(self, world: World) -> None:
        """An accepted key lies in the keyring, and the settings know all of it but the key."""
        saved = run(world.keys.add("openai", URL, f" {CANARY}\n"))
        assert saved == SavedKey("openai", URL, "••••4b06", 1_000, ("gpt-5.4-mini", "gpt-5.4"))
        assert world.secrets.stored == {REF: CANARY}
        assert world.settings.current.keys == (saved,) == world.keys.list()
        assert (world.asked, world.closed) == ([CANARY], 1)

    @pytest.mark.parametrize(
        "refusal",
        [
            KeyRejected("OpenAI refused the key.", billed=Billed.REJECTED),
            Offline("api.openai.com was not reached.", billed=Billed.UNSENT),
        ],
    )
    def test_keeps_the_previous_key_if_the_check_fails(self, world: World, refusal: NexuError) -> None:
        """A rejected or unchecked key is not stored, and the one before stays."""
        before = run(world.keys.add("openai", URL, CANARY))
        world.refusal = refusal
        with pytest.raises(type(refusal)):
            run(world.keys.add("openai", URL, SECOND))
        assert (world.secrets.stored, world.keys.list()) == ({REF: CANARY}, (before,))
        assert world.closed == 2

    def test_without_a_check(self, world: World) -> None:
        """A caller may store a key unchecked; it is listed as never verified."""
        world.refusal = Offline("not reached")
        saved = run(world.keys.add("openai", URL, CANARY, check=False))
        assert (saved.verified_ms, saved.models, world.asked) == (None, (), [])
        assert run(world.keys.key_for("openai")) == CANARY

    def test_replaces(self, world: World) -> None:
        """The second key takes the place of the first, and other providers stay."""
        run(world.keys.add("deepseek", "https://api.deepseek.com", CANARY))
        run(world.keys.add("openai", URL, CANARY))
        run(world.keys.add("openai", URL, SECOND))
        assert [key.provider for key in world.keys.list()] == ["deepseek", "openai"]
        assert run(world.keys.key_for("openai")) == SECOND

    def test_new_origin_removes_the_old_key(self, world: World) -> None:
        """A key entered for another address leaves none behind at the first one."""
        run(world.keys.add("custom", "https://a.example/v1", CANARY))
        run(world.keys.add("custom", "https://b.example/v1", SECOND))
        assert world.secrets.stored == {SecretRef("custom", "https://b.example"): SECOND}

    @pytest.mark.parametrize(
        ("provider", "url"), [("unknown", URL), ("openai", "api.openai.com")], ids=["provider", "url"]
    )
    def test_bad_provider_or_address(self, world: World, provider: str, url: str) -> None:
        """Neither is asked, and nothing is stored."""
        with pytest.raises(BadInput):
            run(world.keys.add(provider, url, CANARY))
        assert (world.asked, world.secrets.stored, world.keys.list()) == ([], {}, ())

    def test_no_keyring(self, world: World) -> None:
        """Where the keyring fails nothing is recorded."""
        world.secrets.state = KeyringState.MISSING
        with pytest.raises(KeyringUnavailable):
            run(world.keys.add("openai", URL, CANARY))
        assert world.keys.list() == ()

    def test_full_disk(self, world: World) -> None:
        """Settings that cannot be saved raise, and the key is not listed."""
        world.settings.full = True
        with pytest.raises(StorageFailed):
            run(world.keys.add("openai", URL, CANARY))
        assert world.keys.list() == ()


class TestSessionOnly:
    def test_needs_no_keyring_and_writes_nothing(self, world: World) -> None:
        """The key works until the program ends; neither keyring nor settings learn of it."""
        world.secrets.state = KeyringState.MISSING
        saved = run(world.keys.add("openai", URL, CANARY, session_only=True))
        assert (run(world.keys.key_for("openai")), world.keys.list()) == (CANARY, (saved,))
        assert (world.settings.current.keys, world.keys.session_only("openai")) == ((), True)

    def test_removing_it_asks_no_keyring(self, world: World) -> None:
        """A key for the session can be removed while the keyring is locked."""
        world.secrets.state = KeyringState.LOCKED
        run(world.keys.add("openai", URL, CANARY, session_only=True))
        run(world.keys.remove("openai"))
        assert (world.keys.list(), world.secrets.session) == ((), {})

    def test_hides_a_stored_key(self, world: World) -> None:
        """It is used in place of the stored one, and Remove takes both away."""
        run(world.keys.add("openai", URL, CANARY))
        run(world.keys.add("openai", URL, SECOND, session_only=True))
        assert run(world.keys.key_for("openai")) == SECOND
        assert [key.masked for key in world.keys.list()] == ["••••cdef"]
        run(world.keys.remove("openai"))
        assert (world.secrets.stored, world.secrets.session, world.keys.list()) == ({}, {}, ())

    def test_storing_a_key_ends_it(self, world: World) -> None:
        """A key stored afterwards is the one in use."""
        run(world.keys.add("openai", URL, CANARY, session_only=True))
        run(world.keys.add("openai", URL, SECOND))
        assert (run(world.keys.key_for("openai")), world.keys.session_only("openai")) == (SECOND, False)

    def test_checking_it_again_writes_nothing(self, world: World) -> None:
        """The new time of the check stays in memory too."""
        run(world.keys.add("openai", URL, CANARY, session_only=True))
        world.clock.now = 2_000
        assert run(world.keys.verify("openai")).verified_ms == 2_000
        assert (world.keys.list()[0].verified_ms, world.settings.current.keys) == (2_000, ())

    def test_one_of_another_address_is_dropped_from_memory(self, world: World) -> None:
        """A session key does not outlive the next key of its provider, for the session or stored."""
        run(world.keys.add("custom", "https://a.example", CANARY, session_only=True))
        run(world.keys.add("custom", "https://b.example", SECOND, session_only=True))
        assert world.secrets.session == {SecretRef("custom", "https://b.example"): SECOND}
        run(world.keys.add("custom", "https://c.example", SECOND))
        assert world.secrets.session == {}


class TestVerifyAndRemove:
    def test_verify_records_when(self, world: World) -> None:
        """A second check moves the time and the models, not the key."""
        run(world.keys.add("openai", URL, CANARY, check=False))
        world.clock.now = 2_000
        saved = run(world.keys.verify("openai"))
        assert (saved.verified_ms, saved.models) == (2_000, ("gpt-5.4-mini", "gpt-5.4"))
        assert world.settings.current.keys == (saved,)

    def test_rejected_later(self, world: World) -> None:
        """A key that is refused later is kept, and no longer shown as verified."""
        run(world.keys.add("openai", URL, CANARY))
        world.refusal = KeyRejected("revoked", billed=Billed.REJECTED)
        with pytest.raises(KeyRejected):
            run(world.keys.verify("openai"))
        assert (world.keys.list()[0].verified_ms, world.secrets.stored) == (None, {REF: CANARY})

    def test_offline_changes_nothing(self, world: World) -> None:
        """A check that did not reach the provider says nothing about the key."""
        saved = run(world.keys.add("openai", URL, CANARY))
        world.refusal = Offline("not reached")
        with pytest.raises(Offline):
            run(world.keys.verify("openai"))
        assert world.keys.list() == (saved,)

    def test_remove(self, world: World) -> None:
        """A removed key is in neither place, and removing it again is no error."""
        run(world.keys.add("openai", URL, CANARY))
        run(world.keys.remove("openai"))
        run(world.keys.remove("openai"))
        assert (world.secrets.stored, world.keys.list()) == ({}, ())

    def test_remove_from_a_locked_keyring(self, world: World) -> None:
        """If the keyring fails, the key stays listed: it is still there."""
        saved = run(world.keys.add("openai", URL, CANARY))
        world.secrets.state = KeyringState.LOCKED
        with pytest.raises(KeyringUnavailable):
            run(world.keys.remove("openai"))
        assert (world.keys.list(), world.secrets.stored) == ((saved,), {REF: CANARY})


class TestKeyFor:
    def test_unknown_provider(self, world: World) -> None:
        """Without an entry the keyring is not even asked."""
        world.secrets.state = KeyringState.LOCKED
        with pytest.raises(KeyMissing):
            run(world.keys.key_for("openai"))

    def test_gone_from_the_keyring(self, world: World) -> None:
        """A key that someone deleted in the keyring's own window is missing, with the next step."""
        run(world.keys.add("openai", URL, CANARY))
        world.secrets.stored.clear()
        with pytest.raises(KeyMissing, match="The keyring has no openai key"):
            run(world.keys.key_for("openai"))

    def test_locked_is_not_missing(self, world: World) -> None:
        """A locked keyring raises as such, so that nobody enters the key again for nothing."""
        run(world.keys.add("openai", URL, CANARY))
        world.secrets.state = KeyringState.LOCKED
        with pytest.raises(KeyringUnavailable) as caught:
            run(world.keys.key_for("openai"))
        assert caught.value.code == "locked"

    def test_changed_address_in_the_settings(self, world: World) -> None:
        """An entry whose base URL was edited to another origin finds no key."""
        saved = run(world.keys.add("openai", URL, CANARY))
        world.settings.update(keys=(replace(saved, base_url="https://evil.example/v1"),))
        with pytest.raises(KeyMissing):
            run(world.keys.key_for("openai"))

    def test_other_address_of_the_caller(self, world: World) -> None:
        """A key is not handed out for another origin, and is for another path of its own."""
        run(world.keys.add("nexu", "https://link.nexu.io", "nxk_" + "a" * 43))
        assert run(world.keys.key_for("nexu", "https://LINK.nexu.io/v1")) == "nxk_" + "a" * 43
        with pytest.raises(KeyMissing, match=r"entered for https://link\.nexu\.io"):
            run(world.keys.key_for("nexu", "https://link.evil.example/v1"))


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """Calls that wait for it are let go at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


class TestBlocking:
    def test_gives_up(self, stuck: threading.Event) -> None:
        """A keyring that does not answer becomes an error, not a frozen program."""
        with pytest.raises(KeyringUnavailable, match="does not answer"):
            run(off_loop(stuck.wait, timeout_s=0.05))

    def test_does_not_keep_the_program_alive(self, stuck: threading.Event) -> None:
        """The thread of an open prompt is one that the interpreter does not wait for at exit."""
        with pytest.raises(KeyringUnavailable):
            run(off_loop(stuck.wait, timeout_s=0.05))
        assert [thread.daemon for thread in threading.enumerate() if thread.name == "keyring"] == [True]

    def test_the_loop_goes_on(
        self, world: World, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While the keyring waits for a person, other coroutines run."""

        async def both() -> str:
            waiting = asyncio.ensure_future(world.keys.add("openai", URL, CANARY))
            while not world.asked:
                await asyncio.sleep(0)
            stuck.set()
            return (await waiting).masked

        monkeypatch.setattr(world.secrets, "set", lambda *_: stuck.wait(5))  # blocks like a prompt
        assert run(both()) == "••••4b06"

    def test_status_passes_through(self, world: World) -> None:
        """The state of the keyring is that of the adapter."""
        world.secrets.state = KeyringState.DENIED
        assert run(world.keys.status()) == world.secrets.status()


def test_no_trace_of_the_key(world: World, own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After every way a key can go, it is in no settings value, log line, file, error text or repr."""
    caplog.set_level(logging.DEBUG)
    texts = []
    refusals = [None, KeyRejected("refused"), Offline("not reached")]
    for refusal in refusals:
        for state in KeyringState:
            for session_only in (False, True):
                world.refusal, world.secrets.state = refusal, state
                try:
                    run(world.keys.add("openai", URL, CANARY, session_only=session_only))
                    run(world.keys.verify("openai"))
                    run(world.keys.remove("openai"))
                except NexuError as error:
                    texts += [error.sentence, repr(error), repr(error.__cause__), repr(error.args)]
    with pytest.raises(BadInput) as caught:
        run(world.keys.add("openai", URL, CANARY + " " + CANARY))
    texts += [caught.value.sentence, repr(caught.value), repr(world.keys), repr(world.settings.current)]
    files = [path.read_text(errors="replace") for path in own_home.rglob("*") if path.is_file()]
    assert [text for text in (*texts, *files, caplog.text) if "CANARY" in text] == []
    assert len(texts) > 40


def test_two_processes_keep_each_other_s_keys(tmp_path: Path) -> None:
    """The command line adds a key while a window is open; the window adds and removes another one."""
    secrets, path = MemorySecrets(), tmp_path / "settings.json"
    made = [
        Keys(secrets, SettingsFile(path), World().connect, FakeClock(), origin_of=origin_of) for _ in range(2)
    ]
    window, command_line = made
    run(window.add("deepseek", "https://api.deepseek.com", SECOND))
    run(command_line.add("openai", URL, CANARY))
    run(window.add("custom", "https://x.test/v1", SECOND))
    run(window.remove("deepseek"))
    assert {key.provider for key in SettingsFile(path).current.keys} == {"openai", "custom"}
