"""Reading drawings of one or more lines, and the weights of readings."""

import asyncio
import json

import numpy as np
import pytest

from digits.drawing.source import DrawingSource
from digits.reading.contract import DIGITS, SIGNS
from digits.reading.line_reader import read_lines
from digits.reading.recogniser import Weights, ranked
from model.evaluation.readings import load_recogniser
from model.evaluation.written_lines import measure_lines, read_text
from model.writing import lines
from tests.unit.fakes import FakeSession, model_of
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def recogniser():
    """Return a recogniser with the released model."""
    return load_recogniser(MODEL)


def written(text, seed):
    """Return the strokes of a text in a synthetic hand."""
    return lines.write_text(text, np.random.default_rng(seed))


def test_most_synthetic_sums_are_read_rightly(recogniser):
    drawings = []
    for index in range(60):
        rng = np.random.default_rng([4, index])
        text = lines.random_text(rng)
        drawings.append((text, lines.write_text(text, rng)))
    result = measure_lines(recogniser, drawings)
    assert result.accuracy >= 0.75
    assert result.symbols >= 0.93


def test_lines_are_read_from_top_to_bottom(recogniser):
    texts = [read_text(recogniser, written("24\n68", seed)) for seed in range(8)]
    assert texts.count("24\n68") >= 6


def test_a_gesture_that_left_the_sheet_is_one_symbol(recogniser):
    parts = [[(0.3, 0.2), (0.6, 0.2), (0.55, 0.4)], [(0.5, 0.5), (0.4, 0.8)]]
    ((symbol,),) = asyncio.run(read_lines(recogniser, DrawingSource([parts])))
    assert symbol.parts == [0]
    assert symbol.reading.label == "7"


def test_the_image_and_the_weights_of_a_symbol_give_its_reading_again(recogniser):
    gestures = [[stroke] for stroke in written("3.5×2=", 3)]
    (line,) = asyncio.run(read_lines(recogniser, DrawingSource(gestures)))
    for symbol in line:
        (reading,) = asyncio.run(recogniser.read([symbol.image], symbol.weights))
        assert reading.label == symbol.reading.label
        assert reading.confidence == pytest.approx(symbol.reading.confidence, abs=1e-5)


def test_a_model_without_signs_reads_lines_of_digits():
    from digits.reading.recogniser import Recogniser

    gestures = [[[(x, 0.1), (x, 0.9)]] for x in (0.1, 0.5, 0.9)]
    read = asyncio.run(read_lines(Recogniser(model_of(FakeSession())), DrawingSource(gestures)))
    assert [len(line) for line in read] == [3]
    assert all(symbol.reading.label in DIGITS for symbol in read[0])
    assert all(symbol.reading.signs == () for symbol in read[0])


def test_weights_do_not_change_the_probabilities_of_digits_among_themselves():
    signs = [0.1 if sign == "/" else 0.0 for sign in SIGNS]
    reading = ranked([0.0, 0.8, *[0.025] * 8], 0.85, signs, 0.5)
    assert reading.label == "1"
    slash = reading.weighted(Weights(1.0, [20.0] * len(SIGNS), 0.0, 1.0))
    assert slash.label == "/"
    assert slash.probabilities == reading.probabilities
    assert slash.is_digit + sum(slash.signs) + slash.not_symbol == pytest.approx(1)


def test_weights_applied_one_after_another_act_like_their_product():
    signs = [0.3 if sign == "." else 0.01 for sign in SIGNS]
    reading = ranked([0.1] * 10, 0.5, signs, 0.5)
    first = Weights(1.0, [2.0] * len(SIGNS), 3.0, 0.5)
    later = Weights(0.7, [float(index + 1) for index in range(len(SIGNS))], 0.0, 2.0)
    one_by_one, at_once = (
        reading.weighted(first).weighted(later),
        reading.weighted(first.times(later)),
    )
    assert one_by_one.label == at_once.label
    assert one_by_one.signs == pytest.approx(at_once.signs)


def test_a_dot_at_half_height_is_read_as_times_or_as_a_colon(recogniser):
    digits = written("7", 5), written("6", 5)
    dot = [[(1.1, -0.5), (1.12, -0.48)]]
    strokes = [*digits[0], *dot, *lines.moved(digits[1], 1.6, 0)]
    assert read_text(recogniser, strokes)[1:-1] in {"×", ":"}


def test_the_released_same_symbol_network_has_weights_for_12_inputs_and_a_bias():
    file = MODEL.parent / "py" / "digits" / "drawing" / "same_symbol.json"
    stored = json.loads(file.read_text("utf-8"))
    assert {len(row) for row in stored["hidden"]} == {13}
    assert len(stored["output"]) == len(stored["hidden"]) + 1
