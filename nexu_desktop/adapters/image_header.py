"""What an image says of itself in its first bytes; its pixels are never decoded."""

from __future__ import annotations

import io

from nexu_desktop.domain.errors import BadInput

PIXELS_MAX = 100_000_000


def read_image(data: bytes) -> tuple[str, int, int] | None:
    """(media type, width, height in pixels) of a PNG, JPEG, WebP or GIF, turned as its EXIF says.

    None for anything else. Raises BadInput for a broken image or one of more than 100 million pixels.
    """
    media_type = _media_type(data)
    if media_type is None:
        return None
    import imagesize  # 80 ms that a start need not pay

    width, height = imagesize.get(io.BytesIO(data))
    if width <= 0 or height <= 0:  # -1 where it makes no sense
        raise BadInput("This image is damaged.", "Open it in another program and save it again.")
    if width * height > PIXELS_MAX:
        raise BadInput(f"This image has {width:,} x {height:,} pixels.", "Make it smaller first.")
    return media_type, width, height


def _media_type(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
