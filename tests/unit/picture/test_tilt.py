"""The tilt of the lines in a picture."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.tilt import MAX_TILT, tilt_of


def row(count, angle, y=0.0, offsets=(0.0,)):
    """Return boxes of digits in a line at an angle, each 1 high.

    Args:
        count: the number of boxes.
        angle: the angle of the line in radians.
        y: the middle of the first box.
        offsets: how far the boxes are moved down, in turn.
    """
    boxes = []
    for index in range(count):
        along = 0.8 * index
        x = along * math.cos(angle)
        middle = y + along * math.sin(angle) + offsets[index % len(offsets)]
        boxes.append((x - 0.3, middle - 0.5, x + 0.3, middle + 0.5))
    return boxes


@given(st.integers(5, 12), st.floats(-15, 15), st.integers(1, 3))
def test_the_tilt_of_lines_is_found_unless_it_is_small(count, degrees, line_count):
    angle = math.radians(degrees)
    boxes = [box for line in range(line_count) for box in row(count, angle, y=2.0 * line)]
    found = tilt_of(boxes)
    assert found == pytest.approx(angle, abs=1e-6) or (found == 0 and abs(degrees) < 6)


def test_a_minus_and_a_dot_do_not_tilt_a_line():
    digits = row(5, math.radians(10))
    dot, minus = (4.2, 1.2, 4.25, 1.25), (-1.2, -0.1, -0.6, -0.05)
    assert tilt_of([*digits, dot, minus]) == pytest.approx(math.radians(10), abs=1e-6)


def test_two_digits_at_different_heights_are_no_tilted_line():
    assert tilt_of(row(2, 0, offsets=(0.0, 0.12))) == 0


@given(st.lists(st.tuples(*[st.floats(0, 100)] * 4), max_size=6))
def test_the_tilt_of_any_boxes_is_below_the_maximum(corners):
    boxes = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    assert abs(tilt_of(boxes)) < MAX_TILT
