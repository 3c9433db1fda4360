"""Tests of the accuracy on changed digits, and of the changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.data.mnist import LabelledImages
from model.evaluation import robustness
from model.evaluation.robustness import mean_stroke_width, rotated, scaled, shifted, thickened

SIDE = 28
UNCHANGED = {"shift": 0, "scale": 1, "rotation": 0, "stroke width": 0}
"""For each kind of change, the value at which images stay as they are."""


@pytest.fixture(scope="module")
def digits():
    """Return ten crosses with arms of different lengths, followed by the same ten crosses."""
    images = np.zeros((20, SIDE, SIDE), np.uint8)
    for number, image in enumerate(images):
        arm = 3 + number % 10
        image[12:16, 14 - arm : 14 + arm] = 255
        image[14 - arm : 14, 12:16] = 255
    return LabelledImages(images, np.arange(20, dtype=np.uint8) % 10)


@pytest.fixture
def images():
    """Return three images of random pixels."""
    return np.random.default_rng(1).random((3, SIDE, SIDE)).astype(np.float32)


def test_measure_returns_an_accuracy_of_1_at_all_points_for_a_perfect_reader(digits):
    true_probabilities = np.eye(10, dtype=np.float32)[digits.labels]
    curves = robustness.measure(lambda _: true_probabilities, digits)
    assert list(curves) == list(UNCHANGED)
    for name, curve in curves.items():
        assert [accuracy for _, accuracy in curve] == [1.0] * len(curve), name
        assert [x for x, _ in curve] == sorted({x for x, _ in curve}), name
        assert curve[0][0] < UNCHANGED[name] < curve[-1][0], name


def test_measure_changes_images_at_all_points_except_the_unchanged_value(digits):
    original = digits.as_input()

    def read(images):
        assert images.shape == original.shape
        assert images.dtype == np.float32
        same = np.abs(images - original).max(axis=(1, 2, 3)) < 1e-3
        return np.eye(10, dtype=np.float32)[np.where(same, digits.labels, 9 - digits.labels)]

    for name, curve in robustness.measure(read, digits).items():
        assert {x: accuracy for x, accuracy in curve if accuracy} == {UNCHANGED[name]: 1.0}, name


def test_measure_uses_an_evenly_spaced_subset_of_a_large_set(digits, monkeypatch):
    monkeypatch.setattr(robustness, "SUBSET", 5)
    probabilities = np.eye(10, dtype=np.float32)[[0, 4, 8, 2, 6]]
    curves = robustness.measure(lambda _: probabilities, digits)
    assert {accuracy for curve in curves.values() for _, accuracy in curve} == {1.0}


def test_shifted_is_exact_for_whole_pixels_and_interpolates_half_pixels(images):
    assert np.allclose(shifted(images, 3, -2)[:, :-2, 3:], images[:, 2:, :-3], atol=1e-6)
    assert not shifted(images, 3, -2)[:, -2:].any()
    half = (images[:, :, 1:] + images[:, :, :-1]) / 2
    assert np.allclose(shifted(images, 0.5, 0)[:, :, 1:], half, atol=1e-6)


def test_rotated_turns_clockwise_about_the_middle(images):
    assert np.allclose(rotated(images, 90), np.rot90(images, -1, (1, 2)), atol=1e-5)
    assert np.allclose(rotated(images, 180), images[:, ::-1, ::-1], atol=1e-5)


def test_scaled_scales_about_the_middle():
    square = np.zeros((1, SIDE, SIDE), np.float32)
    square[:, 10:18, 10:18] = 1
    assert np.array_equal(scaled(square, 1), square)
    assert scaled(square, 2).sum() == pytest.approx(4 * square.sum())
    assert np.allclose(scaled(square, 2), scaled(square, 2)[:, ::-1, ::-1])


def test_thickened_turns_a_dot_into_a_square_and_back():
    dot = np.zeros((1, SIDE, SIDE), np.float32)
    dot[0, 9, 20] = 1
    square = thickened(dot, 1)
    assert np.argwhere(square[0]).tolist() == [[y, x] for y in (8, 9, 10) for x in (19, 20, 21)]
    assert square.max() == 1
    assert np.array_equal(thickened(square, -1), dot)
    assert np.array_equal(thickened(dot, 0), dot)
    assert np.allclose(thickened(dot, 0.25), dot + 0.25 * (square - dot))


@given(st.floats(-2, 2), st.floats(0, 1))
def test_more_dilations_never_remove_ink(dilations, more):
    image = np.random.default_rng(2).random((1, 9, 9)).astype(np.float32)
    thinner, thicker = thickened(image, dilations), thickened(image, dilations + more)
    assert (thicker >= thinner - 1e-6).all()
    assert thinner.min() >= 0
    assert thicker.max() <= 1


@pytest.mark.parametrize("width", [2, 3, 5])
def test_mean_stroke_width_of_a_line_is_nearly_its_width_at_any_brightness(width):
    line = np.zeros((1, 100, 100), np.float32)
    line[0, 40 : 40 + width] = 1
    # Twice the area divided by the perimeter: nearly the width, because the line is long.
    expected = 2 * width * 100 / (2 * 100 + 2 * width)
    assert mean_stroke_width(line) == pytest.approx(expected, rel=0.01)
    assert mean_stroke_width(line / 2) == pytest.approx(mean_stroke_width(line))
