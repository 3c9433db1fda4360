"""Whether somebody else's model can read digits here: what goes in, and what comes out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE, rasterise
from digits.reading.examples import LABELS
from digits.reading.recogniser import (
    DISTANCES,
    FEATURES,
    IS_DIGIT,
    LAYER,
    THRESHOLD,
    NoProbabilities,
    Recogniser,
    threshold_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx import Model, TensorSpec

SEVEN = [[(0.3, 0.22), (0.68, 0.2), (0.45, 0.8)]]
SUM_TOLERANCE = 1e-2
LONGEST = 200
"""Characters of what is told of a model: its manifest may go on for ever."""


class Misfit(ValueError):
    """The model can't be used. key, values: what the page says of it, see text.json."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


async def try_on(model: Model) -> None:
    """Find out whether a `Recogniser` can use a model, by its manifest and by a run on two images.

    Raises Misfit if it can't, SessionError if it does not run.
    """
    inputs, (first, *others) = model.get_inputs(), model.get_outputs()
    if len(inputs) != 1 or not _takes_images(inputs[0]):
        raise Misfit("misfit_input", found=_told(inputs))
    if list(model.labels) != list(LABELS):
        raise Misfit("misfit_labels", found=", ".join(model.labels)[:LONGEST] or "-")
    widths = {first.name: (len(LABELS),), IS_DIGIT: (1,), DISTANCES: (len(LABELS),)}
    for output in (first, *others):
        if not _has_width(output, widths.get(output.name)):
            raise Misfit("misfit_output", found=_told([output]))
    if threshold_of(model.metadata) is None:
        raise Misfit("misfit_threshold", found=repr(model.metadata[THRESHOLD])[:LONGEST])
    seven = rasterise(SEVEN)
    try:
        readings = await Recogniser(model).read([seven, seven])
    except NoProbabilities as error:
        raise Misfit("misfit_probabilities", found=f"{error.total:.4g}") from error
    for reading in readings:
        total = math.fsum(reading.probabilities)
        if not abs(total - 1) <= SUM_TOLERANCE:
            raise Misfit("misfit_probabilities", found=f"{total:.4g}")


def _takes_images(spec: TensorSpec) -> bool:
    """Tell whether it takes any number of images, whatever its dimensions of 1 are for."""
    count, *sizes = spec.shape or (0,)
    pixels = math.prod(size if isinstance(size, int) else 0 for size in sizes)
    return spec.dtype == "float32" and isinstance(count, str) and pixels == SIDE * SIDE


def _has_width(spec: TensorSpec, width: tuple[int, ...] | None) -> bool:
    """Tell whether an output has a row for each image, of this width if it is known."""
    count, *sizes = spec.shape or (0,)
    if width is None and spec.name != FEATURES and not spec.name.startswith(LAYER):
        return True  # nobody looks at it
    dimensions = 3 if spec.name.startswith(LAYER) else 1
    known = len(sizes) == dimensions and all(isinstance(size, int) for size in sizes)
    known = known and spec.dtype == "float32" and isinstance(count, str)
    return known and (width is None or tuple(sizes) == width)


def _told(specs: Sequence[TensorSpec]) -> str:
    return ", ".join(f"{spec.name}: {spec}" for spec in specs)[:LONGEST]
