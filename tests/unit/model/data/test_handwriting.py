"""Synthetic digits and other drawings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.raster import rasterise
from digits.reading.contract import DIGITS
from model.data import handwriting, not_digits, templates

SEEDS = st.integers(0, 2**32)


def size(strokes):
    points = np.array([point for stroke in strokes for point in stroke])
    return np.ptp(points, axis=0)


@given(st.sampled_from(DIGITS), SEEDS)
def test_a_digit_is_ink_of_its_size_and_the_same_for_the_same_seed(label, seed):
    drawn = handwriting.write_digit(label, np.random.default_rng(seed))
    assert drawn == handwriting.write_digit(label, np.random.default_rng(seed))
    assert all(len(stroke) >= 2 for stroke in drawn)
    width, height = size(drawn)
    assert 0.3 < max(width, height) < 4


@given(st.sampled_from([not_digits.for_training, not_digits.for_evaluation]), SEEDS)
def test_a_drawing_that_is_not_a_digit_has_ink(draw, seed):
    assert sum(rasterise(draw(np.random.default_rng(seed)))) > 1


@pytest.mark.parametrize("label", DIGITS)
def test_every_template_fits_its_box(label):
    for template in handwriting.templates_of(label):
        for points, corners in template:
            assert len(points) == len(corners) >= 2
            assert (points >= (-0.1, -0.15)).all()
            assert (points <= (1.15 * templates.BOX_WIDTH, 1.15)).all()


def test_a_smooth_curve_passes_its_points_and_a_corner_is_sharp():
    ((points, _),) = handwriting.parse("0,0 100,0 100,100", 1)
    smooth = handwriting._curve(points, np.array([False, False, False]))
    sharp = handwriting._curve(points, np.array([False, True, False]))
    for curve in (smooth, sharp):
        for point in points:
            assert np.abs(curve - point).sum(1).min() < 1e-9
    on_the_lines = np.minimum(np.abs(sharp[:, 1]), np.abs(sharp[:, 0] - 1))
    assert on_the_lines.max() < 1e-9
    assert np.minimum(np.abs(smooth[:, 1]), np.abs(smooth[:, 0] - 1)).max() > 0.01


def test_the_number_of_samples_differs_between_pens():
    counts = {
        sum(map(len, handwriting.write_digit("8", np.random.default_rng(seed))))
        for seed in range(50)
    }
    assert min(counts) < 60 < 120 < max(counts)


def test_an_upright_stroke_is_not_trained_as_something_else_than_a_one():
    for seed in range(300):
        drawn = not_digits.for_training(np.random.default_rng(seed))
        width, height = size(drawn)
        assert len(drawn) > 1 or width >= 0.35 * height


def test_training_and_evaluation_use_different_fonts():
    assert not set(not_digits.TRAINING_FONTS) & set(not_digits.EVALUATION_FONTS)
