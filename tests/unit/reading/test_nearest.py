"""Learning by nearest neighbours: which images match a taught example, and how readings change."""

import math
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.nearest import NEIGHBOURS, NearestNeighbours
from digits.reading.recogniser import Recogniser, UsedExample
from offline_onnx.inference.tensor import TensorSpec
from tests.unit.fakes import FakeSession, model_of

DISTANCES = {"1": 5.0, "7": 1.0, "4": 3.0}
"""The distance of an image to the nearest prototype of each label."""
POINTS = st.lists(st.floats(-5, 5), min_size=2, max_size=2)
"""The features of an image, which are only two numbers here."""


def taught(*examples):
    """Return NearestNeighbours with examples: (label, features). The keys are 0, 1, 2, ..."""
    neighbours = NearestNeighbours()
    for key, (label, point) in enumerate(examples):
        neighbours.add(key, label, point)
    return neighbours


def test_an_image_matches_an_example_that_is_nearer_than_the_prototypes_of_other_labels():
    match = taught(("4", [0.0, 0.0])).match([0.5, 0.0], DISTANCES)
    assert (match.label, match.weight) == ("4", pytest.approx(1 / 1.5))
    assert taught(("4", [0.0, 0.0])).match([1.5, 0.0], DISTANCES) is None


def test_the_prototypes_of_the_same_label_do_not_prevent_a_match():
    assert taught(("7", [0.0, 0.0])).match([2.0, 0.0], DISTANCES).label == "7"
    assert taught(("7", [0.0, 0.0])).match([3.5, 0.0], DISTANCES) is None


def test_the_midpoint_of_two_examples_counts_only_if_they_have_the_same_label():
    ends = [0.0, 0.0], [4.0, 0.0]
    assert taught(*(("4", end) for end in ends)).match([2.0, 0.5], DISTANCES).label == "4"
    assert taught(("4", ends[0]), ("1", ends[1])).match([2.0, 0.5], DISTANCES) is None


def test_an_image_matches_the_label_of_the_nearest_example():
    neighbours = taught(("1", [0.0, 0.0]), ("4", [0.6, 0.0]))
    assert neighbours.match([0.2, 0.0], DISTANCES).label == "1"
    assert neighbours.match([0.5, 0.0], DISTANCES).label == "4"


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), max_size=8), POINTS, st.data())
def test_a_removed_example_has_no_effect(examples, point, data):
    removed = data.draw(st.sets(st.sampled_from(range(len(examples))))) if examples else set()
    neighbours = taught(*examples)
    for key in removed:
        neighbours.remove(key)
    expected = taught(*(each for key, each in enumerate(examples) if key not in removed))
    assert neighbours.match(point, DISTANCES) == expected.match(point, DISTANCES)
    neighbours.clear()
    assert (len(neighbours), neighbours.match(point, DISTANCES)) == (0, None)


def test_the_oldest_remaining_example_wins_among_equally_near_ones():
    neighbours = taught(("4", [0.0, 0.0]), ("1", [0.0, 0.0]), ("4", [0.0, 0.0]))
    assert neighbours.match([0.0, 0.0], DISTANCES).label == "4"
    neighbours.remove(0)
    assert neighbours.match([0.0, 0.0], DISTANCES).label == "1"


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=8), POINTS)
def test_the_weight_of_a_match_is_more_than_half(examples, point):
    match = taught(*examples).match(point, DISTANCES)
    assert match is None or 0.5 < match.weight <= 1


def nearest(examples, point):
    """Return the distance and the label of the nearest example or midpoint, by brute force."""
    points = list(examples)
    for index, (label, features) in enumerate(examples):
        others = [p for i, (name, p) in enumerate(examples) if name == label and i != index]
        near = sorted(others, key=lambda other: math.dist(features, other))[:NEIGHBOURS]
        points += [(label, [(a + b) / 2 for a, b in zip(features, o, strict=True)]) for o in near]
    return min((math.dist(point, p), label) for label, p in points)


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=20), POINTS)
def test_a_match_has_the_same_distance_as_a_brute_force_search(examples, point):
    match = taught(*examples).match(point, dict.fromkeys("147", 20.0))
    distance, _ = nearest(examples, point)
    assert 20 / match.weight - 20 == pytest.approx(distance, abs=1e-6)


def test_matching_measures_one_distance_per_example(monkeypatch):
    """Measuring the distance to each midpoint would take too long for one frame of the display."""
    neighbours = taught(*(("4", [math.cos(angle), math.sin(angle)]) for angle in range(1000)))
    measured, dist = [], math.dist
    monkeypatch.setattr(math, "dist", lambda *points: measured.append(points) or dist(*points))
    assert neighbours.match([1.5, 0.0], DISTANCES).label == "4"
    assert len(measured) == 1000
    neighbours.add(1000, "4", [0.0, 0.0])
    assert len(measured) == 2000  # `add` measures the distance to each other example


def recogniser_with(*examples):
    """Return a recogniser that can be taught, with examples: (label, features)."""
    model = model_of(FakeSession())
    outputs = [TensorSpec(name, "float32", ("N", 2)) for name in ("features", "distances")]
    manifest = replace(model.manifest, outputs=(*model.manifest.outputs, *outputs))
    return Recogniser(replace(model, manifest=manifest), taught(*examples))


def outputs(features):
    """Return a model's outputs for one image: a 7, with these features."""
    return {
        "probabilities": array("f", [0.9 if label == 7 else 0.1 / 9 for label in range(10)]),
        "is_digit": array("f", [0.25]),
        "features": array("f", features),
        "distances": array("f", [1.0] * 10),
    }


def test_a_taught_example_changes_only_the_readings_of_images_that_match_it():
    recogniser = recogniser_with(("1", [0.0, 0.0]))
    reading = recogniser.reading(outputs([0.25, 0.0]))  # the weight is 1 / 1.25
    assert (reading.label, reading.second, reading.is_decided_by_example) == ("1", "7", True)
    assert max(reading.probabilities) == pytest.approx(0.8 + 0.2 * 0.1 / 9)
    assert sum(reading.probabilities) == pytest.approx(1)
    assert reading.is_digit == pytest.approx(1 - 0.2 * 0.75)
    other = recogniser.reading(outputs([3.0, 0.0]))
    assert other == recogniser_with().reading(outputs([3.0, 0.0]))
    assert (other.label, other.is_digit, other.is_decided_by_example) == ("7", 0.25, False)


def test_a_reading_says_which_example_decided_it_and_what_the_model_alone_would_say():
    recogniser = recogniser_with(("1", [0.5, 0.0]), ("7", [5.0, 0.0]), ("1", [0.2, 0.0]))
    alone = recogniser_with().reading(outputs([0.25, 0.0]))
    assert recogniser.reading(outputs([0.25, 0.0])).used_example == UsedExample(2, alone)
    same = recogniser.reading(outputs([5.0, 0.0]))
    assert (same.label, same.used_example) == ("7", UsedExample(1, alone))
    assert not same.is_decided_by_example  # the model alone gives the same answer
    recogniser.model.metadata["threshold"] = 0.5
    unsure = recogniser.reading(outputs([5.0, 0.0]))
    assert (unsure.used_example, unsure.is_decided_by_example) == (
        UsedExample(1, replace(alone, threshold=0.5)),
        True,
    )


def test_a_model_without_features_can_not_be_taught():
    assert recogniser_with().can_be_taught
    assert not Recogniser(model_of(FakeSession())).can_be_taught
