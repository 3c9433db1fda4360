"""PNG files that are small, but say that they have, or have, very many pixels."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BIT_DEPTH = 1


def png(side, rows=None):
    """Return a white PNG of side x side pixels. rows: how many are in it, None for all."""
    head = struct.pack(">IIBBBBB", side, side, BIT_DEPTH, 0, 0, 0, 0)
    row = b"\0" + b"\xff" * -(-side // 8)
    packer = zlib.compressobj(1)
    count = side if rows is None else rows
    packed = b"".join(packer.compress(row * 100) for _ in range(count // 100)) + packer.flush()
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind, content):
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
