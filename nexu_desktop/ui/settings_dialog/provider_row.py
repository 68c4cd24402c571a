"""What the dialog says about one provider."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """`base_url` is empty where the person must give it; `hint` shows what a key looks like."""

    name: str
    title: str
    base_url: str
    hint: str = ""

    @property
    def is_nexu(self) -> bool:
        return self.name == "nexu"

    @property
    def address_is_free(self) -> bool:
        return self.is_nexu or not self.base_url

    def pays(self, host: str) -> str:
        """Where messages go and who is billed, in one sentence."""
        if self.is_nexu:
            return f"Messages on this lane go to {host} and are paid with your Nexu credits."
        where = host or "the address below"
        return f"Messages on this lane go straight to {where} with your key. They use no credits; {self._biller}."

    @property
    def _biller(self) -> str:
        return f"{self.title} bills you" if self.base_url else "whoever runs it may bill you"
