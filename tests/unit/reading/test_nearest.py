"""Taught examples: nearest neighbours that leave all other readings unchanged."""

import math
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.nearest import NEIGHBOURS, NearestNeighbours
from digits.reading.recogniser import Recogniser
from offline_onnx import TensorSpec
from tests.unit.fakes import CountingSession, model_of

DISTANCES = {"1": 5.0, "7": 1.0, "4": 3.0}
POINTS = st.lists(st.floats(-5, 5), min_size=2, max_size=2)


def taught(*examples):
    neighbours = NearestNeighbours()
    for key, (label, point) in enumerate(examples):
        neighbours.add(key, label, point)
    return neighbours


def test_an_image_matches_an_example_that_is_nearer_than_any_other_digit():
    match = taught(("4", [0.0, 0.0])).match([0.5, 0.0], DISTANCES)
    assert (match.label, match.weight) == ("4", pytest.approx(1 / 1.5))
    assert taught(("4", [0.0, 0.0])).match([1.5, 0.0], DISTANCES) is None


def test_the_prototypes_of_the_same_label_are_no_rivals():
    assert taught(("7", [0.0, 0.0])).match([2.0, 0.0], DISTANCES).label == "7"
    assert taught(("7", [0.0, 0.0])).match([3.5, 0.0], DISTANCES) is None


def test_a_midpoint_counts_between_examples_of_one_label_but_not_of_two():
    ends = [0.0, 0.0], [4.0, 0.0]
    assert taught(*(("4", end) for end in ends)).match([2.0, 0.5], DISTANCES).label == "4"
    assert taught(("4", ends[0]), ("1", ends[1])).match([2.0, 0.5], DISTANCES) is None


def test_the_nearest_of_several_labels_wins():
    known = taught(("1", [0.0, 0.0]), ("4", [0.6, 0.0]))
    assert known.match([0.2, 0.0], DISTANCES).label == "1"
    assert known.match([0.5, 0.0], DISTANCES).label == "4"


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), max_size=8), POINTS, st.data())
def test_forgetting_an_example_equals_never_having_taught_it(examples, point, data):
    gone = data.draw(st.sets(st.sampled_from(range(len(examples))))) if examples else set()
    known = taught(*examples)
    for key in gone:
        known.remove(key)
    fresh = taught(*(each for key, each in enumerate(examples) if key not in gone))
    assert known.match(point, DISTANCES) == fresh.match(point, DISTANCES)
    known.clear()
    assert (len(known), known.match(point, DISTANCES)) == (0, None)


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=8), POINTS)
def test_a_match_counts_at_least_half(examples, point):
    match = taught(*examples).match(point, DISTANCES)
    assert match is None or 0.5 < match.weight <= 1


def nearest(examples, point):
    """Return the distance and the label of the nearest example or midpoint, by brute force."""
    points = [(label, own) for label, own in examples]
    for place, (label, own) in enumerate(examples):
        others = [p for i, (name, p) in enumerate(examples) if name == label and i != place]
        near = sorted(others, key=lambda other: math.dist(own, other))[:NEIGHBOURS]
        points += [(label, [(a + b) / 2 for a, b in zip(own, o, strict=True)]) for o in near]
    return min((math.dist(point, p), label) for label, p in points)


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=20), POINTS)
def test_it_finds_what_a_brute_force_search_finds(examples, point):
    found = taught(*examples).match(point, dict.fromkeys("147", 20.0))
    distance, _ = nearest(examples, point)
    assert 20 / found.weight - 20 == pytest.approx(distance, abs=1e-6)


def test_a_match_measures_one_distance_per_example(monkeypatch):
    """A reading has to fit into a frame: measuring every midpoint would multiply its time."""
    known = taught(*(("4", [math.cos(angle), math.sin(angle)]) for angle in range(1000)))
    measured, dist = [], math.dist
    monkeypatch.setattr(math, "dist", lambda *points: measured.append(points) or dist(*points))
    assert known.match([1.5, 0.0], DISTANCES).label == "4"
    assert len(measured) == 1000
    known.add(1000, "4", [0.0, 0.0])
    assert len(measured) == 2000


def reader(*examples):
    model = model_of(CountingSession())
    outputs = [TensorSpec(name, "float32", ("N", 2)) for name in ("features", "distances")]
    manifest = replace(model.manifest, outputs=(*model.manifest.outputs, *outputs))
    return Recogniser(replace(model, manifest=manifest), taught(*examples))


def outputs(features):
    return {
        "probabilities": array("f", [0.9 if label == 7 else 0.1 / 9 for label in range(10)]),
        "is_digit": array("f", [0.25]),
        "features": array("f", features),
        "distances": array("f", [1.0] * 10),
    }


def test_a_reading_adapts_and_its_probabilities_still_sum_to_one():
    taught_one = reader(("1", [0.0, 0.0]))
    reading = taught_one.reading(outputs([0.25, 0.0]))  # a weight of 1 / 1.25
    assert (reading.label, reading.second, reading.as_taught) == ("1", "7", True)
    assert reading.probability == pytest.approx(0.8 + 0.2 * 0.1 / 9)
    assert sum(reading.probabilities) == pytest.approx(1)
    assert reading.is_digit == pytest.approx(1 - 0.2 * 0.75)
    other = taught_one.reading(outputs([3.0, 0.0]))
    assert other == reader().reading(outputs([3.0, 0.0]))
    assert (other.label, other.is_digit, other.as_taught) == ("7", 0.25, False)


def test_a_model_without_features_can_not_be_taught():
    assert reader().can_be_taught
    assert not Recogniser(model_of(CountingSession())).can_be_taught
