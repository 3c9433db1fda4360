"""The size of a picture, read from the first bytes of its file; refusal of large pictures."""

import io
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digits.picture.file.image_size import (
    HEADER_BYTES,
    MAX_BYTES,
    MAX_BYTES_UNKNOWN_FORMAT,
    dimensions,
    reason_to_refuse,
)

SIGNATURES = [
    b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8",
    b"\0\0\0\x1cftyp", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"\0\0\1\0", b"\xff\x0a",
    b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51",
]  # fmt: skip
"""The first bytes of files of each format."""


def saved(file_format, size=(83, 41), **options):
    """Return a file that Pillow writes. options: of Pillow's encoder."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, file_format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "file_format", ["PNG", "GIF", "BMP", "JPEG", "WEBP", "AVIF", "TIFF", "JPEG2000"]
)
def test_the_size_of_a_file_written_by_pillow_is_read(file_format):
    assert dimensions(saved(file_format)) == (83, 41)


def test_the_sizes_of_lossless_and_transparent_webp_are_read():
    assert dimensions(saved("WEBP", lossless=True)) == (83, 41)
    file = io.BytesIO()
    Image.new("RGBA", (83, 41)).save(file, "WEBP", exif=b"Exif\0\0")
    assert dimensions(file.getvalue()) == (83, 41)


def test_the_size_of_an_icon_is_that_of_its_largest_picture():
    assert dimensions(saved("ICO", (256, 256), sizes=[(16, 16), (256, 256), (32, 32)])) == (
        256,
        256,
    )
    assert dimensions(ICON + saved("PNG", (3000, 2000))) == (3000, 2000)
    assert dimensions(ICON + saved("BMP", (3000, 2000))[14:]) == (3000, 1000)  # half is the mask
    bitmaps = saved("ICO", (64, 64), sizes=[(16, 16), (64, 64)], bitmap_format="bmp")
    assert dimensions(bitmaps) == (64, 64)


ICON = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, 33, 22)
"""The directory of an icon with one picture. It declares a picture of 16 x 16 pixels."""


def test_the_size_of_a_gif_is_the_rectangle_around_its_screen_and_frames():
    frames = [Image.new("P", (83, 41), colour) for colour in (0, 1, 2)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], comment=b"a" * 300)
    assert dimensions(file.getvalue()) == (83, 41)
    assert dimensions(gif((50, 60), (40, 10, 30, 20), (0, 0, 8, 90))) == (70, 90)
    assert dimensions(gif((50, 60))) is None


def gif(screen, *frames):
    """Return a GIF with empty frames. frames: left, top, width and height of each frame."""
    start = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes(6)
    comment = b"!\xfe\3,;!\0"
    return start + b"".join(
        comment + b"," + struct.pack("<HHHHB", *frame, 0x81) + bytes(12) + b"\2\1\0\0"
        for frame in frames
    )


def box(kind, content):
    """Return a box of an ISO base media file."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def test_the_size_of_an_avif_is_that_of_its_largest_picture():
    """A file can also contain the tiles of a grid, or a thumbnail."""
    sizes = [box(b"ispe", struct.pack(">III", 0, *size)) for size in ((512, 512), (40_000, 30_000))]
    assert dimensions(box(b"ftyp", b"avif\0\0\0\0") + b"".join(sizes)) == (40_000, 30_000)
    moving = b"av01" + bytes(6 + 18) + struct.pack(">HH", 50_000, 60_000)
    assert dimensions(box(b"ftyp", b"avis\0\0\0\0") + moving) == (50_000, 60_000)


@pytest.mark.parametrize("length", [b"\0\0\0\0", b"\0\0\0\x14", b"\0\0\0\x18", b"\0\0\0\1"])
@pytest.mark.parametrize("before", [b"", b"ispe\0\0\0", b"\0\0\0\1ispe" + bytes(8)])
def test_the_size_of_an_avif_is_read_however_its_box_states_its_length(length, before):
    """Bytes before the box that look like another box must not hide it."""
    content = struct.pack(">III", 1, 40_000, 30_000)
    large = struct.pack(">Q", 28) if length == b"\0\0\0\1" else b""
    size = dimensions(box(b"ftyp", b"avif") + before + length + b"ispe" + large + content)
    assert math.prod(size) >= 40_000 * 30_000


def test_the_size_of_jpeg_2000_is_the_larger_of_those_in_its_box_and_in_its_data():
    small, large = struct.pack(">II", 20, 30), struct.pack(">II", 40_000, 30_000)
    start = b"\0\0\0\x0cjP  \r\n\x87\n"
    data = b"\xff\x4f\xff\x51" + bytes(4)
    assert dimensions(start + box(b"ihdr", large)) == (30_000, 40_000)
    assert dimensions(start + box(b"ihdr", small) + data + large) == (40_000, 30_000)
    assert dimensions(data + large) == (40_000, 30_000)


def test_the_sizes_of_tiff_in_both_byte_orders_and_of_bmp_of_os2_are_read():
    for order, start in (("<", b"II*\0"), (">", b"MM\0*")):
        entries = struct.pack(f"{order}HHIHHHHII", 256, 3, 1, 640, 0, 257, 4, 1, 70_000)
        directory = struct.pack(f"{order}IH", 8, 2) + entries
        assert dimensions(start + directory) == (640, 70_000)
    assert dimensions(b"BM" + bytes(12) + struct.pack("<IHH", 12, 640, 480)) == (640, 480)


