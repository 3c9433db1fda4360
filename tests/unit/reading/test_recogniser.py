"""Reading images with a model: labels, probabilities and confidence."""

import asyncio
import dataclasses
from array import array

import pytest

from digits.reading.contract import SIGNS
from digits.reading.recogniser import Recogniser, ranked
from offline_onnx import Model, Tensor
from offline_onnx.inference.tensor import TensorSpec
from tests.unit.fakes import FakeSession, manifest_of, model_of


def image(label):
    """Return an image that FakeSession reads as this label."""
    return array("f", [label / 10] + [0] * 783)


def test_all_images_are_read_in_one_run():
    session = FakeSession()
    readings = asyncio.run(Recogniser(model_of(session)).read([image(7), image(0), image(9)]))
    assert [reading.label for reading in readings] == ["7", "0", "9"]
    assert session.runs == [(3, 28, 28, 1)]
    assert readings[0].confidence == pytest.approx(0.91)
    assert readings[0].probabilities == pytest.approx([0.01] * 7 + [0.91, 0.01, 0.01])


class ConstantSession:
    """Returns the same outputs in each run, for one image."""

    def __init__(self, probabilities, is_digit):
        self.outputs = {"probabilities": Tensor(array("f", probabilities), (1, 10))}
        if is_digit is not None:
            self.outputs["is_digit"] = Tensor(array("f", [is_digit]), (1, 1))

    async def run(self, inputs, outputs=None):
        return self.outputs


def read(metadata, is_digit=None):
    """Return the reading of an image by a model with the probabilities FOUR_OR_NINE.

    Args:
        metadata: the metadata of the model.
        is_digit: the value of the output `is_digit`; None if the model does not have this output.
    """
    manifest = manifest_of(b"model", metadata=metadata)
    if is_digit is not None:
        second = TensorSpec("is_digit", "float32", ("N", 1))
        manifest = dataclasses.replace(manifest, outputs=(*manifest.outputs, second))
    model = Model(manifest, ConstantSession(FOUR_OR_NINE, is_digit))
    (reading,) = asyncio.run(Recogniser(model).read([image(0)]))
    return reading


FOUR_OR_NINE = (0, 0, 0, 0.125, 0.5, 0, 0, 0, 0.125, 0.25)
"""The probability of each digit: 4 is the most probable, then 9."""


@pytest.mark.parametrize(
    ("threshold", "is_digit", "is_confident"),
    [(0.51, 1, False), (0.5, 1, True), (0.5, 0.75, False), (0.2, 0.5, True), (0.2, 0.25, False)],
)
def test_a_reading_is_confident_if_its_confidence_reaches_the_threshold(
    threshold, is_digit, is_confident
):
    reading = read({"threshold": threshold}, is_digit)
    assert reading.is_confident is is_confident
    assert reading.confidence == 0.5 * is_digit
    assert reading.joint_probabilities == tuple(part * is_digit for part in FOUR_OR_NINE)


def test_all_readings_are_confident_without_a_threshold():
    assert read({}).is_confident
    assert read({}).is_digit == 1


def test_the_second_best_label_is_reported():
    reading = read({})
    assert (reading.label, reading.second) == ("4", "9")
    assert reading.probabilities == FOUR_OR_NINE


def test_an_image_that_is_certainly_not_a_digit_can_be_a_sign():
    signs = [0.9 if sign == "+" else 0.0 for sign in SIGNS]
    reading = ranked([0.1] * 10, 0.0, signs, 0.5)
    assert reading.label == "+"


def test_if_all_symbols_are_improbable_the_label_is_the_most_probable_digit():
    probabilities = [0.0, 0.1, 0.7, 0.2, *[0.0] * 6]
    reading = ranked(probabilities, 0.0, [0.0] * len(SIGNS), 0.5)
    assert (reading.label, reading.second) == ("2", "3")
