"""What a person must be able to see: control characters as symbols, nothing that steers a text document."""

from __future__ import annotations

REPLACEMENT = 0xFFFD

# U+FFFC and U+FDD0/1 are Qt's own marks for objects and frames; half a surrogate pair is no text at all.
_UNSAFE: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(32) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT),
    **dict.fromkeys((0xFFFC, 0xFDD0, 0xFDD1), REPLACEMENT),
    0x2029: 0x2028,
}
# In code a character that turns the reading direction can make a line say something else than it does.
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_UNSAFE_IN_CODE = {**_UNSAFE, **{code: f"⟨U+{code:04X}⟩" for code in _TURNING}}


def visible(text: str) -> str:
    """`text` for a paragraph; line ends become \\n."""
    return _one_line_end(text).translate(_UNSAFE)


def visible_code(text: str) -> str:
    """`text` for a code card; marks that turn the direction are spelled out."""
    return _one_line_end(text).translate(_UNSAFE_IN_CODE)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
