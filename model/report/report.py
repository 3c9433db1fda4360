"""Measure the released model, and write the report: a Markdown page and its plots.

All figures are measured, except those of the TensorFlow.js app from which this project started. The
same measurements always give the same bytes.
"""

from __future__ import annotations

import json
from itertools import chain
from statistics import mean, stdev
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE
from model.data import drawings, mnist
from model.evaluation import evaluate, robustness
from model.evaluation.metrics import wilson_interval
from model.evaluation.readings import load_model
from model.export import convert
from model.report import plots, sections, style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from model.evaluation.evaluate import Result
    from offline_onnx import Manifest

SYNTHETIC_DIGITS = "synthetic digits, generated like those for training"
SYNTHETIC_LINES = "synthetic lines, each written as one person would"
SYNTHETIC_OTHERS = """letters and symbols of stroke fonts (except the signs that the model reads,
and what looks like them) and filled areas"""
"""What the report calls the drawings of each kind if no stroke file has such drawings."""
TFJS_ACCURACY, TFJS_PEN_ACCURACY = 0.9939, 0.880
TFJS_PARAMETERS, TFJS_BYTES = 594_922, 2_380_000
"""Figures of the TensorFlow.js app: its accuracy on MNIST's test set and on pen digits, and its
model's number of parameters and size in bytes."""


def measure_and_write(model: Path, folder: Path, source: str, files: Sequence[Path]) -> None:
    """Measure the model in a folder, and write the report on it into another folder.

    Args:
        model: The folder with digits.onnx, digits.json, history.json, and perhaps seeds.json.
        folder: The folder of the report. It is created if needed.
        source: The location of MNIST, see `mnist.load`.
        files: Stroke files to measure with, see `drawings.load`.
    """
    test = mnist.load(source)[1]
    by_file = [drawings.read_stroke_file(file) for file in files]
    result = evaluate.evaluate(
        model, test, drawings.with_digits_and_non_digits(list(chain(*by_file)))
    )
    drawn_in = {file.name: drawn for file, drawn in zip(files, by_file, strict=True)}
    content, manifest = load_model(model)
    run = convert.open_model(content)

    def read(images: NDArray[np.float32]) -> NDArray[np.float32]:
        return run(images)[convert.PROBABILITIES.name]

    write(
        folder,
        released=manifest,
        history=json.loads((model / "history.json").read_text("utf-8")),
        result=result,
        mnist_images=test.images.reshape(-1, SIDE, SIDE),
        pen_name=_source("digits", drawn_in, drawings.digits_among, SYNTHETIC_DIGITS),
        lines_name=_source("lines", drawn_in, drawings.lines_among, SYNTHETIC_LINES),
        others_name=_source("drawings without a label", drawn_in, _others_among, SYNTHETIC_OTHERS),
        robustness=robustness.measure(read, test),
        seeds=_seed_accuracies(model, manifest, result.mnist.accuracy),
    )


def _source(
    kind: str,
    drawn_in: Mapping[str, Sequence[drawings.Drawing]],
    among: Callable[[Sequence[drawings.Drawing]], Sequence[object]],
    synthetic: str,
) -> str:
    """Return the name of the drawings of one kind: "the KIND in FILE", or that of synthetic ones.

    Args:
        kind: What the drawings are called in the name.
        drawn_in: The drawings in each stroke file, by the file's name.
        among: Returns the drawings of this kind among others.
        synthetic: The name if no file has drawings of this kind.
    """
    names = [name for name, drawn in drawn_in.items() if among(drawn)]
    return f"the {kind} in {', '.join(names)}" if names else synthetic


def _others_among(drawn: Sequence[drawings.Drawing]) -> list[drawings.Drawing]:
    """Return the drawings that show no symbol."""
    return [drawing for drawing in drawn if drawing[0] is None]


