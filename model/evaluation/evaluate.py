"""Measure the released model with the functions that the app calls.

The data are MNIST's test set, drawn digits, drawings that are no symbols, numbers composed of the
drawn digits, drawn lines, and synthetic photos of digits from the test set and of lines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.raster import rasterise
from digits.reading.contract import ACCURACY, DIGITS, SIGNS
from model.data.drawings import digits_among, lines_among
from model.evaluation import numbers
from model.evaluation.line_photos import accuracy_by_kind
from model.evaluation.metrics import area_under_roc, expected_calibration_error
from model.evaluation.photos import KINDS, photo_accuracy
from model.evaluation.readings import (
    confidences,
    images_of,
    load_model,
    open_recogniser,
    predictions,
    read,
)
from model.evaluation.written_lines import measure_lines, read_text, synthetic_lines
from model.export.graph import count_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.drawing.ink import Stroke
    from digits.reading.recogniser import Recogniser
    from model.data.drawings import Drawing
    from model.data.mnist import LabelledImages
    from model.evaluation.metrics import Predictions
    from model.evaluation.written_lines import LineResult

LENGTHS = range(1, 7)
"""The lengths of the composed numbers, in digits."""
NUMBER_COUNTS = 1_000, 200
"""The number of composed numbers of four digits, and of each other length."""
PHOTOS_PER_KIND = 25
"""Number of photos of each kind, of digits evenly spaced in MNIST's test set."""


@dataclass(frozen=True)
class Result:
    """The measured figures.

    Attributes:
        parameters: Number of the network's weights.
        model_bytes: Size of the model's file.
        mnist: Predictions for MNIST's test set.
        drawn: Predictions for the drawn digits.
        mnist_accepted: Share of MNIST's test set with a confident reading.
        drawn_accepted: Share of the drawn digits with a confident reading.
        others_rejected: Of the drawings that show no symbol, the share without a confident reading.
        auroc: Area under the ROC curve when `Reading.confidence` is used to distinguish drawn
            digits from other drawings.
        numbers: For each length in digits, the share of numbers that are read without a mistake.
        lines: How well drawn lines are read.
        photos: For each kind of photo of a digit, the share that is read correctly.
        line_photos: For each kind of photo of lines, the share that is read exactly right.
    """

    parameters: int
    model_bytes: int
    mnist: Predictions
    drawn: Predictions
    mnist_accepted: float
    drawn_accepted: float
    others_rejected: float
    auroc: float
    numbers: dict[int, float]
    lines: LineResult
    photos: dict[str, float]
    line_photos: dict[str, float]


