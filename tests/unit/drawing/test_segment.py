import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.segment import segment
from model.data import handwriting
from model.evaluation import numbers
from tests.unit.drawing.digit_shapes import SHAPES, moved, slanted

whole = st.integers(-64, 64).map(float)
points = st.lists(st.tuples(whole, whole), min_size=1, max_size=6)
drawings = st.lists(points, max_size=7)


def shape(name):
    return SHAPES[name][1]


def line(*names, gap):
    """Write shapes side by side, with a gap between their boxes in heights."""
    digits, right = [], 0.0
    for name in names:
        left = min(x for stroke in shape(name) for x, _ in stroke)
        digits.append(moved(shape(name), right - left))
        right = max(x for stroke in digits[-1] for x, _ in stroke) + gap
    return digits


def flat(digits):
    return [stroke for digit in digits for stroke in digit]


def same(found, digits):
    """Compare groups, whatever the order of the strokes in each."""
    return [sorted(group) for group in found] == [sorted(digit) for digit in digits]


def test_no_strokes_are_no_digits():
    assert segment([]) == []


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("slant", [-0.2, 0, 0.4])
def test_a_digit_is_one_digit_however_many_strokes_it_has(name, slant):
    strokes = slanted(shape(name), slant)
    assert segment(strokes) == [strokes]


def test_a_dot_is_a_digit_if_there_is_nothing_else():
    assert segment([[(3.0, 3.0)]]) == [[[(3.0, 3.0)]]]


@pytest.mark.parametrize("first", SHAPES)
@pytest.mark.parametrize("gap", [0.1, 0.25, 3])
def test_neighbours_stay_apart(first, gap):
    for second in SHAPES:
        digits = line(first, second, gap=gap)
        assert same(segment(flat(digits)), digits), second


def test_neighbours_that_touch_stay_apart():
    for first, second in (("4 closed", "7 plain"), ("5 plain", "1 plain"), ("0 plain", "0 plain")):
        digits = line(first, second, gap=-0.03)
        assert segment(flat(digits)) == digits


def test_slanted_neighbours_whose_boxes_overlap_stay_apart():
    seven = slanted(shape("7 plain"), 0.5)
    boxes = [(min(x for x, _ in s), max(x for x, _ in s)) for s in seven]
    digits = [seven, moved(seven, 0.7)]
    assert boxes[0][0] + 0.7 < boxes[0][1] - 0.1
    assert segment(flat(digits)) == digits


@pytest.mark.parametrize("scale", [0.67, 1.5])
def test_neighbours_of_other_sizes_stay_apart(scale):
    for name in SHAPES:
        digits = [shape("1 plain"), moved(shape(name), 0.6, 1 - scale, scale)]
        assert same(segment(flat(digits)), digits), name


AGAIN = {
    "1 plain": [[(0.0, 0.0), (0.02, 1.0)]],
    "1 with a flag": [[(0.0, 0.0), (0.0, 1.0)]],
    "7 plain": [[(0.6, 0.0), (0.25, 1.0)]],
    "9 of a loop and a stem": [[(0.5, 0.05), (0.47, 1.0)]],
    "4 closed": [[(0.5, 0.0), (0.5, 1.0)]],
}


@pytest.mark.parametrize("name", AGAIN)
@pytest.mark.parametrize("aside", [-0.03, -0.005, 0, 0.005, 0.03])
def test_a_line_that_is_drawn_again_stays_with_its_digit(name, aside):
    strokes = [*shape(name), *moved(AGAIN[name], aside)]
    assert segment(strokes) == [strokes]


def test_bars_that_are_drawn_last_find_their_sevens():
    digits = line(*["7 crossed"] * 4, gap=0.05)
    strokes = [seven for seven, _ in digits] + [bar for _, bar in reversed(digits)]
    assert segment(strokes) == digits


def test_a_hat_that_reaches_over_its_neighbour_stays_with_its_five():
    five = [shape("5 with a hat")[0], [(0.1, 0.0), (0.85, -0.05)]]
    digits = [five, moved(shape("6 plain"), 0.65, 0.1)]
    assert segment(flat(digits)) == digits


def test_digits_are_given_left_to_right_whatever_was_drawn_first():
    digits = line("2 plain", "0 plain", "2 plain", "6 plain", gap=0.2)
    assert segment(flat(digits[::-1])) == digits


@given(drawings, whole, whole, st.integers(-10, 10))
def test_moving_or_scaling_the_drawing_changes_nothing(strokes, right, down, power):
    scale = 2.0**power  # by powers of two and whole numbers, floats lose nothing
    changed = moved(moved(strokes, right, down), scale=scale)
    groups = [moved(moved(group, right, down), scale=scale) for group in segment(strokes)]
    assert segment(changed) == groups


@given(drawings, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_strokes_do_not_matter(strokes, chance):
    turned = [stroke[::-1] if chance.random() < 0.5 else stroke for stroke in strokes]
    chance.shuffle(turned)

    def inked(groups):
        return sorted(sorted(sorted(stroke) for stroke in group) for group in groups)

    assert inked(segment(turned)) == inked(segment(strokes))


@given(drawings)
def test_every_stroke_is_in_one_digit(strokes):
    groups = segment(strokes)
    assert all(groups)
    assert sorted(flat(groups)) == sorted(strokes)


def test_nearly_all_numbers_are_cut_where_the_digits_were_joined():
    chance = np.random.default_rng(7)
    places = chance.permutation(1200)
    digits = [handwriting.write_digit(str(place % 10), chance) for place in places]
    lines = [numbers.place_digits(digits[i : i + 4], chance) for i in range(0, len(digits), 4)]
    right = [same(segment(flat(line)), line) for line in lines]
    assert sum(right) / len(right) >= 0.98
