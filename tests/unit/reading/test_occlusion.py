"""Explaining a reading.

How important each pixel is, the smallest erasure that changes the reading, and where that is.
"""

import asyncio
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.drawing.raster import SIDE, rasterise
from digits.reading.occlusion import (
    MIN_REMAINING_INK,
    NOTICEABLE,
    SIZE,
    STARTS,
    erase,
    explain,
    pixels_in,
    squares_with_ink,
)
from digits.reading.recogniser import Recogniser
from model.evaluation.readings import load_recogniser
from offline_onnx import Model, Tensor
from tests.unit.drawing.digit_shapes import SHAPES
from tests.unit.fakes import manifest_of
from tools.site.bundle import MODEL

THRESHOLD = 0.6
"""The minimum confidence of an answer."""


class WeightedSession:
    """Reads a 3 or an 8: the probability of a 3 is proportional to the weighted sum of the ink.

    For the whole image, the probability of a 3 is 0.8, or 0 if no ink has a weight.

    Attributes:
        weights: the weight of each pixel; pixels that are not listed have a weight of 0.
        whole: the weighted sum of the ink of the whole image; 1 if it is 0.
        runs: the number of images in each run.
    """

    def __init__(self, weights, image):
        self.weights = weights
        self.whole = self.weighted_sum(image) or 1.0
        self.runs = []

    def weighted_sum(self, image):
        return sum(weight * image[pixel] for pixel, weight in self.weights.items())

    async def run(self, inputs, outputs=None):
        pixels, count = inputs["image"].values, inputs["image"].shape[0]
        self.runs.append(count)
        probabilities = array("f")
        for start in range(0, count * SIDE * SIDE, SIDE * SIDE):
            fraction = self.weighted_sum(pixels[start : start + SIDE * SIDE]) / self.whole
            three = min(max(0.8 * fraction, 0.0), 1.0)
            probabilities.extend([0.0] * 3 + [three] + [0.0] * 4 + [1 - three, 0.0])
        return {"probabilities": Tensor(probabilities, (count, 10))}


def recogniser_of(session):
    """Return a recogniser that uses a session."""
    return Recogniser(Model(manifest_of(b"model", metadata={"threshold": THRESHOLD}), session))


def explanation_of(image, weights):
    """Explain the reading of an image by a WeightedSession; return explanation and session."""
    session = WeightedSession(weights, image)
    return asyncio.run(explain(recogniser_of(session), image)), session


def read(session, images):
    """Return the readings of images."""
    return asyncio.run(recogniser_of(session).read(images))


def image_of(ink):
    """Return an image. ink: the values of its pixels; pixels that are not listed are blank."""
    image = array("f", bytes(4 * SIDE * SIDE))
    for pixel, value in ink.items():
        image[pixel] = value
    return image


PIXELS = st.integers(0, SIDE * SIDE - 1)
INK = st.dictionaries(PIXELS, st.floats(0.125, 1, width=32), min_size=1, max_size=30)
WEIGHTS = st.dictionaries(PIXELS, st.floats(0.1, 1), max_size=30)


def squares_with(pixel):
    """Return all squares that contain a pixel."""
    row, column = divmod(pixel, SIDE)
    return [
        (left, top)
        for left in STARTS
        for top in STARTS
        if left <= column < left + SIZE and top <= row < top + SIZE
    ]


SQUARES = [squares_with(pixel) for pixel in range(SIDE * SIDE)]
"""For each pixel: all squares that contain the pixel."""


def test_each_pixel_lies_in_a_square_and_squares_without_ink_are_skipped():
    for pixel, squares in enumerate(SQUARES):
        assert squares
        assert all(pixel in pixels_in(square) for square in squares)
    for pixel in range(0, SIDE * SIDE, 13):
        assert sorted(squares_with_ink(image_of({pixel: 0.5}))) == sorted(SQUARES[pixel])


@given(INK, PIXELS)
def test_erase_removes_only_the_ink_in_the_square(ink, pixel):
    image = image_of(ink)
    square = SQUARES[pixel][0]
    remaining = erase(image, square)
    for index, squares in enumerate(SQUARES):
        assert remaining[index] == (0 if square in squares else image[index])
    assert image == image_of(ink)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_importance_is_the_mean_loss_of_confidence_over_the_squares_with_the_pixel(ink, weights):
    image = image_of(ink)
    explanation, session = explanation_of(image, weights)
    probabilities = {patch.square: patch.probability for patch in explanation.patches}
    label, confidence = int(explanation.reading.label), explanation.reading.confidence
    readings = read(session, [erase(image, square) for square in probabilities])
    assert list(probabilities.values()) == [each.joint_probabilities[label] for each in readings]
    assert probabilities.keys() == {square for pixel in ink for square in SQUARES[pixel]}
    for squares, importance in zip(SQUARES, explanation.importance, strict=True):
        losses = [confidence - probabilities.get(square, confidence) for square in squares]
        assert importance == pytest.approx(sum(losses) / len(squares), abs=1e-6)
        assert importance == 0 or probabilities.keys() & set(squares)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_the_decisive_erasure_is_at_least_as_good_as_erasing_any_single_patch(ink, weights):
    """An erasure is better if its reading is confident, or else if it erases less ink."""
    image = image_of(ink)
    explanation, session = explanation_of(image, weights)
    change, original = explanation.decisive_erasure, explanation.reading

    def answer(reading):
        return reading.label if reading.is_confident else None

    if change:
        (reading,) = read(session, [change.remaining])
        assert reading == change.reading
        assert answer(reading) != answer(original)
        assert sum(change.remaining) >= MIN_REMAINING_INK * sum(image)
        assert all(
            after in (0, before) for after, before in zip(change.remaining, image, strict=True)
        )
    images = [erase(image, patch.square) for patch in explanation.patches]
    for remaining, reading in zip(images, read(session, images), strict=True):
        has_enough_ink = sum(remaining) >= MIN_REMAINING_INK * sum(image)
        if answer(reading) != answer(original) and has_enough_ink:
            assert change
            assert change.reading.is_confident >= reading.is_confident
            is_smaller = sum(change.remaining) >= sum(remaining)
            assert is_smaller or change.reading.is_confident > reading.is_confident


