"""Labelled drawings: synthetic ones, and those of stroke files; as strokes and as images.

A stroke file is gzipped JSON lines, {"label": "7", "strokes": [[[x, y], ...], ...]}, with y
pointing down and at any scale. The label null marks a drawing that is not a digit.
"""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing import raster
from digits.reading.contract import DIGITS
from model.data import handwriting, not_digits
from model.data.mnist import Digits
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke

type Drawing = tuple[str | None, list[Stroke]]
"""The label, None if it is not a digit, and the strokes."""

NOT_A_DIGIT = len(DIGITS)
"""The class of drawings that are not digits; a digit's class is its value."""
CHUNK = 500
"""Drawings that a process renders at a time."""
EVALUATION_COUNT = 2_000
EVALUATION_SEED = 9_999
"""Used by no training."""


class StrokeFileError(BuildError):
    """A stroke file can't be read; the message names the line."""


def load(files: Sequence[Path]) -> list[Drawing]:
    """Read stroke files, and add synthetic drawings of the kind that they lack.

    Raises:
        StrokeFileError: A file can't be read, or a line is not a drawing.
    """
    return with_both_kinds([drawing for file in files for drawing in read_stroke_file(file)])


def with_both_kinds(drawings: list[Drawing]) -> list[Drawing]:
    """Add synthetic drawings of a kind, digits or not, if there are none of that kind."""
    kinds = {label is None for label, _ in drawings}
    if kinds == {True, False}:
        return drawings
    return drawings + [drawing for drawing in for_evaluation() if (drawing[0] is None) not in kinds]


def for_evaluation() -> list[Drawing]:
    """Return EVALUATION_COUNT synthetic digits, balanced, and as many drawings that are not."""
    kinds = [kind for kind in ("pen", "measuring") for _ in range(EVALUATION_COUNT)]
    drawn = [_draw(kind, EVALUATION_SEED, index) for index, kind in enumerate(kinds)]
    return [(None if label == NOT_A_DIGIT else str(label), strokes) for label, strokes in drawn]


def images(kind: str, count: int, seed: int) -> Digits:
    """Return synthetic drawings as images.

    The image at an index depends on the kind, the seed and the index alone, not on the count.

    Args:
        kind: "pen" for digits, balanced; "training" for drawings that are not digits.
        count: Number of images.
        seed: Seed of the random generator.

    Returns:
        Images [count, 28, 28], with labels 0 to 9 or NOT_A_DIGIT.
    """
    say(f"Drawing {count} images ({kind}) ...")
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with ProcessPoolExecutor() as pool:
        parts = list(pool.map(partial(_render, kind, seed), chunks))
    pixels, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Digits(pixels, labels)


def read_stroke_file(file: Path) -> list[Drawing]:
    """Read the drawings of a stroke file.

    Raises:
        StrokeFileError: The file can't be read, or a line is not a drawing.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as text:
            lines = text.readlines()
    except gzip.BadGzipFile as error:
        raise StrokeFileError(f"{file} is not gzipped; compress it with `gzip`.") from error
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StrokeFileError(f"{file} can't be read: {reason}.") from error
    drawings = [_parse(f"{file}, line {number}", line) for number, line in enumerate(lines, 1)]
    if not drawings:
        raise StrokeFileError(f"{file} holds no drawing.")
    return drawings


def _parse(where: str, line: str) -> Drawing:
    try:
        raw = json.loads(line)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in raw["strokes"]]
        label = raw["label"]
    except (ValueError, KeyError, TypeError) as error:
        raise StrokeFileError(
            f"{where}: not a drawing ({type(error).__name__}: {error})."
        ) from error
    is_label = label is None or (isinstance(label, str) and label in set(DIGITS))
    if not is_label or not any(strokes):
        raise StrokeFileError(
            f"{where}: label {label!r}, {len(strokes)} strokes. The label must be one of "
            f"{', '.join(DIGITS)}, or null for a drawing that is not a digit, and there must be a "
            "stroke."
        )
    return label, strokes


def _render(kind: str, seed: int, indices: range) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    drawn = [_draw(kind, seed, index) for index in indices]
    pixels = np.array([raster.rasterise(strokes) for _, strokes in drawn], np.float32)
    return (
        np.round(pixels * 255).astype(np.uint8).reshape(-1, raster.SIDE, raster.SIDE),
        np.array([label for label, _ in drawn], np.uint8),
    )


def _draw(kind: str, seed: int, index: int) -> tuple[int, list[Stroke]]:
    rng = np.random.default_rng([seed, index, *kind.encode()])
    if kind == "pen":
        digit = index % len(DIGITS)
        return digit, handwriting.write_digit(DIGITS[digit], rng)
    draw = {"training": not_digits.for_training, "measuring": not_digits.for_evaluation}[kind]
    return NOT_A_DIGIT, draw(rng)
