"""Small pictures of drawings, for the history."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.sketch import MAX_LENGTH, is_sketch, sketch_of

coordinates = st.floats(0, 1)
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=20)


@given(st.lists(strokes, max_size=8))
def test_a_sketch_fits_into_its_picture(drawing):
    sketch = sketch_of(drawing)
    assert is_sketch(sketch)
    assert len(sketch) <= MAX_LENGTH
    assert all(0 <= int(number) <= 100 for number in re.findall(r"\d+", sketch))


def test_a_straight_line_has_two_points():
    assert sketch_of([[(0, 0), (0.3, 0.3), (1, 1)]]) == "M0 0L100 100"


def test_a_corner_stays():
    assert sketch_of([[(0, 0), (1, 0), (1, 1)]]) == "M0 0L100 0L100 100"


def test_a_dot_is_drawn():
    assert sketch_of([[(0.2, 0.2)]]) == "M50 50L50 50"


@pytest.mark.parametrize("text", ["M0 0", "L1 1", "M0 0L1 1Z", "M0 0L1 1<", "M0 0L1000 1", "x"])
def test_other_texts_are_no_sketches(text):
    assert not is_sketch(text)