def evaluate(folder: Path, test: LabelledImages, drawings: Sequence[Drawing]) -> Result:
    """Measure the model in a folder.

    Args:
        folder: The folder.
        test: MNIST's test set.
        drawings: Drawn digits and drawings that are no symbols, at least one of each, and drawn
            lines. If there are no lines, synthetic ones are used.
    """
    content, manifest = load_model(folder)
    recogniser = open_recogniser(content, manifest)
    digits, written = digits_among(drawings), lines_among(drawings)
    others = [strokes for label, strokes in drawings if label is None]
    mnist_readings = read(recogniser, images_of(test))
    digit_readings = read(recogniser, [rasterise(strokes) for _, strokes in digits])
    other_readings = read(recogniser, [rasterise(strokes) for strokes in others])
    photographed = test[:: len(test) // PHOTOS_PER_KIND]
    return Result(
        parameters=count_parameters(content),
        model_bytes=len(content),
        mnist=predictions(test.labels, mnist_readings),
        drawn=predictions([label for label, _ in digits], digit_readings),
        mnist_accepted=_share([reading.is_confident for reading in mnist_readings]),
        drawn_accepted=_share([reading.is_confident for reading in digit_readings]),
        others_rejected=_share([not reading.is_confident for reading in other_readings]),
        auroc=area_under_roc(confidences(digit_readings), confidences(other_readings)),
        numbers={length: number_accuracy(recogniser, digits, length) for length in LENGTHS},
        lines=measure_lines(recogniser, written or synthetic_lines()),
        photos={kind: photo_accuracy(recogniser, photographed, kind, seed=0) for kind in KINDS},
        line_photos=accuracy_by_kind(recogniser),
    )


def number_accuracy(
    recogniser: Recogniser, digits: Sequence[tuple[str, list[Stroke]]], length: int
) -> float:
    """Compose numbers and read them; return the share with all digits correct."""
    count = NUMBER_COUNTS[0] if length == 4 else NUMBER_COUNTS[1]
    composed = numbers.compose(digits, count, length, seed=length)
    return _share([read_text(recogniser, strokes) == label for label, strokes in composed])


def as_json(result: Result) -> str:
    """Format the figures as JSON.

    The keys stay the same for programs that use them: "strokes" stands for the drawn digits,
    "accepted" for `drawn_accepted`, and "refused" for `others_rejected`.
    """
    values: dict[str, Any] = {
        ACCURACY: result.mnist.accuracy,
        "parameters": result.parameters,
        "model_bytes": result.model_bytes,
        "strokes_accuracy": result.drawn.accuracy,
        "strokes_accuracy_by_digit": result.drawn.accuracy_by_digit(),
        "calibration_error": _calibration_error(result),
        "mnist_accepted": result.mnist_accepted,
        "accepted": result.drawn_accepted,
        "refused": result.others_rejected,
        "auroc": result.auroc,
        "numbers_accuracy": result.numbers[4],
        "numbers_accuracy_by_length": result.numbers,
        "lines_accuracy": result.lines.accuracy,
        "symbols_accuracy": result.lines.symbols,
        "symbols_accuracy_by_symbol": result.lines.by_symbol,
        "photos_accuracy": _mean(result.photos),
        "photos_accuracy_by_kind": result.photos,
        "line_photos_accuracy": _mean(result.line_photos),
        "line_photos_accuracy_by_kind": result.line_photos,
        f"{ACCURACY}_by_digit": result.mnist.accuracy_by_digit(),
    }
    return json.dumps(values, indent=2)


def as_text(result: Result) -> str:
    """Format the figures: a table of accuracies by digit, then a line for each other figure."""
    lines = [f"{'':16} {'count':>6} {'all':>7} " + " ".join(f"{digit:>6}" for digit in DIGITS)]
    for name, found in (("MNIST test", result.mnist), ("drawn digits", result.drawn)):
        by_digit = found.accuracy_by_digit()
        accuracies = " ".join(
            f"{by_digit[digit]:6.1%}" if digit in by_digit else f"{'-':>6}" for digit in DIGITS
        )
        lines.append(f"{name:16} {len(found.labels):6} {found.accuracy:7.2%} {accuracies}")
    exact = ", ".join(f"{length}: {share:.1%}" for length, share in result.numbers.items())
    of_lines = ", ".join(f"{kind}: {share:.1%}" for kind, share in result.line_photos.items())
    hardest = min(result.photos, key=result.photos.__getitem__)
    return "\n".join(
        [
            *lines,
            f"confident on {result.mnist_accepted:.1%} of MNIST and "
            f"{result.drawn_accepted:.1%} of drawn digits; not confident on "
            f"{result.others_rejected:.1%} of drawings that are no symbols "
            f"(area under the ROC curve {result.auroc:.3f})",
            f"expected calibration error on drawn digits {_calibration_error(result):.4f}",
            f"numbers read exactly right, by length: {exact}",
            f"lines read exactly right: {result.lines.accuracy:.1%} of {result.lines.count}; "
            f"symbols: {result.lines.symbols:.1%}",
            _signs_text(result.lines.by_symbol),
            f'photos read right: {_mean(result.photos):.1%}; worst kind: "{hardest}"',
            f"photos of lines read exactly right: {of_lines}",
            f"{result.parameters} parameters, {result.model_bytes} bytes",
        ]
    )


def _signs_text(by_symbol: dict[str, float]) -> str:
    shares = [f"{symbol} {by_symbol[symbol]:.1%}" for symbol in SIGNS if symbol in by_symbol]
    return f"signs in lines read right: {', '.join(shares)}"


def _calibration_error(result: Result) -> float:
    return expected_calibration_error(result.drawn.probabilities, result.drawn.labels)


def _mean(shares: dict[str, float]) -> float:
    return sum(shares.values()) / len(shares)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
