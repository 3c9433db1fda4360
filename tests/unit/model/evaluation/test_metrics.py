"""Tests of accuracy, calibration, the area under the ROC curve and Wilson's interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.evaluation.metrics import (
    BINS,
    Predictions,
    area_under_roc,
    expected_calibration_error,
    reliability,
    wilson_interval,
)

scores = st.lists(st.integers(-5, 5), min_size=1, max_size=12).map(np.array)


@st.composite
def predictions_and_labels(draw):
    """Draw the probabilities of three labels for some images, and the true labels."""
    weights = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)
    rows = draw(st.lists(weights, min_size=1, max_size=12))
    labels = draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    raw = np.array(rows)
    return raw / raw.sum(axis=1, keepdims=True), np.array(labels)


def binary(*confidences):
    """Return the probabilities of two labels, for which 0 is predicted with these confidences."""
    return np.array([[p, 1 - p] for p in confidences])


def test_the_calibration_error_is_the_mean_gap_weighted_by_the_counts_of_the_bins():
    # One of two predictions with 0.9 is correct: a gap of 0.4. The one with 0.65 is correct: 0.35.
    error = expected_calibration_error(binary(0.9, 0.9, 0.65), np.array([0, 1, 0]))
    assert error == pytest.approx((2 * 0.4 + 1 * 0.35) / 3)


def test_calibration_gaps_cancel_within_a_bin_but_not_between_bins():
    one_bin = expected_calibration_error(binary(0.74, 0.76), np.array([0, 1]))
    assert one_bin == pytest.approx(0.25)
    two_bins = expected_calibration_error(binary(0.55, 0.95), np.array([0, 1]))
    assert two_bins == pytest.approx((0.45 + 0.95) / 2)


def test_a_bin_contains_its_upper_boundary_but_not_its_lower_one():
    boundary = 9 / BINS
    lower, upper = reliability(binary(0.59, boundary, 0.61), np.array([0, 1, 0]))
    assert (lower.count, lower.right, lower.accuracy) == (2, 1, 0.5)
    assert lower.confidence == pytest.approx((0.59 + boundary) / 2)
    assert (upper.count, upper.right, upper.confidence) == (1, 1, pytest.approx(0.61))


def test_the_calibration_error_of_certain_predictions_is_0_if_correct_and_1_if_wrong():
    certain = binary(1.0, 1.0)
    assert expected_calibration_error(certain, np.array([0, 0])) == 0
    assert expected_calibration_error(certain, np.array([1, 1])) == 1


@given(predictions_and_labels())
def test_reliability_puts_every_prediction_into_one_bin(drawn):
    probabilities, labels = drawn
    bins = reliability(probabilities, labels)
    assert sum(b.count for b in bins) == len(labels)
    assert sum(b.right for b in bins) == (probabilities.argmax(axis=1) == labels).sum()
    assert [b.confidence for b in bins] == sorted(b.confidence for b in bins)
    assert len({math.ceil(b.confidence * BINS - 1e-9) for b in bins}) == len(bins)


@given(predictions_and_labels(), st.randoms(use_true_random=False))
def test_the_calibration_error_is_between_the_overall_gap_and_1_in_any_order(drawn, random):
    probabilities, labels = drawn
    error = expected_calibration_error(probabilities, labels)
    right = probabilities.argmax(axis=1) == labels
    assert abs(right.mean() - probabilities.max(axis=1).mean()) - 1e-9 <= error <= 1
    order = random.sample(range(len(labels)), len(labels))
    shuffled = expected_calibration_error(probabilities[order], labels[order])
    assert shuffled == pytest.approx(error)


def test_the_area_under_roc_counts_ordered_pairs_and_half_of_the_ties():
    # Of four pairs, 3 > 2 and 3 > 1 are in order, 1 < 2 is not, 1 = 1 is a tie.
    assert area_under_roc(np.array([3, 1]), np.array([2, 1])) == 2.5 / 4
    assert area_under_roc(np.array([2, 3]), np.array([0, 1])) == 1
    assert area_under_roc(np.array([1]), np.array([1, 1])) == 0.5


@given(scores, scores)
def test_the_area_under_roc_equals_the_share_of_ordered_pairs(positives, negatives):
    ordered = (positives[:, np.newaxis] > negatives).mean()
    ties = (positives[:, np.newaxis] == negatives).mean()
    assert area_under_roc(positives, negatives) == pytest.approx(ordered + ties / 2)


@given(scores, scores)
def test_the_area_under_roc_is_complemented_by_a_swap_and_kept_by_a_monotonic_map(
    positives, negatives
):
    area = area_under_roc(positives, negatives)
    assert area_under_roc(negatives, positives) == pytest.approx(1 - area)
    assert area_under_roc(np.exp(positives), np.exp(negatives)) == area


def test_wilson_interval_returns_known_values():
    assert wilson_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_contains_the_share_and_narrows_with_the_count(right_and_count):
    right, count = right_and_count
    low, high = wilson_interval(right, count)
    assert 0 <= low <= right / count + 1e-12
    assert right / count - 1e-12 <= high <= 1
    tenfold_low, tenfold_high = wilson_interval(10 * right, 10 * count)
    assert tenfold_high - tenfold_low < high - low


def test_predictions_have_an_accuracy_by_digit_and_list_misread_images_by_confidence():
    labels = np.arange(40) % 10
    predicted = labels.copy()
    predicted[[3, 17, 23, 38]] = 5, 1, 5, 2
    probabilities = np.eye(10, dtype=np.float32)[predicted]
    probabilities[17, 1] = 0.9
    found = Predictions(labels, probabilities)
    assert found.accuracy == 36 / 40
    by_digit = found.accuracy_by_digit()
    assert by_digit == {**dict.fromkeys("0124569", 1.0), "3": 0.5, "7": 0.75, "8": 0.75}
    assert found.misread() == [3, 23, 38, 17]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=50))
def test_the_confusion_matrix_counts_every_image_once(pairs):
    labels, predicted = np.array(pairs).T
    found = Predictions(labels, np.eye(10, dtype=np.float32)[predicted])
    counts = found.confusion_matrix()
    assert counts.sum() == len(pairs)
    assert np.trace(counts) == round(found.accuracy * len(pairs))
    assert sum(count for *_, count in found.confusions()) == len(found.misread())