def test_the_size_of_a_jpeg_is_read_after_padding_and_metadata():
    jpeg = saved("JPEG")
    metadata = b"\xff\xe1" + struct.pack(">H", 65_535) + bytes(65_533)
    assert dimensions(b"\xff\xd8\xff" + metadata * 8 + jpeg[2:]) == (83, 41)


@pytest.mark.parametrize("skipped", [b"a", b"\xff\0", b"\xff\1", b"\xff\xd0", b"a\xff\xff"])
def test_the_size_of_a_jpeg_is_read_after_bytes_that_decoders_skip(skipped):
    assert dimensions(b"\xff\xd8" + skipped + saved("JPEG")[2:]) == (83, 41)


def jpeg_xl(*fields):
    """Return a JPEG XL header. fields: its bit fields, each as (value, number of bits)."""
    bits = place = 0
    for value, count in fields:
        bits |= value << place
        place += count
    return b"\xff\x0a" + bits.to_bytes(16, "little")


def test_small_and_large_sizes_of_jpeg_xl_are_read():
    # Small: the flag of small sizes, height / 8 - 1, the number of the ratio, width / 8 - 1.
    assert dimensions(jpeg_xl((1, 1), (4, 5), (0, 3), (9, 5))) == (80, 40)
    assert dimensions(jpeg_xl((1, 1), (4, 5), (7, 3))) == (80, 40)  # ratio 7 is 2:1
    # Large: before the height - 1 and the width - 1, a code says how many bits they have.
    large = jpeg_xl((0, 1), (3, 2), (99_999, 30), (0, 3), (1, 2), (4095, 13))
    assert dimensions(large) == (4096, 100_000)
    assert dimensions(b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"jxlc", large)) == (4096, 100_000)


@pytest.mark.parametrize(
    ("head", "length", "reason"),
    [
        (saved("PNG"), MAX_BYTES, None),
        (saved("PNG"), MAX_BYTES + 1, "picture_too_large"),
        (box(b"ftyp", b"avif") + box(b"ispe", struct.pack(">III", 0, 10_001, 10_000)), 500,
         "picture_too_many_pixels"),
        (b"MM\0*" + struct.pack(">IHHHIIHHII", 8, 2, 256, 4, 1, 30_000, 257, 4, 1, 30_000), 500,
         "picture_too_many_pixels"),
        (jpeg_xl((0, 1), (3, 2), (2**30 - 1, 30), (1, 3)), 30, "picture_too_many_pixels"),
        (b"\xff\xd8a\xff\xc0\0\x11\x08" + struct.pack(">HH", 65_000, 65_000), 500,
         "picture_too_many_pixels"),
        (gif((1, 1), (0, 0, 65_000, 65_000)), 500, "picture_too_many_pixels"),
        (gif((65_000, 1), (0, 0, 1, 65_000)), 500, "picture_too_many_pixels"),
        (ICON + struct.pack("<Iii", 40, 30_000, 60_000), 500, "picture_too_many_pixels"),
        (b"a new format", MAX_BYTES_UNKNOWN_FORMAT, None),
        (b"a new format", MAX_BYTES_UNKNOWN_FORMAT + 1, "picture_unknown_size"),
        *((signature, 500, "picture_unknown_size") for signature in SIGNATURES),
        (b"\x89PNG\r\n\x1a\n" + bytes(16), 24, "picture_unknown_size"),
    ],
)  # fmt: skip
def test_reason_to_refuse_returns_the_reason_or_none(head, length, reason):
    assert reason_to_refuse(head, length) == reason


@given(st.sampled_from([b"", *SIGNATURES]), st.binary(max_size=200))
def test_dimensions_returns_a_size_or_none_for_any_bytes(signature, content):
    head = signature + content
    size = dimensions(head)
    assert size is None or all(side >= 0 for side in size)
    reason = reason_to_refuse(head, len(head))
    if size and all(size):
        assert reason in (None, "picture_too_many_pixels")
    elif signature:
        assert reason == "picture_unknown_size"


@given(st.data())
def test_dimensions_raises_no_error_for_a_damaged_file(data):
    file_format = data.draw(
        st.sampled_from(["GIF", "BMP", "JPEG", "JPEG2000", "WEBP", "AVIF", "TIFF", "ICO"])
    )
    content = bytearray(FILES[file_format])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    dimensions(bytes(content[: data.draw(st.integers(0, len(content)))]))


FILES = {
    name: saved(name, (32, 32))
    for name in ("GIF", "BMP", "JPEG", "JPEG2000", "WEBP", "AVIF", "TIFF", "ICO")
}
"""A file of each of these formats, which Pillow writes, by the name of the format."""


def test_dimensions_is_fast_for_long_headers_that_repeat_a_pattern():
    """This test has no assertion: a parser of quadratic time would make it run for minutes."""
    for signature in SIGNATURES:
        for pattern in (b"\xff", b"\0", b" ", b"ispe\0\0\0\0",
                        b"\xff\xd0", b"!\xfe\0", b"ihdr"):  # fmt: skip
            dimensions(signature + pattern * (HEADER_BYTES // len(pattern)))
