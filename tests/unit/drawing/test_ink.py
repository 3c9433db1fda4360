"""The strokes on the sheet: cutting at the edges, undo, JSON, and the widths of lines."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import (
    MAX_CLEARED,
    MAX_WIDTH,
    MIN_STEP,
    Ink,
    StrokeWithWidths,
    box_around,
    width_of,
)

points = st.tuples(st.floats(-1, 2), st.floats(-1, 2))
"""Points on the sheet and beside it."""
gestures = st.lists(st.lists(points, min_size=1, max_size=20), max_size=6)
widths = st.floats(0.01, MAX_WIDTH)


def ink_with(gestures):
    """Return an Ink with these gestures, each a list of positions of the pen."""
    ink = Ink()
    for gesture in gestures:
        ink.begin(gesture[0])
        for point in gesture[1:]:
            ink.extend(point)
        ink.end()
    return ink


@given(gestures)
def test_all_points_of_strokes_are_on_the_sheet(gestures):
    for stroke in ink_with(gestures).strokes:
        assert stroke
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in stroke)


@given(gestures)
def test_from_json_returns_the_ink_that_to_json_saved(gestures):
    ink = ink_with(gestures)
    restored = Ink.from_json(ink.to_json())
    assert restored.strokes == ink.strokes
    assert restored.to_json() == ink.to_json()


@given(gestures, st.data())
def test_each_point_has_a_width_that_json_keeps(gestures, data):
    ink = Ink()
    for first, *rest in gestures:
        ink.begin(first, data.draw(widths))
        for point in rest:
            ink.extend(point, data.draw(widths))
        ink.end()
    assert ink.strokes == ink_with(gestures).strokes
    drawn_widths = [stroke.widths for stroke in ink.strokes]
    assert list(map(len, drawn_widths)) == list(map(len, ink.strokes))
    restored = Ink.from_json(ink.to_json())
    assert restored.strokes == ink.strokes
    assert [stroke.widths for stroke in restored.strokes] == drawn_widths


@given(gestures)
def test_undo_removes_the_latest_gesture(gestures):
    ink = ink_with(gestures)
    visible = [gesture for gesture in gestures if ink_with([gesture]).strokes]
    for count in range(len(visible) - 1, -1, -1):
        ink.undo()
        assert ink.strokes == ink_with(visible[:count]).strokes
    assert ink.is_empty
    ink.undo()
    assert ink.is_empty


@given(gestures, st.data())
def test_remove_removes_one_gesture_and_lifts_the_pen_only_if_the_pen_draws_it(gestures, data):
    ink = Ink()
    begun = []
    for first, *rest in gestures:
        begun.append(ink.begin(first))
        for point in rest:
            ink.extend(point)
        ink.end()
    if begun:
        index = data.draw(st.integers(0, len(begun) - 1))
        latest = ink.begin((0.5, 0.5))
        for _ in range(2):
            ink.remove(begun[index])
            others = gestures[:index] + gestures[index + 1 :]
            assert ink.strokes == ink_with([*others, [(0.5, 0.5)]]).strokes
            assert ink.pen_is_down
        ink.remove(latest)
        assert not ink.pen_is_down
        assert ink.strokes == ink_with(others).strokes


def test_a_gesture_that_leaves_the_sheet_and_returns_has_two_strokes():
    ink = ink_with([[(0.5, 0.5), (1.5, 0.5), (1.5, 0.8), (0.5, 0.8)]])
    assert ink.strokes == [[(0.5, 0.5), (1.0, 0.5)], [(1.0, 0.8), (0.5, 0.8)]]
    ink.undo()
    assert ink.is_empty


def test_a_gesture_across_the_whole_sheet_is_cut_at_both_edges():
    ink = ink_with([[(-1, 0.25), (2, 0.25)]])
    (((x0, y0), (x1, y1)),) = ink.strokes
    assert (x0, y0, x1, y1) == pytest.approx((0, 0.25, 1, 0.25))


def test_a_gesture_beside_the_sheet_has_no_strokes():
    assert ink_with([[(-1, 0.5), (-0.5, 0.9), (-0.1, -1)]]).is_empty


def test_a_tap_is_a_stroke_of_one_point():
    assert ink_with([[(0.4, 0.6)]]).strokes == [[(0.4, 0.6)]]


def test_a_trembling_pen_adds_no_points():
    ink = Ink()
    ink.begin((0.5, 0.5))
    for i in range(100):
        assert ink.extend((0.5 + MIN_STEP / 2 * math.sin(i), 0.5)) is None
    assert ink.strokes == [[(0.5, 0.5)]]


def test_extend_does_nothing_while_the_pen_is_up():
    ink = Ink()
    assert ink.extend((0.5, 0.5)) is None
    assert ink.is_empty


def test_end_undo_and_clear_lift_the_pen():
    ink = Ink()
    for lift_pen in (ink.end, ink.undo, ink.clear):
        assert not ink.pen_is_down
        ink.begin((0.5, 0.5))
        assert ink.pen_is_down
        lift_pen()
    assert not ink.pen_is_down


def test_clear_removes_all_strokes():
    ink = ink_with([[(0.1, 0.1), (0.9, 0.9)], [(0.9, 0.1), (0.1, 0.9)]])
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
def test_from_json_raises_value_error_for_invalid_json(text):
    with pytest.raises(ValueError, match=r"."):
        Ink.from_json(text)


def test_deeply_nested_json_is_not_parsed(monkeypatch):
    """In a browser, a stack overflow ends Python without an exception."""
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("parsed"))
    with pytest.raises(ValueError, match="nested too deeply"):
        Ink.from_json("[" * 100_000)


def test_json_is_a_list_of_gestures_of_strokes_of_points():
    ink = ink_with([[(0.5, 0.25), (0.5, 0.75)]])
    assert json.loads(ink.to_json()) == [[[[0.5, 0.25], [0.5, 0.75]]]]


def test_box_around_returns_the_smallest_box_and_needs_a_point():
    assert box_around([[(0.2, 0.9)], [(0.4, 0.3), (0.1, 0.5)]]) == (0.1, 0.3, 0.4, 0.9)
    with pytest.raises(ValueError, match="expected"):
        box_around([])


on_sheet = st.tuples(st.floats(0, 1), st.floats(0, 1))
strokes_with_widths = st.lists(
    st.tuples(on_sheet, st.sampled_from([0.5, 1.0, 1.4])), min_size=1
).map(lambda pairs: StrokeWithWidths(*zip(*pairs, strict=True)))


def test_the_width_increases_with_the_pressure_and_is_1_at_half_the_pressure():
    widths = [width_of(percent / 100) for percent in range(101)]
    assert widths == sorted(widths)
    assert [widths[0], widths[50], widths[100]] == pytest.approx([0.5, 1, 1.4])


@given(strokes_with_widths)
def test_runs_cover_the_stroke_without_gaps(stroke):
    runs = list(stroke.runs())
    (first, width), *others = runs
    assert [*first, *(point for points, _ in others for point in points[1:])] == stroke
    widths = [width] * len(first) + [each for points, each in others for _ in points[1:]]
    assert widths == stroke.widths
    for (points, width), (next_points, next_width) in pairwise(runs):
        assert points[-1] == next_points[0]
        assert width != next_width


def test_a_stroke_of_constant_width_is_one_run():
    stroke = StrokeWithWidths([(0, 0), (0.5, 0.5), (1, 1)], [1.0, 1.0, 1.0])
    assert list(stroke.runs()) == [(stroke, 1.0)]


def test_undo_restores_a_cleared_drawing_and_then_removes_its_gestures():
    ink = ink_with([[(0.1, 0.1), (0.2, 0.2)], [(0.5, 0.5), (0.6, 0.6)]])
    first, second = ink.gestures
    ink.clear()
    ink.clear()  # clearing an empty sheet adds no action
    assert (ink.is_empty, ink.can_undo) == (True, True)
    ink.begin((0.3, 0.3))
    ink.end()
    ink.undo()
    assert ink.is_empty
    ink.undo()
    assert ink.gestures == [first, second]
    assert ink.gestures[0] is first
    ink.undo()
    ink.undo()
    assert (ink.is_empty, ink.can_undo) == (True, False)
    ink.undo()


def test_actions_are_the_gestures_and_clearings_in_order():
    ink = ink_with([[(0.1, 0.1)], [(0.5, 0.5)]])
    before = ink.actions
    assert before == ink.gestures
    ink.clear()
    ink.begin((0.3, 0.3))
    ink.end()
    *cleared, clearing, last = ink.actions
    assert all(one is other for one, other in zip(cleared, before, strict=True))
    assert clearing == before
    assert last is ink.gestures[0]
    ink.undo()
    ink.undo()
    assert all(one is other for one, other in zip(ink.actions, before, strict=True))


def test_only_the_latest_cleared_drawings_can_be_restored():
    ink = Ink()
    for _ in range(MAX_CLEARED + 2):
        ink.begin((0.3, 0.3))
        ink.end()
        ink.clear()
    assert len(ink.actions) == 2 * MAX_CLEARED
