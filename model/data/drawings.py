"""Labelled drawings, generated or read from stroke files, as strokes and as images.

A stroke file contains gzipped JSON lines, one for each drawing:
{"label": "7", "strokes": [[[x, y], ...], ...]}. The points can have any scale; y points down. The
label null marks a drawing that shows no symbol. A label of several symbols is a whole line, such as
"12+7=". A label with line breaks is several lines.
"""

from __future__ import annotations

import gzip
import json
import zlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing import raster
from digits.reading.contract import DIGITS, SIGNS, SYMBOLS
from model.data.mnist import LabelledImages
from model.data.processes import process_pool
from model.writing import handwriting, not_digits
from tools.console import BuildError, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke

type Drawing = tuple[str | None, list[Stroke]]
"""The label (None if the drawing shows no symbol) and the strokes."""

NO_SYMBOL = len(SYMBOLS)
"""The label, in `LabelledImages`, of drawings that show no symbol. This package calls them
non-digits: they are neither digits nor signs. The label of a digit or sign is its index in
SYMBOLS."""
CHUNK = 500
"""Number of drawings that a process renders at a time."""
SYNTHETIC_DIGITS, SYNTHETIC_SIGNS = "pen", "signs"
TRAINING_NON_DIGITS, EVALUATION_NON_DIGITS = "training", "measuring"
"""The kinds of synthetic drawings. These strings are part of the random seeds: if a string changes,
all drawings of its kind change."""
DESCRIPTIONS = {
    SYNTHETIC_DIGITS: "synthetic digits",
    SYNTHETIC_SIGNS: "synthetic signs",
    TRAINING_NON_DIGITS: "drawings that are neither digits nor signs, for training",
    EVALUATION_NON_DIGITS: "drawings that are neither digits nor signs, for evaluation",
}
EVALUATION_COUNT = 2_000
"""Number of synthetic digits for evaluation, and number of synthetic non-digits."""
EVALUATION_SEED = 9_999
"""Reserved for evaluation: training must use other seeds."""
_GZIP_START = b"\x1f\x8b"
"""The first bytes of every gzipped file."""


class StrokeFileError(BuildError):
    """A stroke file can't be used; the message names the file, and the line if one is invalid."""


def load(files: Sequence[Path]) -> list[Drawing]:
    """Read stroke files. Add synthetic drawings if there are no digits, or no non-digits.

    Without files, all drawings are synthetic.

    Raises:
        StrokeFileError: A file can't be read or is empty, or a line is not a drawing.
    """
    return with_digits_and_non_digits(
        [drawing for file in files for drawing in read_stroke_file(file)]
    )


def with_digits_and_non_digits(drawings: list[Drawing]) -> list[Drawing]:
    """Add synthetic digits if there are no digits; add synthetic non-digits if there are none."""
    has_digits = bool(digits_among(drawings))
    has_non_digits = any(label is None for label, _ in drawings)
    if has_digits and has_non_digits:
        return drawings
    synthetic = draw_for_evaluation()
    digits = [drawing for drawing in synthetic if drawing[0] is not None]
    non_digits = [drawing for drawing in synthetic if drawing[0] is None]
    return [*drawings, *([] if has_digits else digits), *([] if has_non_digits else non_digits)]


def digits_among(drawings: Sequence[Drawing]) -> list[tuple[str, list[Stroke]]]:
    """Return the drawings of a single digit."""
    return [(label, strokes) for label, strokes in drawings if label in tuple(DIGITS)]


def lines_among(drawings: Sequence[Drawing]) -> list[tuple[str, list[Stroke]]]:
    """Return the drawings of lines, and of single signs."""
    return [
        (label, strokes)
        for label, strokes in drawings
        if label is not None and label not in tuple(DIGITS)
    ]


def draw_for_evaluation() -> list[Drawing]:
    """Return EVALUATION_COUNT synthetic digits, 0 to 9 in turn, and EVALUATION_COUNT non-digits."""
    kinds = [
        kind for kind in (SYNTHETIC_DIGITS, EVALUATION_NON_DIGITS) for _ in range(EVALUATION_COUNT)
    ]
    drawn = [_draw(kind, EVALUATION_SEED, index) for index, kind in enumerate(kinds)]
    return [
        (None if class_index == NO_SYMBOL else str(class_index), strokes)
        for class_index, strokes, _ in drawn
    ]


