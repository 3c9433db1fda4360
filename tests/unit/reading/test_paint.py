from array import array

import pytest

from digits.drawing.raster import SIDE
from digits.reading.occlusion import NOTICEABLE
from digits.reading.paint import (
    MIN_OPACITY,
    ZOOM,
    maps_per_row,
    paint_importance,
    paint_loss,
    paint_maps,
)

INK, FOR, AGAINST = (20, 30, 40), (0, 0, 200), (200, 100, 0)


def image_of(*inked):
    return array("f", (float(pixel in inked) for pixel in range(SIDE * SIDE)))


def pixels(picture):
    return [tuple(picture[start : start + 4]) for start in range(0, len(picture), 4)]


def test_ink_has_the_colour_of_its_side_and_is_faint_where_it_does_not_matter():
    matters = [0.0] * SIDE * SIDE
    matters[:4] = [0.4, -0.2, 0.0, 0.4]
    painted = pixels(paint_importance(image_of(0, 1, 2), matters, INK, (FOR, AGAINST)))
    assert painted[0] == (*FOR, 255)
    half = tuple(round((a + b) / 2) for a, b in zip(INK, AGAINST, strict=True))
    assert painted[1][:3] == half
    assert painted[2] == (*INK, round(255 * MIN_OPACITY))
    assert painted[1][3] > painted[2][3]
    assert {opacity for *_, opacity in painted[3:]} == {0}


def test_importance_that_is_small_everywhere_stays_pale():
    matters = [NOTICEABLE / 100] * SIDE * SIDE
    red, green, blue, _ = pixels(paint_importance(image_of(0), matters, INK, (FOR, AGAINST)))[0]
    assert max(abs(a - b) for a, b in zip((red, green, blue), INK, strict=True)) <= 2


def test_lost_ink_is_hatched_and_the_rest_is_unchanged():
    width = SIDE * ZOOM
    painted = pixels(paint_loss(image_of(0, 1), image_of(1), INK, AGAINST))
    assert len(painted) == width * width

    def cell(column):
        left = column * ZOOM
        return [painted[y * width + x] for y in range(ZOOM) for x in range(left, left + ZOOM)]

    assert set(cell(0)) == {(*AGAINST, 255), (0, 0, 0, 0)}
    assert 0 < cell(0).count((*AGAINST, 255)) < ZOOM * ZOOM
    assert set(cell(1)) == {(*INK, 255)}
    assert {opacity for *_, opacity in cell(2)} == {0}


@pytest.mark.parametrize(("maps", "across"), [(1, 1), (16, 8), (40, 14), (64, 16)])
def test_maps_lie_side_by_side_in_rows(maps, across):
    height, width = 2, 3
    values = [float(number) for number in range(maps * height * width)]
    painted = pixels(paint_maps(values, maps, height, width))
    assert maps_per_row(maps) == across
    wide = across * (width + 1) - 1
    rows = -(-maps // across)
    assert len(painted) == wide * (rows * (height + 1) - 1)
    for number in range(maps):
        down, right = divmod(number, across)
        for y in range(height):
            for x in range(width):
                value = values[(number * height + y) * width + x]
                at = (down * (height + 1) + y) * wide + right * (width + 1) + x
                grey = painted[at][0]
                assert painted[at] == (grey, grey, grey, 255)
                assert grey == pytest.approx(255 * value / values[-1], abs=1)
    assert sum(opacity == 0 for *_, opacity in painted) == len(painted) - len(values)


def test_a_layer_that_finds_nothing_is_black():
    assert set(pixels(paint_maps([0.0] * 8, 2, 2, 2))) == {(0, 0, 0, 255), (0, 0, 0, 0)}
