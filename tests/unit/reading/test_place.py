"""Telling signs of the same shape apart by their size and place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.lines import Place
from digits.reading.contract import SYMBOLS
from digits.reading.place import DOT_FOR_TIMES, MIN_DENSITY, density


@pytest.mark.parametrize(
    ("likelier", "other", "size", "offset"),
    [
        (".", "0", 0.06, 0.47),
        (".", DOT_FOR_TIMES, 0.06, 0.47),
        (DOT_FOR_TIMES, ".", 0.06, 0.02),
        (",", "1", 0.25, 0.55),
        ("1", ",", 1.0, 0.0),
        ("-", "1", 0.5, 0.02),
        ("+", "4", 0.6, 0.0),
        ("4", "+", 1.0, 0.0),
    ],
)
def test_the_place_decides_between_symbols_of_one_shape(likelier, other, size, offset):
    place = Place(1.0, size, offset)
    assert density(likelier, place) > 3 * density(other, place)


@given(st.sampled_from([*SYMBOLS, DOT_FOR_TIMES, ""]), st.floats(0, 100), st.floats(-1e6, 1e6))
def test_every_place_is_possible(symbol, size, offset):
    assert MIN_DENSITY <= density(symbol, Place(1.0, size, offset)) < math.inf


def test_all_digits_are_equally_likely_at_a_place():
    assert len({density(digit, Place(1.0, 0.9, 0.05)) for digit in "0123456789"}) == 1
