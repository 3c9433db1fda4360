"""PNG files that are small, but say that they have, or have, very many pixels."""

import zlib

from tests.support.photos import png_of


def white_png(side, rows=None):
    """Return a white PNG of side x side pixels. rows: how many are in it, None for all."""
    row = b"\0" + b"\xff" * -(-side // 8)
    packer = zlib.compressobj(1)
    count = side if rows is None else rows
    packed = b"".join(packer.compress(row * 100) for _ in range(count // 100)) + packer.flush()
    return png_of(side, side, 1, packed)
