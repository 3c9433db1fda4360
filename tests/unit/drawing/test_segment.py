"""Grouping strokes into digits: neighbours, several strokes, and lines that are drawn twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.drawing.segment import segment
from digits.drawing.source import DrawingSource
from model.evaluation import numbers
from model.writing import handwriting
from tests.unit.drawing.digit_shapes import SHAPES, moved, slanted

whole_numbers = st.integers(-64, 64).map(float)
points = st.lists(st.tuples(whole_numbers, whole_numbers), min_size=1, max_size=6)
drawings = st.lists(points, max_size=7)


def shape(name):
    """Return the strokes of one of SHAPES."""
    return SHAPES[name][1]


def line(*names, gap):
    """Return the strokes of each of several shapes side by side. gap: the space between them."""
    digits, right = [], 0.0
    for name in names:
        left = min(x for stroke in shape(name) for x, _ in stroke)
        digits.append(moved(shape(name), right - left))
        right = max(x for stroke in digits[-1] for x, _ in stroke) + gap
    return digits


def flat(digits):
    """Return the strokes of all digits in one list."""
    return [stroke for digit in digits for stroke in digit]


def is_same(groups, digits):
    """Return whether groups are equal to digits, except for the order of strokes in a group."""
    return [sorted(group) for group in groups] == [sorted(digit) for digit in digits]


def grouped(strokes):
    """Return the strokes of the most probable symbols, from left to right."""
    found = segment(DrawingSource([[stroke] for stroke in strokes]).groups())
    return [[strokes[index] for index in symbol.parts] for symbol in found.symbols]


def candidates(strokes):
    """Return the strokes of all groups that a reading can choose from."""
    found = segment(DrawingSource([[stroke] for stroke in strokes]).groups())
    waiting, result = [*found.symbols, *found.joined], []
    while waiting:
        candidate = waiting.pop()
        result.append([strokes[index] for index in candidate.parts])
        waiting += [side for split in candidate.splits for side in split]
    return result


def test_an_empty_list_of_strokes_has_no_digits():
    assert grouped([]) == []


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("slant", [-0.2, 0, 0.4])
def test_a_digit_of_any_number_of_strokes_can_be_read_as_one(name, slant):
    strokes = slanted(shape(name), slant)
    assert strokes in candidates(strokes)


def test_a_single_dot_is_a_digit():
    assert grouped([[(3.0, 3.0)]]) == [[[(3.0, 3.0)]]]


@pytest.mark.parametrize("first", SHAPES)
@pytest.mark.parametrize("gap", [0.1, 0.25, 3])
def test_neighbours_are_two_digits(first, gap):
    for second in SHAPES:
        digits = line(first, second, gap=gap)
        assert is_same(grouped(flat(digits)), digits), second


def test_neighbours_that_touch_can_be_read_as_two_digits():
    for first, second in (("4 closed", "7 plain"), ("5 plain", "1 plain"), ("0 plain", "0 plain")):
        digits = line(first, second, gap=-0.03)
        assert all(digit in candidates(flat(digits)) for digit in digits)


def test_slanted_neighbours_with_overlapping_boxes_are_two_digits():
    seven = slanted(shape("7 plain"), 0.5)
    left, _, right, _ = box_around(seven)
    digits = [seven, moved(seven, 0.7)]
    assert left + 0.7 < right - 0.1
    assert grouped(flat(digits)) == digits


@pytest.mark.parametrize("scale", [0.67, 1.5])
def test_neighbours_of_different_sizes_are_two_digits(scale):
    for name in SHAPES:
        digits = [shape("1 plain"), moved(shape(name), 0.6, 1 - scale, scale)]
        assert is_same(grouped(flat(digits)), digits), name


RETRACED = {
    "1 plain": [[(0.0, 0.0), (0.02, 1.0)]],
    "1 with a flag": [[(0.0, 0.0), (0.0, 1.0)]],
    "7 plain": [[(0.6, 0.0), (0.25, 1.0)]],
    "9 of a loop and a stem": [[(0.5, 0.05), (0.47, 1.0)]],
    "4 closed": [[(0.5, 0.0), (0.5, 1.0)]],
}
"""By the name of a shape: a line of the shape that is drawn a second time."""


@pytest.mark.parametrize("name", RETRACED)
@pytest.mark.parametrize("shift", [-0.03, -0.005, 0, 0.005, 0.03])
def test_a_line_that_is_drawn_twice_belongs_to_its_digit(name, shift):
    strokes = [*shape(name), *moved(RETRACED[name], shift)]
    assert grouped(strokes) == [strokes]


def test_bars_that_are_drawn_last_belong_to_their_sevens():
    digits = line(*["7 crossed"] * 4, gap=0.05)
    strokes = [seven for seven, _ in digits] + [bar for _, bar in reversed(digits)]
    assert grouped(strokes) == digits


def test_the_top_bar_of_a_five_above_its_neighbour_belongs_to_the_five():
    five = [shape("5 with a hat")[0], [(0.1, 0.0), (0.85, -0.05)]]
    digits = [five, moved(shape("6 plain"), 0.65, 0.1)]
    assert grouped(flat(digits)) == digits


def test_digits_are_returned_from_left_to_right():
    digits = line("2 plain", "0 plain", "2 plain", "6 plain", gap=0.2)
    assert grouped(flat(digits[::-1])) == digits


@given(drawings, whole_numbers, whole_numbers, st.integers(-10, 10))
def test_position_and_scale_of_the_drawing_do_not_change_the_groups(strokes, right, down, power):
    scale = 2.0**power  # floats are exact with powers of two and whole numbers
    changed = moved(moved(strokes, right, down), scale=scale)
    groups = [moved(moved(group, right, down), scale=scale) for group in grouped(strokes)]
    assert grouped(changed) == groups


@given(drawings, st.randoms(use_true_random=False))
def test_order_and_direction_of_strokes_do_not_change_the_groups(strokes, rng):
    changed = [stroke[::-1] if rng.random() < 0.5 else stroke for stroke in strokes]
    rng.shuffle(changed)

    def without_order(groups):
        return sorted(sorted(sorted(stroke) for stroke in group) for group in groups)

    assert without_order(grouped(changed)) == without_order(grouped(strokes))


@given(drawings)
def test_each_stroke_belongs_to_exactly_one_digit(strokes):
    groups = grouped(strokes)
    assert all(groups)
    assert sorted(flat(groups)) == sorted(strokes)


def test_at_least_98_percent_of_numbers_are_segmented_correctly():
    rng = np.random.default_rng(7)
    indices = rng.permutation(600)
    digits = [handwriting.write_symbol(str(index % 10), rng) for index in indices]
    lines = [numbers.place_digits(digits[i : i + 4], rng) for i in range(0, len(digits), 4)]
    correct = [is_same(grouped(flat(line)), line) for line in lines]
    assert sum(correct) / len(correct) >= 0.98
