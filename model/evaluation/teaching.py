"""Measure the effect of five corrections: teach the app digits in styles that the model misreads.

A writing style changes all drawings in the same way: for example, it mirrors or rotates them. The
model reads each digit in each style. If it reads less than half of the digit's drawings in this
style correctly, five of the misread drawings are taught. Then the other drawings of the digit in
this style are read, to measure the improvement. Unchanged drawings and MNIST's test set are also
read, to measure how much accuracy is lost there.
"""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

import numpy as np

from digits.drawing.raster import rasterise
from digits.reading.contract import DISTANCES, FEATURES, IS_DIGIT
from digits.reading.nearest import NearestNeighbours
from digits.reading.recogniser import Recogniser
from model.data.processes import process_pool
from model.evaluation import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from digits.drawing.ink import Point, Stroke
    from digits.drawing.raster import Image
    from digits.reading.recogniser import Outputs
    from model.data.mnist import LabelledImages

    type Labelled = Sequence[tuple[str, Outputs]]
    """True labels, and the model's outputs for the images."""

EXAMPLES = 5
"""Number of corrections, each of which becomes a taught example."""
MAX_DRAWINGS = 200
"""Largest number of drawings that are used for each digit."""
ROUNDS = 3
"""How many times each pair of a digit and a style is taught, each time with other examples."""
MISREAD_BELOW = 0.5
"""A pair of a digit and a style is taught if the accuracy on its drawings is lower."""
WELL_READ_ABOVE = 0.9
"""After teaching, a pair counts as well read if the accuracy on its drawings is higher."""


def _rotated(degrees: float) -> Callable[[Point], Point]:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return lambda point: (
        cosine * point[0] - sine * point[1],
        sine * point[0] + cosine * point[1],
    )


WRITING_STYLES: dict[str, Callable[[Point], Point]] = {
    "mirrored": lambda point: (-point[0], point[1]),
    "upside down": lambda point: (-point[0], -point[1]),
    "flipped": lambda point: (point[0], -point[1]),
    "leaning left": lambda point: (point[0] + 1.2 * point[1], point[1]),
    "leaning right": lambda point: (point[0] - 1.2 * point[1], point[1]),
    "turned left": _rotated(-90),
    "turned half left": _rotated(-45),
    "turned half right": _rotated(45),
    "turned right": _rotated(90),
}
"""For each style, a function from each point (x, y) of a drawing to its new place; y points down.

The name of a style is part of the random seed that chooses its examples.
"""


@dataclass(frozen=True)
class TaughtPair:
    """Figures of a digit that was taught in a style: the means of all rounds.

    Attributes:
        label: The digit.
        style: The name of the writing style.
        before: Accuracy on the digit's drawings in this style before teaching. The drawings that
            become examples are left out.
        after: Accuracy on the same drawings after teaching.
        scan_loss: Loss of accuracy on MNIST's test set, as a fraction; negative for a gain.
        drawing_loss: Loss of accuracy on unchanged drawings, as a fraction; negative for a gain.
    """

    label: str
    style: str
    before: float
    after: float
    scan_loss: float
    drawing_loss: float


def measure(
    folder: Path, test: LabelledImages, drawn: Sequence[tuple[str, list[Stroke]]]
) -> list[TaughtPair]:
    """Teach each digit in each style that a model misreads; measure the accuracy before and after.

    Args:
        folder: The model's folder.
        test: MNIST's test set.
        drawn: Drawn digits: pairs of a label and strokes.
    """
    recogniser = readings.load_recogniser(folder)
    scan_outputs = _outputs(recogniser, readings.images_of(test))
    scans = list(zip(map(str, test.labels.tolist()), scan_outputs, strict=True))
    used = _first_drawings_of_each_label(drawn)
    labels, strokes = [label for label, _ in used], [strokes for _, strokes in used]
    drawings = list(zip(labels, _outputs(recogniser, _images(strokes)), strict=True))
    taught_pairs = []
    for style in WRITING_STYLES:
        changed = _outputs(recogniser, _images([in_style(each, style) for each in strokes]))
        for label in sorted(set(labels)):
            of_label = [
                outputs
                for true_label, outputs in zip(labels, changed, strict=True)
                if true_label == label
            ]
            if _accuracy(recogniser, [(label, outputs) for outputs in of_label]) < MISREAD_BELOW:
                taught_pairs.append(_teach(recogniser, label, style, of_label, scans, drawings))
    return taught_pairs


def in_style(strokes: Sequence[Stroke], style: str) -> list[Stroke]:
    """Return a drawing in a writing style."""
    return [[WRITING_STYLES[style](point) for point in stroke] for stroke in strokes]


