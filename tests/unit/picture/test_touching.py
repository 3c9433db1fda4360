"""Cutting components in which two digits touch."""

import numpy as np
import pytest

from digits.picture.components import Component, PixelGrid
from digits.picture.touching import cut_touching
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


@pytest.mark.parametrize("pair", ["00", "36", "53", "69", "83", "20"])
def test_two_digits_that_touch_are_cut_near_the_place_where_they_touch(pair):
    digit = component(DRAWN_DIGITS[pair[0]])
    both = component(beside(*pair, overlap=0.0))
    found = cut_touching([both], PEN)
    assert len(found) == 2
    assert sorted(p for each in found for p in each.pixels) == sorted(both.pixels)
    width = digit.box[2] - digit.box[0]
    assert found[0].box[2] - found[0].box[0] == pytest.approx(width, abs=PEN)


@pytest.mark.parametrize("label", DRAWN_DIGITS)
def test_a_single_digit_is_not_cut(label):
    digit = component(DRAWN_DIGITS[label])
    assert cut_touching([digit], PEN) == [digit]


def test_a_minus_is_not_cut():
    digit, minus = component(DRAWN_DIGITS["3"]), component([[(0.2, 0.5), (0.9, 0.5)]])
    assert minus in cut_touching([digit, minus], PEN)


def test_pixels_are_never_lost():
    rng = np.random.default_rng(2)
    for _ in range(20):
        grid = PixelGrid((rng.random((24, 40)) < 0.4).astype(float).tolist())
        parts = grid.components(0.5, 0.5)
        cut = cut_touching(parts, 2)
        assert sorted(p for each in cut for p in each.pixels) == sorted(
            p for each in parts for p in each.pixels
        )
