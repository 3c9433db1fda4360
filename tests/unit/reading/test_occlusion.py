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


class WeighingSession:
    """Read a 3, less surely the less weighted ink is left.

    weights: by pixel; pixels that are not listed weigh nothing.
    """

    def __init__(self, weights, whole):
        self.weights = weights
        self.whole = self.weigh(whole) or 1.0
        self.runs = []

    def weigh(self, image):
        return sum(weight * image[pixel] for pixel, weight in self.weights.items())

    async def run(self, inputs, outputs=None):
        pixels, count = inputs["image"].values, inputs["image"].shape[0]
        self.runs.append(count)
        answers = array("f")
        for start in range(0, count * SIDE * SIDE, SIDE * SIDE):
            part = self.weigh(pixels[start : start + SIDE * SIDE]) / self.whole
            three = min(max(0.8 * part, 0.0), 1.0)
            answers.extend([0.0] * 3 + [three] + [0.0] * 4 + [1 - three, 0.0])
        return {"probabilities": Tensor(answers, (count, 10))}


def recogniser_of(session):
    return Recogniser(Model(manifest_of(b"model", metadata={"threshold": THRESHOLD}), session))


def explanation_of(image, weights):
    session = WeighingSession(weights, image)
    return asyncio.run(explain(recogniser_of(session), image)), session


def read(session, images):
    return asyncio.run(recogniser_of(session).read(images))


def image_of(ink):
    image = array("f", bytes(4 * SIDE * SIDE))
    for pixel, value in ink.items():
        image[pixel] = value
    return image


PIXELS = st.integers(0, SIDE * SIDE - 1)
INK = st.dictionaries(PIXELS, st.floats(0.125, 1, width=32), min_size=1, max_size=30)
WEIGHTS = st.dictionaries(PIXELS, st.floats(0.1, 1), max_size=30)


def squares_over(pixel):
    row, column = divmod(pixel, SIDE)
    return [
        (left, top)
        for left in STARTS
        for top in STARTS
        if left <= column < left + SIZE and top <= row < top + SIZE
    ]


OVER = [squares_over(pixel) for pixel in range(SIDE * SIDE)]


def test_every_pixel_lies_in_a_square_and_squares_without_ink_are_skipped():
    for pixel, over in enumerate(OVER):
        assert over
        assert all(pixel in pixels_in(square) for square in over)
    for pixel in range(0, SIDE * SIDE, 13):
        assert sorted(squares_with_ink(image_of({pixel: 0.5}))) == sorted(OVER[pixel])


@given(INK, PIXELS)
def test_erasing_a_square_removes_its_ink_and_no_other(ink, pixel):
    image = image_of(ink)
    square = OVER[pixel][0]
    rest = erase(image, square)
    for index, over in enumerate(OVER):
        assert rest[index] == (0 if square in over else image[index])
    assert image == image_of(ink)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_importance_is_the_mean_loss_of_confidence_over_the_squares_with_the_pixel(ink, weights):
    image = image_of(ink)
    explanation, session = explanation_of(image, weights)
    probabilities = {patch.square: patch.probability for patch in explanation.patches}
    label, whole = int(explanation.reading.label), explanation.reading.confidence
    again = read(session, [erase(image, square) for square in probabilities])
    assert list(probabilities.values()) == [each.joint_probabilities[label] for each in again]
    assert probabilities.keys() == {square for pixel in ink for square in OVER[pixel]}
    for over, matters in zip(OVER, explanation.importance, strict=True):
        falls = [whole - probabilities.get(square, whole) for square in over]
        assert matters == pytest.approx(sum(falls) / len(over), abs=1e-6)
        assert matters == 0 or probabilities.keys() & set(over)


@settings(max_examples=20)
@given(INK, WEIGHTS)
def test_a_change_was_read_and_no_smaller_patch_has_the_same_effect(ink, weights):
    image = image_of(ink)
    explanation, session = explanation_of(image, weights)
    change, before = explanation.change, explanation.reading

    def answer(reading):
        return reading.label if reading.is_confident else None

    if change:
        (again,) = read(session, [change.image])
        assert again == change.reading
        assert answer(again) != answer(before)
        assert sum(change.image) >= MIN_REMAINING_INK * sum(image)
        assert all(left in (0, was) for left, was in zip(change.image, image, strict=True))
    rests = [erase(image, patch.square) for patch in explanation.patches]
    for rest, alone in zip(rests, read(session, rests), strict=True):
        if answer(alone) != answer(before) and sum(rest) >= MIN_REMAINING_INK * sum(image):
            assert change
            assert change.reading.is_confident >= alone.is_confident
            is_smaller = sum(change.image) >= sum(rest)
            assert is_smaller or change.reading.is_confident > alone.is_confident


