"""Samples of the user's handwriting: built from strokes, and stored as JSON within limits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.contract import SYMBOLS
from digits.writing.hand import PER_SYMBOL, Hand
from digits.writing.sample import (
    MAX_JSON,
    MAX_OFFSET,
    MAX_POINTS,
    Sample,
    from_json,
    sample_strokes,
    to_json,
)
from tests.unit.app.test_history import json_values

points = st.tuples(st.integers(0, MAX_OFFSET), st.integers(-MAX_OFFSET, MAX_OFFSET))
strokes = st.lists(st.lists(points, min_size=1, max_size=9).map(tuple), min_size=1, max_size=4)
samples = st.builds(
    Sample,
    symbol=st.sampled_from(SYMBOLS),
    drawing=st.integers(0, 2**32 - 1),
    lesson=st.none() | st.integers(0, 2**53),
    strokes=strokes.map(tuple),
)
LINE = [[[0, -50], [0, 50]]]
"""The strokes of a sample in JSON: a vertical line."""


@given(st.lists(samples, max_size=8))
def test_from_json_returns_the_samples_that_were_passed_to_to_json(some):
    assert from_json(to_json(some)) == some


@given(st.lists(samples, max_size=8), st.lists(json_values, max_size=8), st.data())
def test_from_json_skips_invalid_samples(valid, invalid, data):
    raw = json.loads(to_json(valid))
    for each in invalid:
        raw.insert(data.draw(st.integers(0, len(raw))), each)
    assert from_json(json.dumps(raw)) == valid


@pytest.mark.parametrize(
    "raw",
    [
        ["x", 1, None, LINE],
        ["", 1, None, LINE],
        ["12", 1, None, LINE],
        [1, 1, None, LINE],
        ["1", "1", None, LINE],
        ["1", 1, 1.5, LINE],
        ["1", 1, None],
        ["1", 1, None, LINE, 2],
        ["1", 1, None, []],
        ["1", 1, None, [[]]],
        ["1", 1, None, [[[0, 0], []]]],
        ["1", 1, None, [[[0, 0, 0]]]],
        ["1", 1, None, [["ab"]]],
        ["1", 1, None, [{"ab": 1}]],
        ["1", 1, None, [3]],
        ["1", 1, None, [[[True, 0]]]],
        ["1", 1, None, [[[0.5, 0]]]],
        ["1", 1, None, [[[float("nan"), 0]]]],
        ["1", 1, None, [[[-1, 0]]]],
        ["1", 1, None, [[[MAX_OFFSET + 1, 0]]]],
        ["1", 1, None, [[[0, -MAX_OFFSET - 1]]]],
        ["1", 1, None, [[[0, 0]] * (MAX_POINTS + 1)]],
    ],
)
def test_an_invalid_sample_is_skipped(raw):
    valid = ["1", 1, None, LINE]
    assert from_json(json.dumps([raw, valid])) == from_json(json.dumps([valid])) != []


@pytest.mark.parametrize(
    "text", ["", "{", "3", "{}", "null", "[3]", "[[]]", "[" * 99999, f"[{' ' * MAX_JSON}]"]
)
def test_from_json_returns_an_empty_list_without_valid_samples(text):
    assert from_json(text) == []


def test_the_largest_hand_fits_into_max_json():
    largest = (((MAX_OFFSET, -MAX_OFFSET),) * MAX_POINTS,)
    hand = Hand(
        Sample(symbol, 2**32 - drawing, 2**53, largest)
        for symbol in SYMBOLS
        for drawing in range(1, PER_SYMBOL + 2)
    )
    text = to_json(hand.samples)
    assert len(text.encode()) < MAX_JSON
    assert from_json(text) == hand.samples


def test_a_sample_is_measured_in_percent_of_the_height_of_the_digits():
    drawn = [[(0.5, 0.2), (0.5, 0.4), (0.5, 0.6)], [(0.6, 0.4)]]
    assert sample_strokes(drawn, middle=0.4, height=0.4) == (((0, -50), (0, 50)), ((25, 0),))


@pytest.mark.parametrize(
    ("drawn", "height"),
    [
        ([], 0.4),
        ([[(0.5, 0.2), (0.5, 0.6)]], 0),
        ([[(0.1, 0.4), (0.9, 0.4)]], 0.01),
        ([[(0.5 + 0.1 * (index % 2), 0.2 + index / 500) for index in range(200)]], 0.4),
    ],
    ids=["no strokes", "no height", "too wide", "too many points"],
)
def test_strokes_that_can_not_be_a_symbol_of_a_line_give_no_sample(drawn, height):
    assert sample_strokes(drawn, middle=0.4, height=height) is None
