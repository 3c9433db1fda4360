"""Arranging symbols in lines, and measuring their places."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.drawing.lean import Lean, lean_of
from digits.drawing.lines import Line, lines_of

DIGIT = (0.0, 0.0, 0.6, 1.0)


def moved(box, right, down=0.0):
    """Return a box that is moved."""
    left, top, end, bottom = box
    return left + right, top + down, end + right, bottom + down


def row(count, down=0.0, slope=0.0):
    """Return the boxes of digits side by side. slope: how much lower each is than the last."""
    return [moved(DIGIT, 0.9 * index, down + slope * index) for index in range(count)]


def test_no_symbols_are_no_lines():
    assert lines_of([]) == []


def test_a_line_is_read_from_left_to_right():
    first, second, third = row(3)
    assert lines_of([third, first, second]) == [[1, 2, 0]]


@pytest.mark.parametrize("slope", [-0.35, 0.0, 0.35])
def test_a_slanted_line_is_one_line(slope):
    assert lines_of(row(8, slope=slope)) == [list(range(8))]


def test_a_wavy_line_is_one_line():
    boxes = [moved(DIGIT, 0.9 * index, 0.3 * math.sin(index)) for index in range(10)]
    assert lines_of(boxes) == [list(range(10))]


@pytest.mark.parametrize("spacing", [1.15, 1.5, 3])
def test_rows_below_each_other_are_separate_lines(spacing):
    assert lines_of([*row(3), *row(4, spacing)]) == [[0, 1, 2], [3, 4, 5, 6]]


def test_marks_join_the_line_that_they_are_nearest_to():
    minus, point = (0.65, 0.45, 0.85, 0.5), (1.55, 0.95, 1.6, 1.0)
    below = moved(minus, 0, 1.5)
    assert lines_of([*row(2), minus, point, *row(2, 1.5), below]) == [[0, 2, 1, 3], [4, 6, 5]]


def test_a_mark_far_below_all_lines_begins_a_line():
    minus = (0.0, 2.4, 0.4, 2.45)
    assert lines_of([*row(2), minus]) == [[0, 1], [2]]


def test_marks_alone_are_one_line():
    assert lines_of([(0.0, 0.0, 0.5, 0.02), (0.7, 0.1, 1.2, 0.12)]) == [[0, 1]]


@given(st.integers(1, 30), st.floats(-0.4, 0.4), st.randoms(use_true_random=False))
def test_each_symbol_is_on_exactly_one_line(count, slope, rng):
    boxes = row(count, slope=slope)
    rng.shuffle(boxes)
    assert sorted(index for line in lines_of(boxes) for index in line) == list(range(count))


def test_a_place_is_measured_relative_to_the_other_symbols():
    place = Line(row(2)).place_of((0.7, 1.0, 0.7, 1.2))
    assert place.line_height == pytest.approx(1)
    assert place.size == pytest.approx(0.2)
    assert place.offset == pytest.approx(0.6)


def test_the_lean_of_a_straight_stroke_is_measured_relative_to_the_other_symbols():
    line = Line(row(3), [0.1, 0.2, 0.9])
    place = line.place_of((3.0, 0.0, 3.4, 1.0), Lean(0.4, 0.0))
    assert place.lean == pytest.approx(0.4 - 0.2)


@pytest.mark.parametrize(
    "stroke",
    [
        [(3.0, 0.0), (3.5, 0.5), (3.0, 1.0)],
        [(3.0, 0.5), (3.5, 0.5)],
        [(3.1, 0.9), (3.0, 1.2)],
        [(3.0, 0.9)],
    ],
    ids=["bent", "flat", "low", "dot"],
)
def test_bent_flat_and_low_strokes_and_dots_have_no_lean(stroke):
    line = Line(row(3), [0.1, 0.2, 0.3])
    assert line.place_of(box_around([stroke]), lean_of([stroke])).lean is None


def test_the_lean_is_none_if_the_slants_of_the_line_are_unknown():
    assert Line(row(3)).place_of((3.0, 0.0, 3.4, 1.0), Lean(0.4, 0.0)).lean is None


def test_the_middle_of_a_slanted_line_follows_it():
    line = Line(row(3, slope=0.4))
    assert line.middle_at(0.3) == pytest.approx(0.5)
    assert line.middle_at(0.75) == pytest.approx(0.7)


def test_a_symbol_that_is_alone_has_no_place():
    assert Line([DIGIT]).place_of((0.0, 0.0, 0.6, 1.0)) is None
