import asyncio
from array import array

import pytest

from digits.recognise import Recogniser
from tests.unit.fakes import CountingSession, model_of


def image(label):
    return array("f", [label / 10] + [0] * 783)


def test_all_images_are_read_in_one_run():
    session = CountingSession()
    readings = asyncio.run(Recogniser(model_of(session)).read([image(7), image(0), image(9)]))
    assert [reading.label for reading in readings] == ["7", "0", "9"]
    assert session.runs == [(3, 28, 28, 1)]
    assert readings[0].probability == pytest.approx(0.91)
    assert readings[0].probabilities == pytest.approx([0.01] * 7 + [0.91, 0.01, 0.01])
