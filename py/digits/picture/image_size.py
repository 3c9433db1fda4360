"""How large a picture is, by the first bytes of its file: before all of it is decoded."""

from __future__ import annotations

import struct

HEAD = 1 << 18
"""The bytes to look at: a JPEG tells its size behind what the camera has to say."""
_STARTS = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
"""Markers of a JPEG's frame."""


def dimensions(head: bytes) -> tuple[int, int] | None:
    """Give width and height in pixels of a PNG, GIF, BMP, WebP or JPEG.

    None if it is none of these, or if the first bytes do not tell.
    """
    try:
        return _dimensions(head)
    except (struct.error, IndexError):
        return None


def _dimensions(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _two(">II", head, 16)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _two("<HH", head, 6)
    if head.startswith(b"BM"):
        return _two("<ii", head, 18)
    if head.startswith(b"\xff\xd8"):
        return _of_jpeg(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _of_webp(head)
    return None


def _two(form: str, head: bytes, place: int) -> tuple[int, int]:
    width, height = struct.unpack_from(form, head, place)
    return abs(width), abs(height)


def _of_jpeg(head: bytes) -> tuple[int, int] | None:
    place = 2
    while head[place] == 0xFF:
        if head[place + 1] in _STARTS:
            height, width = _two(">HH", head, place + 5)
            return width, height
        (length,) = struct.unpack_from(">H", head, place + 2)
        place += 2 + length
    return None


def _of_webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = _two("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
