"""Tests of the figures that `python build.py evaluate` prints, with the released model."""

import json
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from digits.reading.contract import ACCURACY, DIGITS
from model.data import mnist
from model.evaluation import evaluate, line_photos, numbers, written_lines
from model.evaluation.metrics import Predictions
from model.evaluation.readings import load_recogniser, read
from model.evaluation.written_lines import LineResult
from tests.support.strokes import DRAWN_DIGITS
from tools.env.venv import ROOT
from tools.site.bundle import MODEL


@pytest.fixture(scope="module")
def result():
    """Return the result of an evaluation with few numbers, lines and photos."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "NUMBER_COUNTS", (20, 5))
        patch.setattr(evaluate, "PHOTOS_PER_KIND", 3)
        patch.setattr(line_photos, "COUNT", 2)
        patch.setattr(written_lines, "COUNT", 50)
        # Playwright's event loop may run in the main thread, and `asyncio.run` fails where a loop
        # is running.
        with ThreadPoolExecutor(1) as pool:
            arguments = MODEL, mnist.load()[1], drawings()
            yield pool.submit(evaluate.evaluate, *arguments).result()


def drawings():
    """Return ten digits, the number 78, two drawings of the letter X and three zigzags."""
    digits = [(label, DRAWN_DIGITS[label]) for label in DIGITS]
    cross = [[(0, 0), (1, 1)], [(1, 0), (0, 1)]]
    zigzag = [[(x / 8, x % 2) for x in range(9)]]
    number = [*DRAWN_DIGITS["7"], *[[(x + 1, y) for x, y in s] for s in DRAWN_DIGITS["8"]]]
    return [*digits, ("78", number), *[(None, cross)] * 2, *[(None, zigzag)] * 3]


def test_the_accuracy_on_mnist_equals_the_accuracy_in_the_manifest(result):
    metadata = load_recogniser(MODEL).model.metadata
    assert len(result.mnist.labels) == 10_000
    assert result.mnist.accuracy == pytest.approx(metadata[ACCURACY], abs=2e-4)
    assert result.mnist_accepted >= 0.98


def test_the_released_model_has_at_most_150000_parameters_and_300_kb(result):
    assert result.parameters <= 150_000
    assert result.model_bytes == (MODEL / "digits.onnx").stat().st_size <= 300_000


def test_the_shares_of_confident_readings_are_measured_for_digits_and_other_drawings(result):
    assert result.drawn.labels.tolist() == list(range(10))
    recogniser = load_recogniser(MODEL)
    images = [evaluate.rasterise(strokes) for _, strokes in drawings()]
    confident = [reading.is_confident for reading in read(recogniser, images)]
    assert result.drawn_accepted == sum(confident[:10]) / 10
    assert result.others_rejected == 1 - sum(confident[11:]) / 5
    assert 0 <= result.auroc <= 1


def test_a_number_among_the_drawings_is_read_as_a_line(result):
    assert (result.lines.count, result.lines.accuracy) == (1, 1.0)


def test_number_accuracy_counts_numbers_of_which_all_digits_are_read_correctly(monkeypatch):
    monkeypatch.setattr(evaluate, "NUMBER_COUNTS", (20, 5))
    recogniser = load_recogniser(MODEL)
    digits = [(label, DRAWN_DIGITS[label]) for label in DIGITS]
    assert evaluate.number_accuracy(recogniser, digits, 3) >= 0.8
    wrong = [(str(9 - int(label)), strokes) for label, strokes in digits]
    assert evaluate.number_accuracy(recogniser, wrong, 3) == 0
    monkeypatch.setattr(written_lines, "read_lines", read_nothing)
    assert evaluate.number_accuracy(recogniser, digits, 3) == 0


async def read_nothing(*_):
    """Read no lines, in place of `read_lines`."""
    return []


def example_result():
    """Return a result with made-up figures."""
    drawn = Predictions(np.array([1, 7]), np.eye(10, dtype=np.float32)[[1, 1]])
    return evaluate.Result(
        parameters=1000,
        model_bytes=2000,
        mnist=Predictions(np.array([3, 3, 4, 4]), np.eye(10, dtype=np.float32)[[3, 5, 4, 4]]),
        drawn=drawn,
        mnist_accepted=0.99,
        drawn_accepted=0.97,
        others_rejected=0.8,
        auroc=0.96,
        numbers={length: 1 - length / 100 for length in evaluate.LENGTHS},
        lines=LineResult(10, 0.9, 0.98, {"7": 1.0, "+": 0.5}, [("+", "4", 1)]),
        photos={"noise": 0.75, "blur": 1.0},
        line_photos={"numbers": 0.5, "sums": 0.25},
    )


def test_as_json_contains_all_figures():
    found = json.loads(evaluate.as_json(example_result()))
    assert found[ACCURACY] == 0.75
    assert (found["parameters"], found["model_bytes"]) == (1000, 2000)
    assert found["strokes_accuracy"] == 0.5
    assert found["strokes_accuracy_by_digit"] == {"1": 1.0, "7": 0.0}
    assert found["calibration_error"] == 0.5
    assert (found["accepted"], found["refused"], found["auroc"]) == (0.97, 0.8, 0.96)
    assert found["numbers_accuracy"] == 0.96
    assert found["photos_accuracy"] == 0.875
    assert found["line_photos_accuracy"] == 0.375
    assert found["line_photos_accuracy_by_kind"] == {"numbers": 0.5, "sums": 0.25}
    assert (found["lines_accuracy"], found["symbols_accuracy"]) == (0.9, 0.98)
    assert found["symbols_accuracy_by_symbol"] == {"7": 1.0, "+": 0.5}
    assert not any(isinstance(value, float) and math.isnan(value) for value in found.values())


def test_as_text_contains_accuracies_and_the_worst_kind_of_photo():
    text = evaluate.as_text(example_result())
    assert "75.00%" in text
    assert "50.00%" in text
    assert "4: 96.0%" in text
    assert 'worst kind: "noise"' in text
    assert "photos of lines read exactly right: numbers: 50.0%, sums: 25.0%" in text
    assert "lines read exactly right: 90.0% of 10; symbols: 98.0%" in text
    assert "signs in lines read right: + 50.0%" in text


def test_numbers_are_composed_of_the_given_digits_only():
    assert {label for label, _ in numbers.compose(drawings()[:2], 5, 4, seed=1)} <= {
        f"{a}{b}{c}{d}" for a in "01" for b in "01" for c in "01" for d in "01"
    }


def test_evaluation_imports_neither_tensorflow_nor_matplotlib():
    code = """
import sys
for name in ("tensorflow", "keras", "tf2onnx", "matplotlib"):
    sys.modules[name] = None
sys.path[:0] = [".", "py"]
import model.evaluation.evaluate, model.data.drawings
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
