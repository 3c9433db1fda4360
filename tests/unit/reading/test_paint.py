"""The pictures of an explanation and of the network's layers."""

from array import array

import pytest

from digits.drawing.raster import SIDE
from digits.reading.occlusion import NOTICEABLE
from digits.reading.paint import (
    MIN_OPACITY,
    ZOOM,
    maps_per_row,
    paint_erasure,
    paint_importance,
    paint_maps,
)

INK, FOR, AGAINST = (20, 30, 40), (0, 0, 200), (200, 100, 0)
"""Colours: of ink that does not matter, of ink for the answer, and of ink against it."""


def image_of(*inked):
    """Return an image with full ink in these pixels."""
    return array("f", (float(pixel in inked) for pixel in range(SIDE * SIDE)))


def pixels(picture):
    """Return the pixels of a picture, each as (red, green, blue, opacity)."""
    return [tuple(picture[start : start + 4]) for start in range(0, len(picture), 4)]


def test_the_colour_and_opacity_of_ink_show_its_importance():
    importance = [0.0] * SIDE * SIDE
    importance[:4] = [0.4, -0.2, 0.0, 0.4]
    painted = pixels(paint_importance(image_of(0, 1, 2), importance, INK, (FOR, AGAINST)))
    assert painted[0] == (*FOR, 255)
    half = tuple(round((a + b) / 2) for a, b in zip(INK, AGAINST, strict=True))
    assert painted[1][:3] == half
    assert painted[2] == (*INK, round(255 * MIN_OPACITY))
    assert painted[1][3] > painted[2][3]
    assert {opacity for *_, opacity in painted[3:]} == {0}


def test_small_importance_hardly_changes_the_colour_of_ink():
    importance = [NOTICEABLE / 100] * SIDE * SIDE
    red, green, blue, _ = pixels(paint_importance(image_of(0), importance, INK, (FOR, AGAINST)))[0]
    assert max(abs(a - b) for a, b in zip((red, green, blue), INK, strict=True)) <= 2


def test_only_erased_ink_is_hatched():
    width = SIDE * ZOOM
    painted = pixels(paint_erasure(image_of(0, 1), image_of(1), INK, AGAINST))
    assert len(painted) == width * width

    def cell(column):
        """Return the painted pixels for the pixel of the image in this column of the top row."""
        left = column * ZOOM
        return [painted[y * width + x] for y in range(ZOOM) for x in range(left, left + ZOOM)]

    assert set(cell(0)) == {(*AGAINST, 255), (0, 0, 0, 0)}
    assert 0 < cell(0).count((*AGAINST, 255)) < ZOOM * ZOOM
    assert set(cell(1)) == {(*INK, 255)}
    assert {opacity for *_, opacity in cell(2)} == {0}


@pytest.mark.parametrize(("maps", "columns"), [(1, 1), (16, 8), (40, 14), (64, 16)])
def test_feature_maps_are_drawn_in_rows(maps, columns):
    height, width = 2, 3
    values = [float(number) for number in range(maps * height * width)]
    painted = pixels(paint_maps(values, maps, height, width))
    assert maps_per_row(maps) == columns
    picture_width = columns * (width + 1) - 1
    rows = -(-maps // columns)  # rounded up
    assert len(painted) == picture_width * (rows * (height + 1) - 1)
    for number in range(maps):
        row, column = divmod(number, columns)
        for y in range(height):
            for x in range(width):
                value = values[(number * height + y) * width + x]
                index = (row * (height + 1) + y) * picture_width + column * (width + 1) + x
                grey = painted[index][0]
                assert painted[index] == (grey, grey, grey, 255)
                assert grey == pytest.approx(255 * value / values[-1], abs=1)
    assert sum(opacity == 0 for *_, opacity in painted) == len(painted) - len(values)


def test_feature_maps_of_zeros_are_black():
    assert set(pixels(paint_maps([0.0] * 8, 2, 2, 2))) == {(0, 0, 0, 255), (0, 0, 0, 0)}
