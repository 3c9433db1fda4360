"""Read a picture's size from the first bytes of its file, before it is decoded.

A decoded pixel takes four bytes, and a file of a few kilobytes can contain billions of pixels. So
the app reads the header first, and refuses pictures that might not fit into memory.
"""

from __future__ import annotations

import math
import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_BYTES = 1 << 20
"""The number of bytes to read. It is large: a JPEG can have much metadata before its size."""
MAX_BYTES = 64_000_000
"""The maximum length of a file. A longer file might exhaust a phone's memory."""
MAX_PIXELS = 100_000_000
"""The maximum number of pixels of a picture."""
MAX_BYTES_UNKNOWN_FORMAT = 1_000_000
"""The maximum length of a file of an unknown format, because its size can't be read."""

type Size = tuple[int, int]
"""Width and height in pixels."""

_JPEG_MARKER = re.compile(rb"\xff[^\0\x01\xd0-\xd7\xff]")
"""A marker that is followed by the length of a segment. Decoders skip bytes between segments."""
_JPEG_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
"""The markers of a JPEG's frame header, which contains the size."""
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
"""The tags of a TIFF's width and height."""
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""The ratios of width to height that JPEG XL numbers 1, 2, 3, ..."""
_GIF_BLOCK = re.compile(rb"[!,;]")
"""The first byte of a GIF's extension, image or trailer."""
_ISPE = re.compile(rb"(?=(?:\0\0\0\x01ispe.{8}|ispe)\0.{3}(.{4})(.{4}))", re.DOTALL)
"""The size of one image in an AVIF or HEIF file: the box `ispe` of ISO/IEC 23008-12, 6.5.3.

A box begins with its length in four bytes and its name. If the length is 1, the real length follows
the name, in eight bytes. Matches can overlap; with `(?=...)`, `findall` returns all of them.
"""
_SAMPLE = re.compile(
    rb"(?=(?:\0\0\0\x01(?:av01|hvc1|hev1).{8}|av01|hvc1|hev1)\0{6}.{18}(..)(..))", re.DOTALL
)
"""The size of an animated AVIF or HEIF: the box VisualSampleEntry of ISO/IEC 14496-12, 12.1.3."""
_IHDR = re.compile(rb"(?=ihdr(.{4})(.{4}))", re.DOTALL)
"""The height and width of a JPEG 2000 file: the box `ihdr` of ISO/IEC 15444-1, I.5.3.1."""
_SIZ = re.compile(rb"(?=\xff\x4f\xff\x51.{4}(.{4})(.{4}))", re.DOTALL)
"""The width and height of JPEG 2000 data: the marker SIZ of ISO/IEC 15444-1, A.5.1."""


def reason_to_refuse(head: bytes, length: int) -> str | None:
    """Return why a picture must not be decoded, as a key of text.json; None if it can be decoded.

    Args:
        head: The first HEADER_BYTES bytes of the file, or the whole file if it is shorter.
        length: The length of the file in bytes.

    """
    if length > MAX_BYTES:
        return "picture_too_large"
    if not _parser(head):  # the browser can't decode it either, or its format is very new
        return "picture_unknown_size" if length > MAX_BYTES_UNKNOWN_FORMAT else None
    pixels = math.prod(dimensions(head) or (0,))
    if not pixels:
        return "picture_unknown_size"
    return "picture_too_many_pixels" if pixels > MAX_PIXELS else None


def dimensions(head: bytes) -> Size | None:
    """Return the size of a picture, None if the size or the format is unknown.

    The known formats are PNG, GIF, BMP, JPEG, JPEG 2000, JPEG XL, WebP, AVIF, HEIF, TIFF and ICO;
    `digits.picture.file.svg` handles SVG. If a file contains several pictures, return the size of
    the largest one; of a TIFF, that of the first page; of a GIF, that of the area which all frames
    cover.

    Args:
        head: The first bytes of the file. If the size is not among them, it is unknown.

    """
    parse = _parser(head)
    try:
        return parse(head) if parse else None
    except (struct.error, IndexError):
        return None


def _parser(head: bytes) -> Callable[[bytes], Size | None] | None:
    """Return the function that reads the size from a file; None if its format is unknown."""
    return next(
        (parse for start, parse in _FORMATS.items() if re.match(start, head, re.DOTALL)), None
    )


def _pair(struct_format: str, head: bytes, offset: int) -> Size:
    """Unpack two numbers at a byte offset, and return their absolute values."""
    first, second = struct.unpack_from(struct_format, head, offset)
    return abs(first), abs(second)


def _largest(sizes: list[Size]) -> Size | None:
    return max(sizes, key=math.prod, default=None)


def _png(head: bytes) -> Size:
    return _pair(">II", head, 16)