def write(
    folder: Path,
    *,
    released: Manifest,
    history: Sequence[Mapping[str, float]],
    result: Result,
    mnist_images: NDArray[np.uint8],
    pen_name: str,
    lines_name: str,
    others_name: str,
    robustness: Mapping[str, Sequence[tuple[float, float]]],
    seeds: Sequence[float],
) -> None:
    """Write README.md and its plots into a folder.

    Args:
        folder: The folder. It is created if needed.
        released: The manifest of the released model.
        history: The training's history, see `train.train`.
        result: The result of `evaluate.evaluate`.
        mnist_images: uint8 [N, 28, 28], the images of `result.mnist`.
        pen_name: Name of the set of drawn digits, to be used in a sentence.
        lines_name: The same for the lines.
        others_name: The same for the drawings that are not digits.
        robustness: The result of `robustness.measure`.
        seeds: Accuracies on MNIST's test set of trainings with different seeds: none, or at least
            two.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mnist_set = result.mnist
    sets = {"MNIST test": mnist_set, "Pen digits": result.drawn}
    style.save(plots.learning(history), folder / "learning.svg")
    style.save(plots.confusion(sets), folder / "confusion.svg")
    if mnist_set.misread():
        style.save(plots.misread(mnist_set, mnist_images), folder / "misread.png")
    style.save(plots.calibration(sets), folder / "calibration.svg")
    style.save(plots.robustness(robustness), folder / "robustness.svg")
    parts = (
        _comparison(released, result, pen_name, seeds),
        sections.learning(history),
        sections.confusion(sets),
        sections.misread(mnist_set),
        sections.calibration(sets),
        sections.rejection(result, others_name),
        sections.numbers_and_photos(result),
        sections.lines(result.lines, lines_name),
        sections.robustness(robustness),
    )
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _comparison(released: Manifest, result: Result, pen_name: str, seeds: Sequence[float]) -> str:
    """Return the introduction, which compares the model with the TensorFlow.js app."""
    mnist_set, pen = result.mnist, result.drawn
    count, wrong = len(mnist_set.labels), len(mnist_set.misread())
    low, high = wilson_interval(count - wrong, count)
    rows = [
        ("MNIST test accuracy", f"{TFJS_ACCURACY:.2%}", f"{mnist_set.accuracy:.2%}"),
        (f"misread of {count:,} images", f"{(1 - TFJS_ACCURACY) * count:.0f}", f"{wrong}"),
        ("parameters", f"{TFJS_PARAMETERS:,}", f"{result.parameters:,}"),
        ("size", f"{TFJS_BYTES / 1e6:.2f} MB", f"{released.size / 1e6:.2f} MB"),
        ("pen digit accuracy", f"{TFJS_PEN_ACCURACY:.1%}", f"{pen.accuracy:.1%}"),
    ]
    return f"""# How well the model reads

`python build.py` writes this page after each training, and `python build.py report` at any time.
It describes the model `{released.name}`,
version {released.version} (SHA-256 `{released.sha256[:12]}…`), and compares it with the app from
which this project started: a page that read digits with TensorFlow.js. The images are read by the
code that also runs in the app. MNIST's test set was not used for training or for choosing any
parameter.

{sections.table(("", "TensorFlow.js app", "this model"), rows)}

Pen digits are drawn with strokes; MNIST's digits are scans. The two models were measured with
different pen digits: the TensorFlow.js app with digits drawn in its page, and this model with
{pen_name} ({len(pen.labels):,} of them).

The 95% confidence interval of the accuracy on MNIST, measured with {count:,} images, is
{low:.2%} to {high:.2%}.{_spread(seeds)}"""


def _spread(seeds: Sequence[float]) -> str:
    """Return a sentence on how much the accuracy differs between seeds."""
    if not seeds:
        return ""
    accuracies = sections.enumeration(f"{share:.2%}" for share in seeds)
    return f""" {len(seeds)} trainings with different seeds reached {mean(seeds):.2%} on average,
with a standard deviation of {100 * stdev(seeds):.2f} points: {accuracies}."""


def _seed_accuracies(model: Path, manifest: Manifest, released: float) -> list[float]:
    """Return the accuracy of the released model, and the accuracies in seeds.json.

    Return an empty list if there is no seeds.json, or if it belongs to another training.
    """
    file = model / "seeds.json"
    if not file.exists():
        return []
    others = json.loads(file.read_text("utf-8"))
    is_same_training = others["training"] == manifest.metadata["training"]
    return [released, *others["accuracies"].values()] if is_same_training else []
