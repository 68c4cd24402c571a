"""The first bytes of images, as small as they can be."""

from __future__ import annotations

import struct

ORIENTED = (  # an EXIF block that says: turned by a quarter
    b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + b"\0\0\0\0"
)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0"


def webp(width: int, height: int) -> bytes:
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def jpeg(width: int, height: int, *, exif: bytes = b"") -> bytes:
    turned = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif if exif else b""
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\1\3\x11\1"
    return b"\xff\xd8" + turned + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"
