"""How well the released model reads, through the app's own pipeline.

MNIST's test set as it is; drawn digits and what is no digit, as they come from the pen; and numbers
composed of the drawn digits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.raster import rasterise
from digits.drawing.segment import segment
from model.evaluation import numbers
from model.evaluation.calibration import area_under_roc, expected_calibration_error
from model.evaluation.photos import KINDS, on_photos
from model.evaluation.readings import images_of, load, measured, read, recogniser_of, sureness
from model.export import weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.drawing.ink import Stroke
    from digits.reading.recogniser import Recogniser
    from model.data.mnist import Digits
    from model.data.strokes import Drawing
    from model.evaluation.metrics import Measured

LENGTHS = range(1, 7)
NUMBERS = 1_000, 200
"""How many numbers of four digits are composed, and of each other length."""
PHOTOS = 25
"""How many photos of each kind are made."""


@dataclass(frozen=True)
class Result:
    """What was measured.

    mnist: the test set. drawn: the digits among the drawings. accepted: the share of them that the
    reader is sure of, mnist_accepted: of the test set. refused: the share of the other drawings
    that it is not sure of. auroc: how well its sureness tells digits from other drawings. numbers:
    for each length, the share of numbers that are read exactly right. photos: for each kind of
    photo of test digits, see `photos`, the share that is read right.
    """

    parameters: int
    model_bytes: int
    mnist: Measured
    drawn: Measured
    mnist_accepted: float
    accepted: float
    refused: float
    auroc: float
    numbers: dict[int, float]
    photos: dict[str, float]


def evaluate(folder: Path, test: Digits, drawings: Sequence[Drawing]) -> Result:
    """Measure the model in the folder on MNIST's test set and on drawings of both kinds."""
    content, manifest = load(folder)
    reader = recogniser_of(content, manifest)
    scans = read(reader, images_of(test))
    digits = [(label, strokes) for label, strokes in drawings if label is not None]
    drawn = read(reader, [rasterise(strokes) for _, strokes in digits])
    others = read(reader, [rasterise(strokes) for label, strokes in drawings if label is None])
    return Result(
        weights.parameters(content),
        len(content),
        measured(test.labels, scans),
        measured([label for label, _ in digits], drawn),
        _share([reading.is_confident for reading in scans]),
        _share([reading.is_confident for reading in drawn]),
        _share([not reading.is_confident for reading in others]),
        area_under_roc(sureness(drawn), sureness(others)),
        {length: on_numbers(reader, digits, length) for length in LENGTHS},
        {kind: on_photos(reader, test[:: len(test) // PHOTOS], kind, seed=0) for kind in KINDS},
    )


def on_numbers(
    reader: Recogniser, digits: Sequence[tuple[str, list[Stroke]]], length: int
) -> float:
    """Give the share of numbers of some length, composed of the digits, that are read right."""
    count = NUMBERS[0] if length == 4 else NUMBERS[1]
    composed = numbers.compose(digits, count, length, seed=length)
    groups = [segment(strokes) for _, strokes in composed]
    readings = iter(read(reader, [rasterise(group) for several in groups for group in several]))
    found = ["".join(next(readings).label for _ in several) for several in groups]
    return _share([label == other for (label, _), other in zip(composed, found, strict=True)])


def as_json(result: Result) -> str:
    """Write the result for programs."""
    values: dict[str, Any] = {
        "mnist_test_accuracy": result.mnist.accuracy,
        "parameters": result.parameters,
        "model_bytes": result.model_bytes,
        "strokes_accuracy": result.drawn.accuracy,
        "strokes_accuracy_by_digit": result.drawn.by_digit(),
        "calibration_error": calibration_error(result),
        "mnist_accepted": result.mnist_accepted,
        "accepted": result.accepted,
        "refused": result.refused,
        "auroc": result.auroc,
        "numbers_accuracy": result.numbers[4],
        "numbers_accuracy_by_length": result.numbers,
        "photos_accuracy": _mean(result.photos),
        "photos_accuracy_by_kind": result.photos,
        "mnist_test_accuracy_by_digit": result.mnist.by_digit(),
    }
    return json.dumps(values, indent=2)


def as_text(result: Result) -> str:
    """Write the result as tables: a row a set, a column a digit; then the rest."""
    lines = [f"{'':16} {'count':>6} {'all':>7} " + " ".join(f"{digit:>6}" for digit in range(10))]
    for name, found in (("MNIST test", result.mnist), ("drawn digits", result.drawn)):
        by_digit = found.by_digit()
        each = " ".join(
            f"{by_digit[str(d)]:6.1%}" if str(d) in by_digit else f"{'-':>6}" for d in range(10)
        )
        lines.append(f"{name:16} {len(found.labels):6} {found.accuracy:7.2%} {each}")
    exact = ", ".join(f"{length}: {share:.1%}" for length, share in result.numbers.items())
    hardest = min(result.photos, key=result.photos.__getitem__)
    return "\n".join(
        [
            *lines,
            f"sure of {result.mnist_accepted:.1%} of MNIST, {result.accepted:.1%} of drawn digits; "
            f"not sure of {result.refused:.1%} of what is no digit "
            f"(area under the ROC curve {result.auroc:.3f})",
            f"expected calibration error on drawn digits {calibration_error(result):.4f}",
            f"numbers read exactly right, by length: {exact}",
            f"photos read right: {_mean(result.photos):.1%}, the hardest kind {hardest}",
            f"{result.parameters} parameters, {result.model_bytes} bytes",
        ]
    )


def calibration_error(result: Result) -> float:
    """Give the expected calibration error on the drawn digits, see `calibration`."""
    return expected_calibration_error(result.drawn.probabilities, result.drawn.labels)


def _mean(shares: dict[str, float]) -> float:
    return sum(shares.values()) / len(shares)


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)
