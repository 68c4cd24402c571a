"""Kind and size of an image from its first bytes."""

from __future__ import annotations

import pytest

from nexu_desktop.adapters.image_header import read_image
from nexu_desktop.domain.errors import BadInput
from tests.services.image_bytes import ORIENTED, gif, jpeg, png, webp

KINDS = {
    "png": (png(640, 480), ("image/png", 640, 480)),
    "gif": (gif(3, 20_000), ("image/gif", 3, 20_000)),
    "webp": (webp(2_000, 1_000), ("image/webp", 2_000, 1_000)),
    "jpeg": (jpeg(1_600, 1_200), ("image/jpeg", 1_600, 1_200)),
    "a turned jpeg": (jpeg(1_600, 1_200, exif=ORIENTED), ("image/jpeg", 1_200, 1_600)),
}


@pytest.mark.parametrize(("data", "expected"), KINDS.values(), ids=KINDS.keys())
def test_kind_and_size(data: bytes, expected: tuple[str, int, int]) -> None:
    """The size is the one it is seen in."""
    assert expected == read_image(data)


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"BM" + b"\0" * 60, b"RIFF\0\0\0\0WAVE"])
def test_anything_else_is_no_image(data: bytes) -> None:
    """Not even a bitmap: no service takes one."""
    assert read_image(data) is None


@pytest.mark.parametrize("data", [png(0, 10), png(1, 1)[:12], b"\xff\xd8\xff", b"GIF89a", webp(1, 1)[:16]])
def test_a_damaged_image_is_refused(data: bytes) -> None:
    """It says what to do."""
    with pytest.raises(BadInput, match="damaged") as refused:
        read_image(data)
    assert refused.value.hint == "Open it in another program and save it again."


def test_a_decompression_bomb_is_refused() -> None:
    """100 million pixels are the most; the sentence has the size."""
    assert read_image(png(10_000, 10_000)) == ("image/png", 10_000, 10_000)
    with pytest.raises(BadInput, match="10,001 x 10,000 pixels"):
        read_image(png(10_001, 10_000))
