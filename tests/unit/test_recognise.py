import asyncio
from array import array

import pytest

from digits.recognise import Recogniser
from offline_onnx import Model, Tensor
from tests.unit.fakes import CountingSession, manifest_of, model_of


def image(label):
    return array("f", [label / 10] + [0] * 783)


def test_all_images_are_read_in_one_run():
    session = CountingSession()
    readings = asyncio.run(Recogniser(model_of(session)).read([image(7), image(0), image(9)]))
    assert [reading.label for reading in readings] == ["7", "0", "9"]
    assert session.runs == [(3, 28, 28, 1)]
    assert readings[0].probability == pytest.approx(0.91)
    assert readings[0].probabilities == pytest.approx([0.01] * 7 + [0.91, 0.01, 0.01])


class Answering:
    """Answers every image with the same probabilities."""

    def __init__(self, *probabilities):
        self.probabilities = probabilities

    async def run(self, inputs):
        return {"probabilities": Tensor(array("f", self.probabilities), (1, 10))}


def read(metadata, *probabilities):
    model = Model(manifest_of(b"model", metadata=metadata), Answering(*probabilities))
    (reading,) = asyncio.run(Recogniser(model).read([image(0)]))
    return reading


FOUR_OR_NINE = (0, 0, 0, 0.05, 0.5, 0, 0, 0, 0.05, 0.25)


@pytest.mark.parametrize(
    ("metadata", "sure"),
    [({"threshold": 0.51}, False), ({"threshold": 0.5}, True), ({"threshold": 0.2}, True)],
)
def test_a_reading_is_sure_from_the_models_threshold_on(metadata, sure):
    assert read(metadata, *FOUR_OR_NINE).sure is sure


def test_a_model_without_a_threshold_is_always_sure():
    assert read({}, *FOUR_OR_NINE).sure
    assert read({}, *[0.0] * 10).sure


def test_the_second_best_label_is_told_and_what_is_missing_to_one_stays_missing():
    reading = read({}, *FOUR_OR_NINE)
    assert (reading.label, reading.second) == ("4", "9")
    assert sum(reading.probabilities) == pytest.approx(0.85)
