"""Pictures that are small files, and claim or hold far more."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY = 1  # bit a pixel


def png(side, rows=None):
    """Give a white PNG of side x side pixels. rows: how many it holds; left out, all of them."""
    head = struct.pack(">IIBBBBB", side, side, GREY, 0, 0, 0, 0)
    row = b"\0" + b"\xff" * -(-side // 8)
    packer = zlib.compressobj(1)
    count = side if rows is None else rows
    packed = b"".join(packer.compress(row * 100) for _ in range(count // 100)) + packer.flush()
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind, content):
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
