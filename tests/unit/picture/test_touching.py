"""Cutting components in which two digits touch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.components import Component, PixelGrid
from digits.picture.touching import cut, tall_height
from tests.support.photos import INK, PAPER, draw_on_paper
from tests.support.strokes import DRAWN_DIGITS

PEN = 6


def component(strokes):
    """Return the ink of a drawing as one component."""
    sheet = draw_on_paper(strokes, PEN, side=160, scale=80)
    grid = PixelGrid(((PAPER - sheet) / (PAPER - INK)).tolist())
    pixels = [pixel for pixel, value in enumerate(grid.values) if value > 0.5]
    return Component(grid, pixels)


def beside(first, second, overlap):
    """Return the strokes of two digits. overlap: by how much the second reaches into the first."""
    right = max(x for stroke in DRAWN_DIGITS[first] for x, _ in stroke)
    left = min(x for stroke in DRAWN_DIGITS[second] for x, _ in stroke)
    moved = [
        [(x + right - left - overlap, y) for x, y in stroke] for stroke in DRAWN_DIGITS[second]
    ]
    return [*DRAWN_DIGITS[first], *moved]


@pytest.mark.parametrize("pair", ["00", "36", "53", "69", "20"])
def test_two_digits_that_touch_are_cut_near_the_place_where_they_touch(pair):
    digit = component(DRAWN_DIGITS[pair[0]])
    both = component(beside(*pair, overlap=-0.06))
    first, second = cut(both, tall_height([both]), PEN)
    assert sorted([*first.pixels, *second.pixels]) == sorted(both.pixels)
    width = digit.box[2] - digit.box[0]
    assert first.box[2] - first.box[0] == pytest.approx(width, abs=2 * PEN)


@pytest.mark.parametrize(
    "strokes", [DRAWN_DIGITS["1"], DRAWN_DIGITS["7"], [[(0.2, 0.5), (0.9, 0.5)]]]
)
def test_what_is_narrow_or_flat_is_not_cut(strokes):
    digit = component(DRAWN_DIGITS["3"])
    assert cut(component(strokes), tall_height([digit]), PEN) == []


@given(st.integers(0, 2**32), st.floats(3, 30), st.floats(1, 6))
def test_a_cut_divides_all_pixels(seed, height, thickness):
    pixels = np.random.default_rng(seed).random((16, 30)) < 0.4
    for part in PixelGrid(pixels.astype(float).tolist()).components(0.5, 0.5):
        sides = cut(part, height, thickness)
        assert len(sides) in (0, 2)
        assert not sides or sorted(p for side in sides for p in side.pixels) == sorted(part.pixels)
