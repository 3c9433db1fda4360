"""Tests of writing on paper."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.picture.search import SYMBOL_HEIGHT
from digits.reading.contract import SYMBOLS
from model.writing import handwriting, on_paper

SEEDS = st.integers(0, 2**32)
CROSS = [[(0.0, 0.5), (1.0, 0.5)], [(0.5, 0.0), (0.5, 1.0)]]


def test_a_pen_leaves_ink_within_its_radius_around_a_stroke():
    ink = on_paper.draw_with_pen([np.array([(5.0, 10.0), (15.0, 10.0)])], (20, 30), 2.0)
    assert ink.shape == (20, 30)
    assert (ink[8:12, 5:15] == 1).all()
    assert (ink[[6, 13], 5:15] == 0).all()
    assert ink[:, 18:].max() == 0
    assert ink.sum() == pytest.approx(10 * 4 + math.pi * 4, rel=0.03)


def test_a_stroke_of_one_point_is_a_dot():
    ink = on_paper.draw_with_pen([np.array([(5.0, 5.0)])], (10, 10), 2.0)
    assert ink.sum() == pytest.approx(math.pi * 4, rel=0.05)


def test_a_stroke_outside_the_sheet_leaves_no_ink():
    outside = np.array([(-50.0, 5.0), (-40.0, 5.0)])
    assert not on_paper.draw_with_pen([outside], (10, 10), 2.0).any()


@given(st.floats(0.01, 1000), SEEDS)
def test_the_dots_lie_along_the_strokes(size, seed):
    strokes = [[(x * size, y * size) for x, y in stroke] for stroke in CROSS]
    dots, height = on_paper.dots_on_paper(strokes, size, np.random.default_rng(seed))
    assert 0.8 * SYMBOL_HEIGHT <= height <= 1.3 * SYMBOL_HEIGHT
    points = np.array([point for (point,) in dots])
    middle = points.min(0) + np.ptp(points, 0) / 2
    from_middle = np.abs(points - middle)
    # Each dot is near one of the two lines, whose ends may be frayed.
    assert from_middle.min(1).max() < 0.12 * height
    assert np.ptp(points, 0) == pytest.approx([height, height], rel=0.2)


@given(st.sampled_from(SYMBOLS), SEEDS)
def test_the_same_seed_gives_the_same_dots(symbol, seed):
    strokes = handwriting.write_symbol(symbol, np.random.default_rng(seed))
    dots, height = on_paper.dots_on_paper(strokes, 1.0, np.random.default_rng(seed))
    assert dots
    assert (dots, height) == on_paper.dots_on_paper(strokes, 1.0, np.random.default_rng(seed))
