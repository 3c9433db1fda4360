"""Files of drawings: JSON lines, gzipped, {"label": "7", "strokes": [[[x, y], ...], ...]}.

y points down, the scale is any. A drawing whose label is null is no digit.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from digits.reading.contract import DIGITS
from model.data import drawings as synthetic
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.drawing.ink import Stroke

type Drawing = tuple[str | None, list[Stroke]]


class StrokeFileError(BuildError):
    """A stroke file can't be read; the message says which line is wrong."""


def drawings(files: Sequence[Path]) -> list[Drawing]:
    """Give the drawings of the files, and drawings made in code for a kind that none of them has.

    Raises StrokeFileError.
    """
    return completed([drawing for file in files for drawing in read_strokes(file)])


def completed(drawings: list[Drawing]) -> list[Drawing]:
    """Add drawings made in code of the kind, digits or none, that there is none of."""
    there = {label is None for label, _ in drawings}
    if there == {True, False}:
        return drawings
    return drawings + [made for made in synthetic.measuring() if (made[0] is None) not in there]


def read_strokes(file: Path) -> list[Drawing]:
    """Read a stroke file: the label of each drawing, and its strokes. Raises StrokeFileError."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as text:
            lines = text.readlines()
    except gzip.BadGzipFile as error:
        raise StrokeFileError(f"{file} is not gzipped; compress it with `gzip`.") from error
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StrokeFileError(f"{file} can't be read: {reason}.") from error
    drawings = [_drawing(f"{file}, line {number}", line) for number, line in enumerate(lines, 1)]
    if not drawings:
        raise StrokeFileError(f"{file} holds no drawing.")
    return drawings


def _drawing(where: str, line: str) -> Drawing:
    try:
        raw = json.loads(line)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in raw["strokes"]]
        label = raw["label"]
    except (ValueError, KeyError, TypeError) as error:
        raise StrokeFileError(
            f"{where}: not a drawing ({type(error).__name__}: {error})."
        ) from error
    if not (label is None or (isinstance(label, str) and label in set(DIGITS))) or not any(strokes):
        raise StrokeFileError(
            f"{where}: a drawing with the label {label!r} and {len(strokes)} strokes; needed are "
            f"one of {', '.join(DIGITS)} (or null for what is no digit), and a stroke."
        )
    return label, strokes
