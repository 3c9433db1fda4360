"""Examples that a user taught the app and saved to a file, for use in a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digits.drawing.raster import SIDE
from digits.reading.examples import Example, ExamplesError, from_json
from model.data.mnist import Digits
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DIGITS_PER_EXAMPLE = 8
"""One of so many synthetic digits is replaced by a taught example."""


def read(files: Sequence[Path]) -> list[Example]:
    """Read the examples of all files, and remove duplicates.

    Raises:
        BuildError: A file can't be read, or its content is not valid.
    """
    found: list[Example] = []
    for file in files:
        try:
            found += from_json(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ExamplesError) as error:
            raise BuildError(f"{file} can't be used as examples: {error}.") from error
    return list(dict.fromkeys(found))


def mix_into(synthetic: Digits, examples: Sequence[Example]) -> Digits:
    """Replace one of DIGITS_PER_EXAMPLE synthetic digits by an example, if there are examples.

    If there are fewer examples than replaced digits, the examples are repeated.
    """
    if not examples:
        return synthetic
    chosen = np.arange(len(synthetic) // DIGITS_PER_EXAMPLE) % len(examples)
    pixels = np.frombuffer(b"".join(each.pixels for each in examples), np.uint8)
    labels = np.array([int(each.label) for each in examples], np.uint8)
    return Digits(
        np.concatenate([pixels.reshape(-1, SIDE, SIDE)[chosen], synthetic.images[len(chosen) :]]),
        np.concatenate([labels[chosen], synthetic.labels[len(chosen) :]]),
    )