def draw_images(kind: str, count: int, seed: int) -> LabelledImages:
    """Return synthetic drawings as images.

    The image at an index depends only on the kind, the seed and the index, not on the count.

    Args:
        kind: One of DESCRIPTIONS. With SYNTHETIC_DIGITS, the digits 0 to 9 take turns.
        count: Number of images.
        seed: Seed of the random generator.

    Returns:
        Images [count, 28, 28]; each label is an index in SYMBOLS, or NO_SYMBOL.
    """
    say(f"Drawing {count} images: {DESCRIPTIONS[kind]} ...")
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with process_pool() as pool:
        parts = list(pool.map(partial(_render, kind, seed), chunks))
    pixels, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return LabelledImages(pixels, labels)


def read_stroke_file(file: Path) -> list[Drawing]:
    """Read the drawings of a stroke file.

    Raises:
        StrokeFileError: The file can't be read or is empty, or a line is not a drawing.
    """
    try:
        with file.open("rb") as raw:
            start = raw.read(len(_GZIP_START))
        if start not in (b"", _GZIP_START):
            raise StrokeFileError(f"{file} is not gzipped; compress it with `gzip`.")
        with gzip.open(file, "rt", encoding="utf-8") as text:
            lines = text.readlines()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise StrokeFileError(f"{file} is damaged ({error}); copy it again.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StrokeFileError(f"{file} can't be read: {reason}.") from error
    drawings = [_parse(f"{file}, line {number}", line) for number, line in enumerate(lines, 1)]
    if not drawings:
        raise StrokeFileError(f"{file} contains no drawings.")
    return drawings


def _parse(location: str, line: str) -> Drawing:
    """Parse a line of a stroke file; an error message begins with the location."""
    try:
        raw = json.loads(line)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in raw["strokes"]]
        label = raw["label"]
    except (ValueError, KeyError, OverflowError, TypeError) as error:
        raise StrokeFileError(
            f"{location}: not a drawing ({type(error).__name__}: {error})."
        ) from error
    is_label = label is None or (
        isinstance(label, str) and bool(label) and set(label) <= {*SYMBOLS, "\n"}
    )
    if not is_label or not any(strokes):
        raise StrokeFileError(
            f"{location}: label {label!r}, {len(strokes)} strokes. The label must consist of "
            f"{' '.join(SYMBOLS)}, or be null for a drawing that shows no symbol, and at least one "
            "stroke must have a point."
        )
    return label, strokes


def _render(kind: str, seed: int, indices: range) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images, [N, 28, 28], and the classes, [N], of the drawings at some indices."""
    drawn = [_draw(kind, seed, index) for index in indices]
    pixels = np.array(
        [raster.rasterise(strokes, line_height=height) for _, strokes, height in drawn], np.float32
    )
    return (
        np.round(pixels * 255).astype(np.uint8).reshape(-1, raster.SIDE, raster.SIDE),
        np.array([class_index for class_index, _, _ in drawn], np.uint8),
    )


def _draw(kind: str, seed: int, index: int) -> tuple[int, list[Stroke], float]:
    """Return the class, the strokes and the height of the line (0 for none) of a drawing.

    Args:
        kind: One of DESCRIPTIONS.
        seed: Seed of the random generator.
        index: Index of the drawing. Digits take turns, and so do signs.
    """
    rng = np.random.default_rng([seed, index, *kind.encode()])
    if kind == SYNTHETIC_DIGITS:
        class_index = index % len(DIGITS)
        return class_index, handwriting.write_symbol(DIGITS[class_index], rng), 0.0
    if kind == SYNTHETIC_SIGNS:
        sign = SIGNS[index % len(SIGNS)]
        strokes = handwriting.write_symbol(sign, rng)
        # Without the height of its line, a dot could also be a 0, and a comma a 1.
        has_line = sign in ".,:" or rng.random() < 0.7
        return SYMBOLS.index(sign), strokes, rng.uniform(0.75, 1.3) if has_line else 0.0
    draw = {
        TRAINING_NON_DIGITS: not_digits.draw_for_training,
        EVALUATION_NON_DIGITS: not_digits.draw_for_evaluation,
    }[kind]
    return NO_SYMBOL, draw(rng), 0.0
