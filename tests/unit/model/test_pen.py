"""Digits and other drawings made by code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.raster import rasterise
from digits.reading.contract import DIGITS
from model.data import drawings as synthetic
from model.data import handwriting as pen
from model.data import not_digits as negatives
from model.data import strokes, templates

SEEDS = st.integers(0, 2**32)


def box(strokes):
    points = np.array([point for stroke in strokes for point in stroke])
    return np.ptp(points, axis=0)


@given(st.sampled_from(DIGITS), SEEDS)
def test_a_digit_is_ink_of_its_size_and_the_same_for_the_same_seed(label, seed):
    drawn = pen.digit(label, np.random.default_rng(seed))
    assert drawn == pen.digit(label, np.random.default_rng(seed))
    assert all(len(stroke) >= 2 for stroke in drawn)
    width, height = box(drawn)
    assert 0.3 < max(width, height) < 4


@given(st.sampled_from([negatives.training, negatives.measuring]), SEEDS)
def test_what_is_no_digit_is_ink_too(draw, seed):
    assert sum(rasterise(draw(np.random.default_rng(seed)))) > 1


@pytest.mark.parametrize("label", DIGITS)
def test_every_way_is_written_within_its_box_as_it_stands(label):
    for way in pen.ways(label):
        for points, corners in way:
            assert len(points) == len(corners) >= 2
            assert (points >= (-0.1, -0.15)).all()
            assert (points <= (1.15 * templates.WIDTH, 1.15)).all()


def test_a_smooth_curve_passes_its_points_and_a_corner_is_sharp():
    ((points, _),) = pen.parse("0,0 100,0 100,100", 1)
    smooth = pen._curve(points, np.array([False, False, False]))
    sharp = pen._curve(points, np.array([False, True, False]))
    for curve in (smooth, sharp):
        for point in points:
            assert np.abs(curve - point).sum(1).min() < 1e-9
    on_the_lines = np.minimum(np.abs(sharp[:, 1]), np.abs(sharp[:, 0] - 1))
    assert on_the_lines.max() < 1e-9
    assert np.minimum(np.abs(smooth[:, 1]), np.abs(smooth[:, 0] - 1)).max() > 0.01


def test_a_pen_samples_coarsely_and_on_a_grid():
    counts = {sum(map(len, pen.digit("8", np.random.default_rng(seed)))) for seed in range(50)}
    assert min(counts) < 60 < 120 < max(counts)


def test_an_upright_stroke_is_no_lesson_in_what_is_no_digit():
    for seed in range(300):
        drawn = negatives.training(np.random.default_rng(seed))
        width, height = box(drawn)
        assert len(drawn) > 1 or width >= 0.35 * height


def test_training_and_measuring_use_other_fonts():
    assert not set(negatives.TRAINING_FONTS) & set(negatives.MEASURING_FONTS)


def test_images_are_drawn_once_and_each_place_is_always_the_same(tmp_path, monkeypatch):
    some = synthetic.images("pen", 20, 5, tmp_path)
    assert some.images.shape == (20, 28, 28)
    assert some.labels.tolist() == [*range(10), *range(10)]
    monkeypatch.setattr(synthetic, "_piece", None)  # nothing is drawn a second time
    again = synthetic.images("pen", 20, 5, tmp_path)
    assert np.array_equal(some.images, again.images)
    monkeypatch.undo()
    monkeypatch.setattr(synthetic, "PIECE", 7)
    pieces = synthetic.images("pen", 30, 5, tmp_path)
    assert np.array_equal(pieces.images[:20], some.images)
    assert set(synthetic.images("training", 5, 5, tmp_path).labels) == {synthetic.NO_DIGIT}


def test_what_a_file_lacks_is_drawn_by_code(monkeypatch):
    monkeypatch.setattr(synthetic, "MEASURED", 10)
    drawn = strokes.drawings([])
    assert [label for label, _ in drawn] == [*DIGITS, *[None] * 10]
