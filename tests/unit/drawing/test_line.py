from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import Trace
from digits.drawing.line import runs, width_of

points = st.tuples(st.floats(0, 1), st.floats(0, 1))
strokes = st.lists(st.tuples(points, st.sampled_from([0.5, 1.0, 1.4])), min_size=1).map(
    lambda pairs: Trace(*zip(*pairs, strict=True))
)


def test_the_width_grows_with_the_pressure_and_is_the_pens_own_in_the_middle():
    widths = [width_of(part / 100) for part in range(101)]
    assert widths == sorted(widths)
    assert [widths[0], widths[50], widths[100]] == pytest.approx([0.5, 1, 1.4])


@given(strokes)
def test_the_runs_are_the_stroke_each_of_one_width_and_without_a_gap(stroke):
    parts = list(runs(stroke))
    (first, width), *rest = parts
    assert [*first, *(point for points, _ in rest for point in points[1:])] == stroke
    widths = [width] * len(first) + [each for points, each in rest for _ in points[1:]]
    assert widths == stroke.widths
    for (before, wide), (after, other) in pairwise(parts):
        assert before[-1] == after[0]
        assert wide != other


def test_a_stroke_of_one_width_is_one_run():
    stroke = Trace([(0, 0), (0.5, 0.5), (1, 1)], [1.0, 1.0, 1.0])
    assert list(runs(stroke)) == [(stroke, 1.0)]
