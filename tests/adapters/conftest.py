"""Fixtures shared by the tests of the adapters."""

from tests.adapters.secret_service import secret_service, shared_keyring

__all__ = ["secret_service", "shared_keyring"]
