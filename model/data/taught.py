"""Examples that somebody taught a page and saved to a file, for the next model to learn too."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing.raster import SIDE
from digits.reading.examples import Example, ExamplesError, from_json, to_json
from model.data.mnist import Digits
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHARE = 8
"""One in so many pen digits is an example: each comes again as often as that takes."""


def read(files: Sequence[Path]) -> list[Example]:
    """Read files of examples; what is in two of them counts once. Raises BuildError."""
    found: list[Example] = []
    for file in files:
        try:
            found += from_json(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ExamplesError) as error:
            raise BuildError(f"{file} can't be used as examples: {error}.") from error
    return list(dict.fromkeys(found))


def among(pen: Digits, examples: Sequence[Example]) -> Digits:
    """Put examples among pen digits, in the place of some; without examples nothing changes."""
    if not examples:
        return pen
    chosen = np.arange(len(pen) // SHARE) % len(examples)
    pixels = np.frombuffer(b"".join(each.pixels for each in examples), np.uint8)
    labels = np.array([int(each.label) for each in examples], np.uint8)
    return Digits(
        np.concatenate([pixels.reshape(-1, SIDE, SIDE)[chosen], pen.images[len(chosen) :]]),
        np.concatenate([labels[chosen], pen.labels[len(chosen) :]]),
    )


def name(examples: Sequence[Example]) -> str:
    """Name examples by their content."""
    return hashlib.sha256(to_json(examples).encode()).hexdigest()[:12]
