"""Thinning ink to the middle of its lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.components import PixelGrid
from digits.picture.thinning import thin
from tests.support.photos import INK, PAPER, draw_on_paper
from tests.support.strokes import DRAWN_DIGITS


def grid_of(strokes, pen):
    """Return a drawing as a grid of ink."""
    sheet = draw_on_paper(strokes, pen, side=120, scale=80)
    return PixelGrid(((PAPER - sheet) / (PAPER - INK)).tolist())


@pytest.mark.parametrize("label", DRAWN_DIGITS)
@pytest.mark.parametrize("pen", [3, 6, 9])
def test_the_middle_of_a_digit_is_its_stroke(label, pen):
    (component,) = grid_of(DRAWN_DIGITS[label], pen).components(0.5, 0.5)
    (line,) = grid_of(DRAWN_DIGITS[label], 2).components(0.3, 0.5)
    near = {
        p + dx + dy * line.grid.stride
        for p in line.pixels
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    }
    middle = component.middle
    assert len(middle) < 2.5 * len(component.pixels) / pen
    assert len(set(middle) - near) <= 0.15 * len(middle)


def test_a_spot_becomes_a_point():
    rows, columns = np.indices((21, 21))
    grid = PixelGrid((np.hypot(rows - 10, columns - 10) < 6).astype(float).tolist())
    (spot,) = grid.components(0.5, 0.5)
    assert len(thin(spot.pixels, grid.stride)) <= 3


@given(st.integers(0, 2**32), st.floats(0.2, 0.9))
def test_connected_ink_stays_connected(seed, share):
    pixels = np.random.default_rng(seed).random((14, 18)) < share
    grid = PixelGrid(pixels.astype(float).tolist())
    for component in grid.components(0.5, 0.5):
        middle = thin(component.pixels, grid.stride)
        assert set(middle) <= set(component.pixels)
        values = [0.0] * len(grid.values)
        for pixel in middle:
            values[pixel] = 1.0
        thinned = PixelGrid([[0.0]])
        thinned.values, thinned.stride, thinned.width, thinned.height = (
            values,
            grid.stride,
            grid.width,
            grid.height,
        )
        assert len(thinned.components(0.5, 0.5)) == 1