def _gif(head: bytes) -> Size | None:
    """Return the size of the area that the logical screen and all frames cover.

    A frame can be larger than the screen. Return None if there is no frame.
    """
    screen, flags = _pair("<HH", head, 6), head[10]
    rights, bottoms = [screen[0]], [screen[1]]
    offset = 13 + _gif_colours(flags)
    while block := _GIF_BLOCK.search(head, offset):
        offset = block.end()
        if block[0] == b";":
            break
        if block[0] == b",":
            if len(head) < offset + 9:
                break
            left, top, width, height, flags = struct.unpack_from("<HHHHB", head, offset)
            rights.append(left + width)
            bottoms.append(top + height)
            offset += 9 + _gif_colours(flags)
        offset += 1  # the label of an extension, or the LZW minimum code size of an image
        while offset < len(head) and head[offset]:
            offset += 1 + head[offset]
        offset += 1
    return (max(rights), max(bottoms)) if len(rights) > 1 else None


def _gif_colours(flags: int) -> int:
    """Return the length of a GIF's colour table in bytes; 0 if it has none."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _bmp(head: bytes) -> Size:
    return _bmp_header(head, 14)


def _bmp_header(head: bytes, offset: int) -> Size:
    (header,) = struct.unpack_from("<I", head, offset)
    return _pair("<HH" if header == 12 else "<ii", head, offset + 4)  # 12: OS/2, 16-bit sizes


def _jpeg(head: bytes) -> Size | None:
    offset = 2
    while marker := _JPEG_MARKER.search(head, offset):
        offset = marker.start()
        if marker[0][1] in _JPEG_FRAMES:
            height, width = _pair(">HH", head, offset + 5)
            return width, height
        (length,) = struct.unpack_from(">H", head, offset + 2)
        offset += 2 + length
    return None


def _jpeg_2000(head: bytes) -> Size | None:
    sizes = [(width, height) for height, width in _IHDR.findall(head)] + _SIZ.findall(head)
    return _largest([(int.from_bytes(width), int.from_bytes(height)) for width, height in sizes])


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = _pair("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _iso(head: bytes) -> Size | None:
    """Return the size of an AVIF or HEIF: the largest of the picture, its tiles and thumbnail."""
    found = [*_ISPE.findall(head), *_SAMPLE.findall(head)]
    return _largest([(int.from_bytes(width), int.from_bytes(height)) for width, height in found])


def _tiff(head: bytes) -> Size | None:
    order = "<" if head.startswith(b"II") else ">"
    (start,) = struct.unpack_from(f"{order}I", head, 4)
    (count,) = struct.unpack_from(f"{order}H", head, start)
    values = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", head, entry)
        struct_format = f"{order}H" if kind == 3 else f"{order}I"  # 3: short
        (values[tag],) = struct.unpack_from(struct_format, head, entry + 8)
    if not {_TIFF_WIDTH, _TIFF_HEIGHT} <= values.keys():
        return None
    return values[_TIFF_WIDTH], values[_TIFF_HEIGHT]


def _ico(head: bytes) -> Size | None:
    """Return the size of an icon's largest picture.

    The icon's directory allows at most 256 x 256, but an embedded PNG or BMP can have any size.
    """
    (count,) = struct.unpack_from("<H", head, 4)
    sizes = []
    for entry in range(6, 6 + 16 * count, 16):
        (start,) = struct.unpack_from("<I", head, entry + 12)
        if head.startswith(b"\x89PNG", start):
            sizes.append(_pair(">II", head, start + 16))
        else:
            width, height = _bmp_header(head, start)
            sizes.append((width, height // 2))  # half of the height is the mask
    return _largest(sizes)


def _jpeg_xl(head: bytes) -> Size | None:
    """Return the size of a JPEG XL: the SizeHeader of ISO/IEC 18181-1 after the signature FF 0A.

    Its fields are packed bit by bit, starting with the lowest bit of each byte.
    """
    start = head.find(b"\xff\x0a")
    bits, offset = int.from_bytes(head[start + 2 : start + 14], "little"), 0
    if start < 0 or len(head) < start + 14:
        return None

    def read_bits(count: int) -> int:
        nonlocal offset
        offset += count
        return bits >> (offset - count) & ((1 << count) - 1)

    is_small = read_bits(1)

    def read_side() -> int:
        return (read_bits(5) + 1) * 8 if is_small else read_bits((9, 13, 18, 30)[read_bits(2)]) + 1

    height, ratio = read_side(), read_bits(3)
    if not ratio:
        return read_side(), height
    across, down = _JXL_RATIOS[ratio - 1]
    return height * across // down, height


_FORMATS: dict[bytes, Callable[[bytes], Size | None]] = {
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"GIF8[79]a": _gif,
    rb"BM": _bmp,
    rb"\xff\xd8": _jpeg,
    rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51": _jpeg_2000,
    rb"RIFF.{4}WEBP": _webp,
    rb".{4}ftyp": _iso,
    rb"II\*\0|MM\0\*": _tiff,
    rb"\0\0[\1\2]\0": _ico,
    rb"\xff\x0a|\0\0\0\x0cJXL ": _jpeg_xl,
}
"""The function that returns the size, by the signature of the format (a regular expression)."""
