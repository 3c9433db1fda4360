"""What is taught: nearest neighbours, which leave all else alone."""

import math
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.nearest import NEXT, Taught
from digits.reading.recogniser import Recogniser
from offline_onnx import TensorSpec
from tests.unit.fakes import CountingSession, model_of

DISTANCES = {"1": 5.0, "7": 1.0, "4": 3.0}
POINTS = st.lists(st.floats(-5, 5), min_size=2, max_size=2)


def taught(*examples):
    taught = Taught()
    for key, (label, point) in enumerate(examples):
        taught.add(key, label, point)
    return taught


def test_what_is_nearer_to_an_example_than_to_any_other_digit_is_like_it():
    like = taught(("4", [0.0, 0.0])).likeness([0.5, 0.0], DISTANCES)
    assert (like.label, like.weight) == ("4", pytest.approx(1 / 1.5))
    assert taught(("4", [0.0, 0.0])).likeness([1.5, 0.0], DISTANCES) is None


def test_an_example_of_a_label_is_not_measured_against_its_own_prototypes():
    assert taught(("7", [0.0, 0.0])).likeness([2.0, 0.0], DISTANCES).label == "7"
    assert taught(("7", [0.0, 0.0])).likeness([3.5, 0.0], DISTANCES) is None


def test_the_middle_of_two_examples_of_a_label_counts_and_of_two_labels_does_not():
    ends = [0.0, 0.0], [4.0, 0.0]
    assert taught(*(("4", end) for end in ends)).likeness([2.0, 0.5], DISTANCES).label == "4"
    assert taught(("4", ends[0]), ("1", ends[1])).likeness([2.0, 0.5], DISTANCES) is None


def test_the_nearest_of_several_labels_wins():
    known = taught(("1", [0.0, 0.0]), ("4", [0.6, 0.0]))
    assert known.likeness([0.2, 0.0], DISTANCES).label == "1"
    assert known.likeness([0.5, 0.0], DISTANCES).label == "4"


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), max_size=8), POINTS, st.data())
def test_forgetting_leaves_what_was_never_taught(examples, point, data):
    gone = data.draw(st.sets(st.sampled_from(range(len(examples))))) if examples else set()
    known = taught(*examples)
    for key in gone:
        known.remove(key)
    fresh = taught(*(each for key, each in enumerate(examples) if key not in gone))
    assert known.likeness(point, DISTANCES) == fresh.likeness(point, DISTANCES)
    known.clear()
    assert (len(known), known.likeness(point, DISTANCES)) == (0, None)


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=8), POINTS)
def test_a_likeness_counts_more_than_all_else(examples, point):
    like = taught(*examples).likeness(point, DISTANCES)
    assert like is None or 0.5 < like.weight <= 1


def nearest(examples, point):
    """Give the label and the distance of the nearest example or middle, by looking at all."""
    points = [(label, own) for label, own in examples]
    for place, (label, own) in enumerate(examples):
        others = [p for i, (name, p) in enumerate(examples) if name == label and i != place]
        near = sorted(others, key=lambda other: math.dist(own, other))[:NEXT]
        points += [(label, [(a + b) / 2 for a, b in zip(own, o, strict=True)]) for o in near]
    return min((math.dist(point, p), label) for label, p in points)


@given(st.lists(st.tuples(st.sampled_from("147"), POINTS), min_size=1, max_size=20), POINTS)
def test_it_finds_what_looking_at_every_example_and_middle_finds(examples, point):
    found = taught(*examples).likeness(point, dict.fromkeys("147", 20.0))
    distance, _ = nearest(examples, point)
    assert 20 / found.weight - 20 == pytest.approx(distance, abs=1e-6)


def test_a_thousand_examples_are_each_looked_at_once(monkeypatch):
    """The time of a reading: each middle would take as long as an example."""
    known = taught(*(("4", [math.cos(angle), math.sin(angle)]) for angle in range(1000)))
    looks, dist = [], math.dist
    monkeypatch.setattr(math, "dist", lambda *points: looks.append(points) or dist(*points))
    assert known.likeness([1.5, 0.0], DISTANCES).label == "4"
    assert len(looks) == 1000
    known.add(1000, "4", [0.0, 0.0])
    assert len(looks) == 2000


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