def bar(row, columns):
    return {row * SIDE + column: 1.0 for column in columns}


TOP, BOTTOM = bar(5, range(8, 20)), bar(22, range(8, 20))


def test_two_runs_find_the_ink_that_supports_and_that_opposes_the_label():
    image = image_of(TOP | BOTTOM)
    explanation, session = explanation_of(image, TOP | dict.fromkeys(BOTTOM, -0.3))
    assert len(session.runs) == 2
    assert session.runs[0] == len(explanation.patches) + 1
    assert max(session.runs) <= len(STARTS) ** 2 + 1
    assert explanation.reading.label == "3"
    assert all(explanation.importance[pixel] > 0 for pixel in TOP)
    assert all(explanation.importance[pixel] < 0 for pixel in BOTTOM)
    support, opposition = explanation.strongest_support, explanation.strongest_opposition
    assert explanation.location_of_loss(erase(image, support.square))[0] == 0
    assert explanation.location_of_loss(erase(image, opposition.square))[0] == 2
    assert support.probability < explanation.reading.confidence < opposition.probability
    assert explanation.runner_up == pytest.approx(1 - explanation.reading.confidence)


def test_ink_that_only_matters_together_is_erased_together():
    image = image_of(TOP | BOTTOM)
    explanation, _ = explanation_of(image, TOP | dict.fromkeys(BOTTOM, 2.0))
    assert explanation.change.reading.label == "8"
    assert explanation.change.reading.is_confident
    assert explanation.location_of_loss(explanation.change.image)[0] == 2
    assert sum(image) - sum(explanation.change.image) > SIZE


def test_where_nothing_matters_nothing_is_reported():
    explanation, session = explanation_of(image_of(TOP | BOTTOM), {})
    assert set(explanation.importance) == {0.0}
    assert explanation.strongest_support is explanation.strongest_opposition is None
    assert explanation.change is None
    assert len(session.runs) == 1


@pytest.mark.parametrize(
    ("pixel", "place"),
    [(5 * SIDE + 5, (0, 0)), (5 * SIDE + 22, (0, 2)), (14 * SIDE + 14, (1, 1)),
     (22 * SIDE + 5, (2, 0)), (22 * SIDE + 14, (2, 1))],
)  # fmt: skip
def test_a_location_is_a_third_of_the_ink(pixel, place):
    image = image_of(dict.fromkeys((5 * SIDE + 5, 22 * SIDE + 22, pixel), 1.0))
    rest = array("f", image)
    rest[pixel] = 0
    assert explanation_of(image, {})[0].location_of_loss(rest) == place


def test_in_a_narrow_digit_all_ink_is_in_the_middle_of_its_width():
    image = image_of({row * SIDE + 13: 1.0 for row in range(4, 24)})
    explanation, _ = explanation_of(image, {})
    rests = [erase(image, patch.square) for patch in explanation.patches]
    assert {explanation.location_of_loss(rest) for rest in rests} == {(0, 1), (1, 1), (2, 1)}


def test_the_released_model_is_explained():
    reader, changes = load_recogniser(MODEL), 0
    for _, strokes in SHAPES.values():
        image = rasterise(strokes)
        explanation = asyncio.run(explain(reader, image))
        (whole,) = asyncio.run(reader.read([image]))
        assert explanation.reading.label == whole.label
        assert explanation.reading.confidence == pytest.approx(whole.confidence, abs=1e-5)
        most, change = explanation.strongest_support, explanation.change
        if most:
            (without,) = asyncio.run(reader.read([erase(image, most.square)]))
            assert without.joint_probabilities[int(whole.label)] == pytest.approx(
                most.probability, abs=1e-5
            )
            assert whole.confidence - most.probability >= NOTICEABLE
        if change:
            changes += 1
            (again,) = asyncio.run(reader.read([change.image]))
            assert again.label == change.reading.label
            assert (again.label, again.is_confident) != (whole.label, whole.is_confident)
    assert changes > len(SHAPES) / 2
