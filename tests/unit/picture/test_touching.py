"""Cutting components in which two digits touch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.components import Component, PixelGrid
from digits.picture.touching import MAX_CUTS, Touching
from tests.support.photos import INK, PAPER, draw_on_paper
from tests.support.strokes import DRAWN_DIGITS

PEN = 6
"""The width of the pen in pixels."""


def component(strokes):
    """Return the ink of a drawing as one component."""
    sheet = draw_on_paper(strokes, PEN, side=160, scale=80)
    grid = PixelGrid(((PAPER - sheet) / (PAPER - INK)).tolist())
    pixels = [pixel for pixel, value in enumerate(grid.values) if value > 0.5]
    return Component(grid, pixels)


def beside(first, second, gap):
    """Return the strokes of two digits. gap: between their strokes; the pen may close it."""
    right = max(x for stroke in DRAWN_DIGITS[first] for x, _ in stroke)
    left = min(x for stroke in DRAWN_DIGITS[second] for x, _ in stroke)
    moved = [[(x + right - left + gap, y) for x, y in stroke] for stroke in DRAWN_DIGITS[second]]
    return [*DRAWN_DIGITS[first], *moved]


@pytest.mark.parametrize("pair", ["00", "36", "53", "69", "20"])
def test_two_digits_that_touch_are_cut_near_the_place_where_they_touch(pair):
    digit = component(DRAWN_DIGITS[pair[0]])
    both = component(beside(*pair, gap=0.06))
    pieces = Touching([both, digit], PEN).cut(both)
    assert sorted(pixel for piece in pieces for pixel in piece.pixels) == sorted(both.pixels)
    width = digit.box[2] - digit.box[0]
    ends = [piece.box[2] - digit.box[0] for piece in pieces]
    assert min(abs(end - width) for end in ends) <= 2 * PEN


def test_the_middle_of_the_pieces_is_the_middle_of_the_whole():
    both = component(beside("3", "6", gap=0.06))
    pieces = Touching([both], PEN).cut(both)
    assert len(pieces) > 1
    assert sorted(pixel for piece in pieces for pixel in piece.middle) == both.middle


@pytest.mark.parametrize(
    "strokes", [DRAWN_DIGITS["1"], DRAWN_DIGITS["7"], [[(0.2, 0.5), (0.9, 0.5)]]]
)
def test_a_1_a_7_and_a_flat_line_are_not_cut(strokes):
    digit, other = component(DRAWN_DIGITS["3"]), component(strokes)
    assert Touching([digit, other], PEN).cut(other) == [other]


def test_a_digit_that_is_alone_is_not_cut():
    for label, strokes in DRAWN_DIGITS.items():
        digit = component(strokes)
        assert Touching([digit], PEN).cut(digit) == [digit], label


@given(st.integers(0, 2**32), st.floats(1, 6))
def test_cuts_divide_all_pixels_among_the_pieces(seed, thickness):
    pixels = np.random.default_rng(seed).random((16, 30)) < 0.4
    parts = PixelGrid(pixels.astype(float).tolist()).components(0.5, 0.5)
    touching = Touching(parts, thickness)
    for part in parts:
        pieces = touching.cut(part)
        assert 1 <= len(pieces) <= MAX_CUTS + 1
        assert sorted(p for piece in pieces for p in piece.pixels) == sorted(part.pixels)