def as_text(pairs: Sequence[TaughtPair]) -> str:
    """Format the figures as a table, followed by a summary."""
    lines = ["digit, style          before   after   MNIST loses   drawings lose"]
    lines += [
        f"{each.label} {each.style:18} {each.before:7.1%} {each.after:7.1%}"
        f"{100 * each.scan_loss:11.2f} pt {100 * each.drawing_loss:12.2f} pt"
        for each in pairs
    ]
    figures = summary(pairs)
    lines += [
        f"{figures['pairs']} pairs of digits and styles: "
        f"{figures['before']:.1%} read right before, "
        f"{figures['after']:.1%} after {EXAMPLES} corrections; "
        f"{figures['well_read']} pairs above {WELL_READ_ABOVE:.0%}",
        f"MNIST loses {100 * figures['scan_loss_mean']:.3f} points on average, "
        f"{100 * figures['scan_loss_max']:.2f} at most",
        f"unchanged drawings lose {100 * figures['drawing_loss_mean']:.2f} points on average, "
        f"{100 * figures['drawing_loss_max']:.2f} at most",
    ]
    return "\n".join(lines)


def as_json(pairs: Sequence[TaughtPair]) -> str:
    """Format the figures as JSON."""
    return json.dumps({**summary(pairs), "each": [vars(pair) for pair in pairs]}, indent=1)


def summary(pairs: Sequence[TaughtPair]) -> dict[str, Any]:
    """Return means over all pairs, the number of well-read pairs, and the largest losses."""
    return {
        "pairs": len(pairs),
        "before": float(np.mean([pair.before for pair in pairs])),
        "after": float(np.mean([pair.after for pair in pairs])),
        "well_read": sum(pair.after > WELL_READ_ABOVE for pair in pairs),
        "scan_loss_mean": float(np.mean([pair.scan_loss for pair in pairs])),
        "scan_loss_max": max(pair.scan_loss for pair in pairs),
        "drawing_loss_mean": float(np.mean([pair.drawing_loss for pair in pairs])),
        "drawing_loss_max": max(pair.drawing_loss for pair in pairs),
    }


def _teach(
    recogniser: Recogniser,
    label: str,
    style: str,
    in_this_style: Sequence[Outputs],
    scans: Labelled,
    drawings: Labelled,
) -> TaughtPair:
    """Teach a digit in a style, in ROUNDS independent rounds; return the means of the figures.

    Args:
        recogniser: A recogniser without taught examples.
        label: The digit.
        style: The name of the style.
        in_this_style: The model's outputs for all drawings of the digit in this style.
        scans: Labels and outputs of MNIST's test set.
        drawings: Labels and outputs of the unchanged drawings.
    """
    rng = np.random.default_rng([int(label), *style.encode()])
    misread = [i for i, each in enumerate(in_this_style) if recogniser.reading(each).label != label]
    others_before = [(others, _accuracy(recogniser, others)) for others in (scans, drawings)]
    rounds = []
    for _ in range(ROUNDS):
        chosen = set(rng.choice(misread, EXAMPLES, replace=False).tolist())
        examples = NearestNeighbours()
        for i in chosen:
            examples.add(i, label, in_this_style[i][FEATURES])
        taught = Recogniser(recogniser.model, examples)
        not_taught = [(label, each) for i, each in enumerate(in_this_style) if i not in chosen]
        before, after = _accuracy(recogniser, not_taught), _accuracy(taught, not_taught)
        losses = [accuracy - _accuracy(taught, others) for others, accuracy in others_before]
        rounds.append((before, after, *losses))
    return TaughtPair(label, style, *(float(mean) for mean in np.mean(rounds, 0)))


def _accuracy(recogniser: Recogniser, labelled: Labelled) -> float:
    """Return the share of images that are read correctly."""
    return float(
        np.mean([recogniser.reading(outputs).label == label for label, outputs in labelled])
    )


def _outputs(recogniser: Recogniser, images: Sequence[Image]) -> list[Outputs]:
    """Return, for each image, the outputs from which `Recogniser.reading` computes a digit.

    The probabilities of signs are left out, so no image is read as a sign.
    """

    async def run() -> list[Outputs]:
        wanted = [recogniser.model.get_outputs()[0].name, IS_DIGIT, FEATURES, DISTANCES]
        batches = batched(images, readings.BATCH)
        return [each for batch in batches for each in await recogniser.outputs(batch, wanted)]

    return asyncio.run(run())


def _first_drawings_of_each_label(
    drawn: Sequence[tuple[str, list[Stroke]]],
) -> list[tuple[str, list[Stroke]]]:
    """Return the first MAX_DRAWINGS drawings of each label."""
    labels = sorted({label for label, _ in drawn})
    return [
        each
        for label in labels
        for each in [pair for pair in drawn if pair[0] == label][:MAX_DRAWINGS]
    ]


def _images(drawings: Sequence[list[Stroke]]) -> list[Image]:
    """Render drawings in several processes."""
    with process_pool() as pool:
        return list(pool.map(rasterise, drawings, chunksize=100))
