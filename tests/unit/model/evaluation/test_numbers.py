"""Tests of numbers that are composed of single digits."""

from itertools import pairwise

import pytest

from digits.drawing.ink import box_around
from model.evaluation import numbers
from tests.unit.drawing.digit_shapes import SHAPES


def heights(name, count=200):
    """Compose numbers of one digit; return their heights. name: a key of SHAPES."""
    composed = numbers.compose([SHAPES[name]], count, 1, seed=3)
    boxes = [box_around(strokes) for _, strokes in composed]
    return [bottom - top for _, top, _, bottom in boxes]


def test_compose_depends_on_the_seed():
    drawings = list(SHAPES.values())
    first = numbers.compose(drawings, 20, 4, seed=5)
    assert numbers.compose(drawings, 20, 4, seed=5) == first
    assert numbers.compose(drawings, 20, 4, seed=6) != first


@pytest.mark.parametrize("length", [1, 4, 6])
def test_compose_returns_the_strokes_of_the_digits_in_order(length):
    drawings = [SHAPES[name] for name in ("4 open", "7 crossed", "1 with a flag and a foot")]
    strokes_of = dict(drawings)
    composed = numbers.compose(drawings, 25, length, seed=2)
    assert len(composed) == 25
    for label, strokes in composed:
        assert len(label) == length
        expected = [len(stroke) for digit in label for stroke in strokes_of[digit]]
        assert [len(stroke) for stroke in strokes] == expected


def test_heights_vary_around_1_and_the_aspect_ratio_is_kept():
    found = heights("0 plain")
    assert 1 - numbers.MAX_SIZE_CHANGE <= min(found) < 0.9
    assert 1.1 < max(found) <= 1 + numbers.MAX_SIZE_CHANGE
    ((_, strokes),) = numbers.compose([SHAPES["0 plain"]], 1, 1, seed=3)
    left, top, right, bottom = box_around(strokes)
    assert (right - left) / (bottom - top) == pytest.approx(0.6, rel=0.01)


def test_compose_accepts_drawings_at_any_scale_and_dots():
    label, strokes = SHAPES["4 open"]
    large = [[(900 * x + 5000, 900 * y - 70) for x, y in stroke] for stroke in strokes]
    small, scaled = (numbers.compose([(label, s)], 1, 3, seed=3)[0][1] for s in (strokes, large))
    for stroke, other in zip(small, scaled, strict=True):
        assert [c for p in stroke for c in p] == pytest.approx([c for p in other for c in p])
    assert numbers.compose([("1", [[(4.0, 4.0)]])], 1, 2, seed=1)[0][0] == "11"


def gaps(count=400):
    """Compose numbers of two vertical lines; return their gaps in ascending order."""
    composed = numbers.compose([("1", [[(0.0, 0.0), (0.0, 1.0)]])], count, 2, seed=4)
    return sorted(second[0][0] - first[0][0] for _, (first, second) in composed)


def test_gaps_vary_around_the_median_gap():
    found = gaps()
    assert found[len(found) // 2] == pytest.approx(numbers.MEDIAN_GAP, abs=0.03)
    assert numbers.MIN_GAP <= found[0] < 0.1
    assert found[-1] > 0.6


def test_bounding_boxes_may_overlap_but_strokes_do_not():
    drawings = [SHAPES["7 plain"], SHAPES["4 closed"], SHAPES["6 plain"]]
    overlaps = []
    for _, (first, second) in numbers.compose(drawings, 300, 2, seed=9):
        overlaps.append(box_around([first])[2] - box_around([second])[0])
        for y in (0.01 * row for row in range(-120, 20)):
            ends, starts = crossings(first, y), crossings(second, y)
            assert not ends or not starts or max(ends) < min(starts)
    assert 0.05 < sum(overlap > 0 for overlap in overlaps) / len(overlaps) < 0.6
    assert max(overlaps) <= numbers.MAX_BOX_OVERLAP + 1e-9


def crossings(stroke, y):
    """Return x of the points at which a stroke crosses a horizontal line."""
    return [
        ax + (bx - ax) * (y - ay) / (by - ay)
        for (ax, ay), (bx, by) in pairwise(stroke)
        if min(ay, by) <= y <= max(ay, by) and ay != by
    ]


def test_compose_refuses_an_empty_list_of_drawings():
    with pytest.raises(ValueError, match="no digits"):
        numbers.compose([], 1, 4, seed=1)
