"""Small PNG files that contain, or claim to contain, very many pixels."""

import zlib

from tests.support.photos import png_from_data


def white_png(side, rows=None):
    """Return a white PNG whose header states `side` x `side` pixels.

    Args:
        side: width and height in pixels.
        rows: how many rows of pixels the file contains, a multiple of 100; None for all.
    """
    row = b"\0" + b"\xff" * -(-side // 8)
    compressor = zlib.compressobj(1)
    count = side if rows is None else rows
    chunks = [compressor.compress(row * 100) for _ in range(count // 100)]
    return png_from_data(side, side, 1, b"".join(chunks) + compressor.flush())
