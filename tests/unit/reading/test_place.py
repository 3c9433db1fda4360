"""Telling symbols of the same shape apart by their size, place and lean."""

import math
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.drawing.lean import lean_of
from digits.drawing.lines import Line, Place
from digits.reading.contract import SYMBOLS
from digits.reading.place import (
    DOT_FOR_TIMES,
    LEAN,
    LEAN_DEVIATION,
    LEAN_OF_SLASH,
    MIN_DENSITY,
    density,
)
from model.writing import lines


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


@given(
    st.sampled_from([*SYMBOLS, DOT_FOR_TIMES, ""]),
    st.floats(0, 100),
    st.floats(-1e6, 1e6),
    st.none() | st.floats(-1e6, 1e6),
)
def test_no_place_is_impossible_for_a_symbol(symbol, size, offset, lean):
    assert MIN_DENSITY <= density(symbol, Place(1.0, size, offset, lean)) < math.inf


@pytest.mark.parametrize("lean", [None, -0.3, 0.0, 0.6])
def test_all_digits_are_equally_likely_at_a_place(lean):
    assert len({density(digit, Place(1.0, 0.9, 0.05, lean)) for digit in "0123456789"}) == 1


@given(st.floats(-0.2, 0.8), st.floats(0.05, 0.2))
def test_the_more_a_stroke_leans_the_more_likely_it_is_a_slash(lean, more):
    def odds(lean):
        place = Place(1.0, 1.0, 0.0, lean)
        return density("/", place) / density("1", place)

    assert odds(lean + more) > 1.1 * odds(lean)


def test_a_symbol_that_is_not_straight_is_weighed_by_its_size_and_offset_alone():
    bent, straight = Place(1.0, 1.0, 0.0), Place(1.0, 1.0, 0.0, LEAN)
    assert density("1", bent) == density("1", straight)
    assert density("/", bent) > 4 * density("/", straight)


def test_the_leans_are_those_of_synthetic_lines():
    """Measure the constants again: a straight "1" in sums, and a straight "/" in quotients."""
    leans = {"1": leans_of("1", "+"), "/": leans_of("/", "/")}
    assert mean(leans["1"]) == pytest.approx(LEAN, abs=0.08)
    assert mean(leans["/"]) == pytest.approx(LEAN_OF_SLASH, abs=0.08)
    deviation = (stdev(leans["1"]) + stdev(leans["/"])) / 2
    assert deviation == pytest.approx(LEAN_DEVIATION, abs=0.05)


def leans_of(measured, operator):
    """Return the leans of a symbol in synthetic lines of two numbers with an operator."""
    leans = []
    for index in range(200):
        rng = np.random.default_rng([5_100, index])
        text = f"{rng.integers(100)}{operator}1{rng.integers(10)}"
        symbols = lines.write_symbols(text, rng)
        line = Line([box_around(each) for each in symbols], [lean_of(s).slant for s in symbols])
        places = [line.place_of(box_around(each), lean_of(each)) for each in symbols]
        leans += [
            place.lean
            for label, place in zip(text, places, strict=True)
            if label == measured and place and place.lean is not None
        ]
    return leans
