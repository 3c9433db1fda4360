"""Examples that a user taught the app and saved to a file, for use in a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digits.drawing.raster import SIDE
from digits.reading.contract import DIGITS
from digits.reading.examples import Example, ExamplesError, from_json
from model.data.mnist import LabelledImages
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DIGITS_PER_EXAMPLE = 8
"""Of this many synthetic digits, one is replaced by a taught example."""


def read(files: Sequence[Path]) -> list[Example]:
    """Read the examples of digits in all files, without duplicates.

    Examples of signs are left out: they take the place of synthetic digits.

    Raises:
        BuildError: A file can't be read, or its content is not valid.
    """
    found: list[Example] = []
    for file in files:
        try:
            found += from_json(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ExamplesError) as error:
            raise BuildError(f"{file} can't be used as examples: {error}.") from error
    return [each for each in dict.fromkeys(found) if each.label in DIGITS]


def mix_into(synthetic: LabelledImages, examples: Sequence[Example]) -> LabelledImages:
    """Replace one in DIGITS_PER_EXAMPLE synthetic digits by a taught example, if there are any.

    If there are fewer examples than digits to replace, the examples are repeated.
    """
    if not examples:
        return synthetic
    used = np.arange(len(synthetic) // DIGITS_PER_EXAMPLE) % len(examples)
    pixels = np.frombuffer(b"".join(each.pixels for each in examples), np.uint8)
    labels = np.array([int(each.label) for each in examples], np.uint8)
    return LabelledImages(
        np.concatenate([pixels.reshape(-1, SIDE, SIDE)[used], synthetic.images[len(used) :]]),
        np.concatenate([labels[used], synthetic.labels[len(used) :]]),
    )
