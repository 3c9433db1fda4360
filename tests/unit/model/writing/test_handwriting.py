"""Tests of synthetic digits and signs, and of synthetic drawings that are neither."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.raster import rasterise
from digits.reading.contract import DIGITS, SIGNS
from model.writing import handwriting, not_digits, templates

SEEDS = st.integers(0, 2**32)


def size_of(strokes):
    """Return the width and height of a drawing."""
    points = np.array([point for stroke in strokes for point in stroke])
    return np.ptp(points, axis=0)


@given(st.sampled_from(DIGITS), SEEDS)
def test_a_digit_has_about_unit_size_and_depends_on_the_seed_only(label, seed):
    drawn = handwriting.write_symbol(label, np.random.default_rng(seed))
    assert drawn == handwriting.write_symbol(label, np.random.default_rng(seed))
    assert all(len(stroke) >= 2 for stroke in drawn)
    width, height = size_of(drawn)
    assert 0.3 < max(width, height) < 4


@given(st.sampled_from(SIGNS), SEEDS)
def test_a_sign_has_the_size_and_the_place_that_it_has_beside_a_digit(sign, seed):
    drawn = handwriting.write_symbol(sign, np.random.default_rng(seed))
    ys = [y for stroke in drawn for _, y in stroke]
    middle = (min(ys) + max(ys)) / 2
    size = size_of(drawn).max()
    if sign == ".":
        assert size < 0.6
        assert 0.7 < middle < 1.3
    elif sign == ",":
        assert size < 1.2
        assert 0.75 < middle < 1.45
    else:
        assert 0.05 < size < 3
        assert 0.1 < middle < 1.05


@given(st.sampled_from([not_digits.draw_for_training, not_digits.draw_for_evaluation]), SEEDS)
def test_drawings_that_are_not_digits_have_ink(draw, seed):
    assert sum(rasterise(draw(np.random.default_rng(seed)))) > 1


@pytest.mark.parametrize("label", DIGITS)
def test_templates_fit_into_their_box(label):
    for template in handwriting.templates_of(label):
        for points, corners in template:
            assert len(points) == len(corners) >= 2
            assert (points >= (-0.1, -0.15)).all()
            assert (points <= (1.15 * templates.BOX_WIDTH, 1.15)).all()


def test_curves_pass_through_control_points_and_are_sharp_at_corners_only():
    ((points, _),) = handwriting.parse("0,0 100,0 100,100", 1)
    smooth = handwriting.curve_through(points, np.array([False, False, False]), 12)
    sharp = handwriting.curve_through(points, np.array([False, True, False]), 12)
    for curve in (smooth, sharp):
        for point in points:
            assert np.abs(curve - point).sum(1).min() < 1e-9
    sharp_deviation = np.minimum(np.abs(sharp[:, 1]), np.abs(sharp[:, 0] - 1))
    assert sharp_deviation.max() < 1e-9
    smooth_deviation = np.minimum(np.abs(smooth[:, 1]), np.abs(smooth[:, 0] - 1))
    assert smooth_deviation.max() > 0.01


def test_the_number_of_sampled_points_varies_widely():
    counts = {
        sum(map(len, handwriting.write_symbol("8", np.random.default_rng(seed))))
        for seed in range(50)
    }
    assert min(counts) < 60 < 120 < max(counts)


def test_training_drawings_that_are_not_digits_are_never_a_single_thin_upright_stroke():
    for seed in range(300):
        drawn = not_digits.draw_for_training(np.random.default_rng(seed))
        width, height = size_of(drawn)
        assert len(drawn) > 1 or width >= 0.35 * height


def test_training_and_evaluation_use_different_fonts():
    assert not set(not_digits.TRAINING_FONTS) & set(not_digits.EVALUATION_FONTS)
