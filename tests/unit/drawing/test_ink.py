import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import MAX_WIDTH, MIN_STEP, Ink, Trace, box_around, width_of

anywhere = st.tuples(st.floats(-1, 2), st.floats(-1, 2))
gestures = st.lists(st.lists(anywhere, min_size=1, max_size=20), max_size=6)
widths = st.floats(0.01, MAX_WIDTH)


def drawn(gestures):
    ink = Ink()
    for gesture in gestures:
        ink.begin(gesture[0])
        for point in gesture[1:]:
            ink.extend(point)
        ink.end()
    return ink


@given(gestures)
def test_every_point_is_on_the_sheet(gestures):
    for stroke in drawn(gestures).strokes:
        assert stroke
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in stroke)


@given(gestures)
def test_a_drawing_survives_json(gestures):
    ink = drawn(gestures)
    again = Ink.from_json(ink.to_json())
    assert again.strokes == ink.strokes
    assert again.to_json() == ink.to_json()


@given(gestures, st.data())
def test_each_point_has_a_width_that_survives_json_and_changes_no_point(gestures, data):
    ink = Ink()
    for first, *rest in gestures:
        ink.begin(first, data.draw(widths))
        for point in rest:
            ink.extend(point, data.draw(widths))
        ink.end()
    assert ink.strokes == drawn(gestures).strokes
    drawn_widths = [stroke.widths for stroke in ink.strokes]
    assert list(map(len, drawn_widths)) == list(map(len, ink.strokes))
    again = Ink.from_json(ink.to_json())
    assert again.strokes == ink.strokes
    assert [stroke.widths for stroke in again.strokes] == drawn_widths


@given(gestures)
def test_undo_removes_one_gesture_after_the_other(gestures):
    ink = drawn(gestures)
    seen = [gesture for gesture in gestures if drawn([gesture]).strokes]
    for count in range(len(seen) - 1, -1, -1):
        ink.undo()
        assert ink.strokes == drawn(seen[:count]).strokes
    assert ink.is_empty
    ink.undo()
    assert ink.is_empty


def test_a_pen_that_leaves_and_comes_back_makes_two_strokes_of_one_gesture():
    ink = drawn([[(0.5, 0.5), (1.5, 0.5), (1.5, 0.8), (0.5, 0.8)]])
    assert ink.strokes == [[(0.5, 0.5), (1.0, 0.5)], [(1.0, 0.8), (0.5, 0.8)]]
    ink.undo()
    assert ink.is_empty


def test_a_pen_that_crosses_the_sheet_from_side_to_side_leaves_a_line():
    ink = drawn([[(-1, 0.25), (2, 0.25)]])
    (((x0, y0), (x1, y1)),) = ink.strokes
    assert (x0, y0, x1, y1) == pytest.approx((0, 0.25, 1, 0.25))


def test_a_pen_that_stays_beside_the_sheet_leaves_nothing():
    assert drawn([[(-1, 0.5), (-0.5, 0.9), (-0.1, -1)]]).is_empty


def test_a_tap_is_a_dot():
    assert drawn([[(0.4, 0.6)]]).strokes == [[(0.4, 0.6)]]


def test_a_pen_that_rests_adds_no_points():
    ink = Ink()
    ink.begin((0.5, 0.5))
    for i in range(100):
        assert ink.extend((0.5 + MIN_STEP / 2 * math.sin(i), 0.5)) is None
    assert ink.strokes == [[(0.5, 0.5)]]


def test_a_move_without_a_pen_down_draws_nothing():
    ink = Ink()
    assert ink.extend((0.5, 0.5)) is None
    assert ink.is_empty


def test_the_pen_is_down_until_it_is_lifted_or_the_ink_is_removed():
    ink = Ink()
    for lift in (ink.end, ink.undo, ink.clear):
        assert not ink.pen_is_down
        ink.begin((0.5, 0.5))
        assert ink.pen_is_down
        lift()
    assert not ink.pen_is_down


def test_clear_removes_everything():
    ink = drawn([[(0.1, 0.1), (0.9, 0.9)], [(0.9, 0.1), (0.1, 0.9)]])
    ink.clear()
    assert ink.is_empty
    assert ink.strokes == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "3",
        "[3]",
        "[[3]]",
        "[[[3]]]",
        '[[["a","b"]]]',
        "[[[[2,0]]]]",
        "[[[[0,0,9]]]]",
        "[[[[0,0,0]]]]",
        "[[[[0,0,1,1]]]]",
        "[[[[0,0,[]]]]]",
    ],
)
def test_json_that_is_not_a_drawing_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Ink.from_json(text)


def test_json_that_is_nested_too_deeply_is_never_parsed(monkeypatch):
    """In a browser, running out of stack ends Python without any exception."""
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("parsed"))
    with pytest.raises(ValueError, match="nested too deeply"):
        Ink.from_json("[" * 100_000)


def test_the_json_is_gestures_of_strokes_of_points():
    ink = drawn([[(0.5, 0.25), (0.5, 0.75)]])
    assert json.loads(ink.to_json()) == [[[[0.5, 0.25], [0.5, 0.75]]]]


def test_the_box_around_strokes_is_the_smallest_around_them():
    assert box_around([[(0.2, 0.9)], [(0.4, 0.3), (0.1, 0.5)]]) == (0.1, 0.3, 0.4, 0.9)
    with pytest.raises(ValueError, match="expected"):
        box_around([])


on_sheet = st.tuples(st.floats(0, 1), st.floats(0, 1))
traces = st.lists(st.tuples(on_sheet, st.sampled_from([0.5, 1.0, 1.4])), min_size=1).map(
    lambda pairs: Trace(*zip(*pairs, strict=True))
)


def test_the_width_grows_with_the_pressure_and_is_1_in_the_middle():
    widths = [width_of(part / 100) for part in range(101)]
    assert widths == sorted(widths)
    assert [widths[0], widths[50], widths[100]] == pytest.approx([0.5, 1, 1.4])


@given(traces)
def test_the_runs_cover_the_stroke_without_a_gap_and_each_has_one_width(stroke):
    parts = list(stroke.runs())
    (first, width), *rest = parts
    assert [*first, *(point for points, _ in rest for point in points[1:])] == stroke
    widths = [width] * len(first) + [each for points, each in rest for _ in points[1:]]
    assert widths == stroke.widths
    for (before, wide), (after, other) in pairwise(parts):
        assert before[-1] == after[0]
        assert wide != other


def test_a_stroke_of_one_width_is_one_run():
    stroke = Trace([(0, 0), (0.5, 0.5), (1, 1)], [1.0, 1.0, 1.0])
    assert list(stroke.runs()) == [(stroke, 1.0)]
