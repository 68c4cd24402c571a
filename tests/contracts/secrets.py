"""What every implementation of ports.Secrets does, and the one in memory that tests of services use."""

from __future__ import annotations

from nexu_desktop.domain.errors import KeyringUnavailable
from nexu_desktop.services.ports import KeyringState, SecretRef, Secrets, SecretsStatus

REF = SecretRef("openai", "https://api.openai.com")
OTHER_ORIGIN = SecretRef("openai", "https://proxy.example")
OTHER_PROVIDER = SecretRef("deepseek", "https://api.openai.com")


class SecretsContract:
    """Subclass it with a fixture `secrets` that gives a working, possibly used, implementation."""

    def test_gives_back_what_was_set(self, secrets: Secrets) -> None:
        """A stored key is read back, and is not one for the session."""
        secrets.set(REF, "sk-one")
        assert (secrets.get(REF), secrets.session_only(REF)) == ("sk-one", False)

    def test_replaces(self, secrets: Secrets) -> None:
        """The second key of one provider at one origin takes the place of the first."""
        secrets.set(REF, "first")
        secrets.set(REF, "second")
        assert secrets.get(REF) == "second"

    def test_keeps_origins_and_providers_apart(self, secrets: Secrets) -> None:
        """Another origin or another provider has no key of this one."""
        secrets.set(REF, "sk-one")
        assert (secrets.get(OTHER_ORIGIN), secrets.get(OTHER_PROVIDER)) == (None, None)

    def test_deletes(self, secrets: Secrets) -> None:
        """A removed key is gone, and removing it again is no error."""
        secrets.set(REF, "sk-one")
        secrets.delete(REF)
        secrets.delete(REF)
        assert secrets.get(REF) is None

    def test_session_copy_hides_the_stored_key_and_goes_first(self, secrets: Secrets) -> None:
        """Deleting a key of the session brings the stored one back."""
        secrets.set(REF, "stored")
        secrets.set_for_session(REF, "for now")
        assert (secrets.get(REF), secrets.session_only(REF)) == ("for now", True)
        secrets.delete(REF)
        assert (secrets.get(REF), secrets.session_only(REF)) == ("stored", False)

    def test_set_ends_the_session_copy(self, secrets: Secrets) -> None:
        """Storing a key for good replaces the copy for the session."""
        secrets.set_for_session(REF, "for now")
        secrets.set(REF, "for good")
        assert (secrets.get(REF), secrets.session_only(REF)) == ("for good", False)

    def test_is_working(self, secrets: Secrets) -> None:
        """A keyring that can be used says so, with a name."""
        status = secrets.status()
        assert (status.state, bool(status.backend)) == (KeyringState.WORKING, True)


class MemorySecrets:
    """Implements Secrets in memory; with `state` other than WORKING the stored part raises."""

    def __init__(self, state: KeyringState = KeyringState.WORKING) -> None:
        self.state = state
        self.stored: dict[SecretRef, str] = {}
        self.session: dict[SecretRef, str] = {}

    def status(self) -> SecretsStatus:
        return SecretsStatus(self.state, "Memory")

    def get(self, ref: SecretRef) -> str | None:
        if ref in self.session:
            return self.session[ref]
        self._check()
        return self.stored.get(ref)

    def set(self, ref: SecretRef, secret: str) -> None:
        self._check()
        self.stored[ref] = secret
        self.session.pop(ref, None)

    def set_for_session(self, ref: SecretRef, secret: str) -> None:
        self.session[ref] = secret

    def session_only(self, ref: SecretRef) -> bool:
        return ref in self.session

    def delete(self, ref: SecretRef) -> None:
        if self.session.pop(ref, None) is None:
            self._check()
            self.stored.pop(ref, None)

    def _check(self) -> None:
        if self.state is not KeyringState.WORKING:
            raise KeyringUnavailable("The keyring is not there.", code=self.state.value)
