"""A pasted key: what is trimmed, what is refused, what may be shown of it."""

from __future__ import annotations

import pytest

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.keys import KEY_CHARS_MAX, mask, trimmed


class TestTrimmed:
    @pytest.mark.parametrize(
        "text",
        [
            "sk-abc\n", "  sk-abc\r\n", "\u00a0sk-abc\u200b", "\ufeffsk-abc", '"sk-abc"', "“sk-abc”",
            "'sk-abc'", "Bearer sk-abc", "\u2060 sk-abc \u3000", "` sk-abc `",
        ],
    )  # fmt: skip
    def test_drops_what_surrounds_the_key(self, text: str) -> None:
        """What a paste brings along on either side is not part of the key."""
        assert trimmed(text) == "sk-abc"

    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("sk-abc\r\nX-Evil: 1", "a line break"),
            ("sk-abc sk-def", "a space"),
            ("sk-\tabc", "a tab"),
            ("sk-\u200babc", "U+200B"),
            ("sk-\u0430bc", "U+0430"),
            ("sk-\x00abc", "U+0000"),
            ("sk-\ud800abc", "U+D800"),
            ("", "no key"),
            (" \u200b \n", "no key"),
            ('""', "no key"),
            ("x" * (KEY_CHARS_MAX + 1), "too long"),
            ("x" * 5_000_000, "too long"),
        ],
    )
    def test_refuses_what_is_no_key(self, text: str, named: str) -> None:
        """What could end a header, or cannot be in one, is refused by name and without showing the key."""
        with pytest.raises(BadInput) as caught:
            trimmed(text)
        assert (named in caught.value.title, "sk-" in caught.value.sentence) == (True, False)

    def test_longest(self) -> None:
        """A key of exactly the limit passes."""
        assert trimmed("x" * KEY_CHARS_MAX) == "x" * KEY_CHARS_MAX


@pytest.mark.parametrize(
    ("key", "shown"), [("k" * 16 + "4f2K", "••••4f2K"), ("k" * 15 + "4f2K", "••••"), ("", "••••")]
)
def test_mask(key: str, shown: str) -> None:
    """Four characters from 20 on, none below."""
    assert mask(key) == shown
