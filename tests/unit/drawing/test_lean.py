"""Measuring how far strokes lean."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.lean import NO_LEAN, lean_of

points = st.tuples(st.floats(-1, 1), st.floats(-1, 1))
strokes = st.lists(st.lists(points, min_size=1, max_size=8), max_size=3)


@given(st.floats(-2, 2), st.lists(st.floats(0.01, 1), min_size=1, max_size=9))
def test_a_straight_stroke_has_its_slant_and_no_bend(slant, steps):
    heights = [sum(steps[:count]) for count in range(len(steps) + 1)]
    found = lean_of([[(slant * height, -height) for height in heights]])
    assert found.slant == pytest.approx(slant, abs=1e-6)
    assert found.bend == pytest.approx(0, abs=1e-6)


def test_an_arc_has_a_bend_and_no_slant():
    arc = [(math.cos(angle / 20), math.sin(angle / 20)) for angle in range(-20, 21)]
    found = lean_of([arc])
    assert found.slant == pytest.approx(0, abs=1e-9)
    assert found.bend > 0.2


@pytest.mark.parametrize("drawn", [[], [[]], [[(1, 2)]], [[(1, 2), (1, 2)]], [[(0, 1), (5, 1)]]])
def test_what_has_no_height_counts_as_upright_and_not_straight(drawn):
    assert lean_of(drawn) == NO_LEAN


@given(strokes)
def test_every_lean_is_a_number(drawn):
    slant, bend = lean_of(drawn)
    assert not math.isnan(slant)
    assert bend >= 0


@given(st.integers(1, 40))
def test_the_number_of_points_on_a_line_does_not_matter(count):
    corners = [(0.0, 0.0), (1.0, 0.4), (0.3, 1.0)]
    more = [
        (x + (to_x - x) * step / count, y + (to_y - y) * step / count)
        for (x, y), (to_x, to_y) in pairwise(corners)
        for step in range(count + 1)
    ]
    assert lean_of([more]) == pytest.approx(lean_of([corners]))


def test_the_size_and_the_place_do_not_matter():
    corners = [(0.0, 0.0), (1.0, 0.4), (0.3, 1.0)]
    moved = [(700 + 300 * x, 50 + 300 * y) for x, y in corners]
    assert lean_of([moved]) == pytest.approx(lean_of([corners]))