def bar(row, columns):
    """Return the ink of a horizontal bar."""
    return {row * SIDE + column: 1.0 for column in columns}


TOP, BOTTOM = bar(5, range(8, 20)), bar(22, range(8, 20))
"""The ink of a bar at the top of the image, and of one at the bottom."""


def test_two_runs_find_the_ink_for_and_against_the_label():
    image = image_of(TOP | BOTTOM)
    explanation, session = explanation_of(image, TOP | dict.fromkeys(BOTTOM, -0.3))
    assert len(session.runs) == 2
    assert session.runs[0] == len(explanation.patches) + 1
    assert max(session.runs) <= len(STARTS) ** 2 + 1
    assert explanation.reading.label == "3"
    assert all(explanation.importance[pixel] > 0 for pixel in TOP)
    assert all(explanation.importance[pixel] < 0 for pixel in BOTTOM)
    support, opposition = explanation.strongest_support, explanation.strongest_opposition
    assert explanation.location_of_erased_ink(erase(image, support.square))[0] == 0
    assert explanation.location_of_erased_ink(erase(image, opposition.square))[0] == 2
    assert support.probability < explanation.reading.confidence < opposition.probability
    assert explanation.runner_up_probability == pytest.approx(1 - explanation.reading.confidence)


def test_several_patches_are_erased_if_no_single_patch_changes_the_answer():
    image = image_of(TOP | BOTTOM)
    explanation, _ = explanation_of(image, TOP | dict.fromkeys(BOTTOM, 2.0))
    assert explanation.decisive_erasure.reading.label == "8"
    assert explanation.decisive_erasure.reading.is_confident
    assert explanation.location_of_erased_ink(explanation.decisive_erasure.remaining)[0] == 2
    assert sum(image) - sum(explanation.decisive_erasure.remaining) > SIZE


def test_an_explanation_is_empty_if_no_ink_has_importance():
    explanation, session = explanation_of(image_of(TOP | BOTTOM), {})
    assert set(explanation.importance) == {0.0}
    assert explanation.strongest_support is explanation.strongest_opposition is None
    assert explanation.decisive_erasure is None
    assert len(session.runs) == 1


@pytest.mark.parametrize(
    ("pixel", "location"),
    [(5 * SIDE + 5, (0, 0)), (5 * SIDE + 22, (0, 2)), (14 * SIDE + 14, (1, 1)),
     (22 * SIDE + 5, (2, 0)), (22 * SIDE + 14, (2, 1))],
)  # fmt: skip
def test_a_location_is_a_third_of_the_height_and_a_third_of_the_width(pixel, location):
    image = image_of(dict.fromkeys((5 * SIDE + 5, 22 * SIDE + 22, pixel), 1.0))
    remaining = array("f", image)
    remaining[pixel] = 0
    assert explanation_of(image, {})[0].location_of_erased_ink(remaining) == location


def test_all_ink_of_a_narrow_digit_is_in_the_middle_third_of_its_width():
    image = image_of({row * SIDE + 13: 1.0 for row in range(4, 24)})
    explanation, _ = explanation_of(image, {})
    images = [erase(image, patch.square) for patch in explanation.patches]
    assert {explanation.location_of_erased_ink(each) for each in images} == {(0, 1), (1, 1), (2, 1)}


def test_the_numbers_of_an_explanation_are_readings_of_the_released_model():
    recogniser, changes = load_recogniser(MODEL), 0
    for _, strokes in SHAPES.values():
        image = rasterise(strokes)
        explanation = asyncio.run(explain(recogniser, image))
        (original,) = asyncio.run(recogniser.read([image]))
        assert explanation.reading.label == original.label
        assert explanation.reading.confidence == pytest.approx(original.confidence, abs=1e-5)
        support, change = explanation.strongest_support, explanation.decisive_erasure
        if support:
            (reading,) = asyncio.run(recogniser.read([erase(image, support.square)]))
            assert reading.joint_probabilities[int(original.label)] == pytest.approx(
                support.probability, abs=1e-5
            )
            assert original.confidence - support.probability >= NOTICEABLE
        if change:
            changes += 1
            (reading,) = asyncio.run(recogniser.read([change.remaining]))
            assert reading.label == change.reading.label
            assert (reading.label, reading.is_confident) != (original.label, original.is_confident)
    assert changes > len(SHAPES) / 2
