"""The report: from what was measured to a page and its plots, with no figure typed by hand.

`write` takes values and gives files: the same values, the same bytes. Only the figures of the
seed's model, the TensorFlow.js app that this project began with, are written down here.
"""

from __future__ import annotations

from statistics import mean, stdev
from typing import TYPE_CHECKING

from model.evaluation.calibration import wilson
from model.report import plots, sections
from model.report import style as canvas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from model.evaluation.evaluate import Result
    from offline_onnx import Manifest

SEED_ACCURACY, SEED_PEN_ACCURACY = 0.9939, 0.880
SEED_PARAMETERS, SEED_BYTES = 594_922, 2_380_000


def write(
    folder: Path,
    *,
    released: Manifest,
    history: Sequence[Mapping[str, float]],
    result: Result,
    mnist_images: NDArray[np.uint8],
    pen_name: str,
    robustness: Mapping[str, Sequence[tuple[float, float]]],
    seeds: Sequence[float],
) -> None:
    """Write README.md and its plots into the folder.

    history: for each epoch `epoch`, `loss`, `validation_loss`, `validation_accuracy`,
    `pen_accuracy` and `rate`. mnist_images: uint8 [N, 28, 28], those that were read. pen_name: what
    the drawn digits are, in words. robustness: see `robustness.measure`. seeds: the accuracies on
    MNIST's test set of trainings that differ in nothing but their seed: two or more, or none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mnist = result.mnist
    sets = {"MNIST test": mnist, "Pen digits": result.drawn}
    canvas.save(plots.learning(history), folder / "learning.svg")
    canvas.save(plots.confusion(sets), folder / "confusion.svg")
    if mnist.misread():
        canvas.save(plots.misread(mnist, mnist_images), folder / "misread.png")
    canvas.save(plots.calibration(sets), folder / "calibration.svg")
    canvas.save(plots.robustness(robustness), folder / "robustness.svg")
    parts = (
        _comparison(released, result, pen_name, seeds),
        sections.learning(history),
        sections.confusion(sets),
        sections.misread(mnist),
        sections.calibration(sets),
        sections.refusing(result),
        sections.beyond_a_digit(result),
        sections.robustness(robustness),
    )
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _comparison(released: Manifest, result: Result, pen_name: str, seeds: Sequence[float]) -> str:
    mnist, pen = result.mnist, result.drawn
    count, wrong = len(mnist.labels), len(mnist.misread())
    low, high = wilson(count - wrong, count)
    rows = [
        ("MNIST test accuracy", f"{SEED_ACCURACY:.2%}", f"{mnist.accuracy:.2%}"),
        (f"misread of {count:,} images", f"{(1 - SEED_ACCURACY) * count:.0f}", f"{wrong}"),
        ("parameters", f"{SEED_PARAMETERS:,}", f"{result.parameters:,}"),
        ("size", f"{SEED_BYTES / 1e6:.2f} MB", f"{released.size / 1e6:.2f} MB"),
        ("pen digits", f"{SEED_PEN_ACCURACY:.1%}", f"{pen.accuracy:.1%}"),
    ]
    return f"""# How well the model reads

`python build.py` writes this page after a training, from what it measured: the model
{released.name} {released.version}, SHA-256 `{released.sha256[:12]}…`, reads images through the code
that the app uses. MNIST's test set took no part in training it or in choosing anything.

{sections.table(("", "seed's model", "this model"), rows)}

The seed's model is that of the TensorFlow.js app which this project began with. The pen digits are
not the same: the seed's app read real strokes, drawn in its page; this model read {pen_name}
({len(pen.labels):,}).

{count:,} images can tell no more than that its accuracy is between {low:.2%} and {high:.2%} (95%
interval).{_spread(seeds)}"""


def _spread(seeds: Sequence[float]) -> str:
    if not seeds:
        return ""
    each = sections.enumeration(f"{share:.2%}" for share in seeds)
    return f""" {len(seeds)} trainings with different seeds came to {mean(seeds):.2%} on average,
with a standard deviation of {100 * stdev(seeds):.2f} points: {each}."""
