"""Check whether a model from elsewhere can read digits here: its inputs, outputs and answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE, rasterise
from digits.reading.contract import DIGITS, DISTANCES, FEATURES, IS_DIGIT, LAYER_PREFIX, THRESHOLD
from digits.reading.recogniser import InvalidProbabilities, Recogniser, threshold_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx import Model, TensorSpec

SEVEN = [[(0.3, 0.22), (0.68, 0.2), (0.45, 0.8)]]
SUM_TOLERANCE = 1e-2
MAX_LENGTH = 200
"""Characters of a model's description that a message quotes: a manifest can be very long."""


class Incompatible(ValueError):
    """The model can't be used here. key, values: the page's message, see text.json."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


async def check_compatible(model: Model) -> None:
    """Check that a `Recogniser` can use a model: compare its manifest, then run it on two images.

    Raises:
        Incompatible: The model can't read digits.
        SessionError: The model does not run.

    """
    inputs, (first, *others) = model.get_inputs(), model.get_outputs()
    if len(inputs) != 1 or not _takes_images(inputs[0]):
        raise Incompatible("incompatible_input", found=_described(inputs))
    if list(model.labels) != list(DIGITS):
        raise Incompatible("incompatible_labels", found=", ".join(model.labels)[:MAX_LENGTH] or "-")
    widths = {first.name: (len(DIGITS),), IS_DIGIT: (1,), DISTANCES: (len(DIGITS),)}
    for output in (first, *others):
        if not _has_width(output, widths.get(output.name)):
            raise Incompatible("incompatible_output", found=_described([output]))
    if threshold_of(model.metadata) is None:
        found = repr(model.metadata[THRESHOLD])[:MAX_LENGTH]
        raise Incompatible("incompatible_threshold", found=found)
    seven = rasterise(SEVEN)
    try:
        readings = await Recogniser(model).read([seven, seven])
    except InvalidProbabilities as error:
        raise Incompatible("incompatible_probabilities", found=f"{error.total:.4g}") from error
    for reading in readings:
        total = math.fsum(reading.probabilities)
        if not abs(total - 1) <= SUM_TOLERANCE:
            raise Incompatible("incompatible_probabilities", found=f"{total:.4g}")


def _takes_images(spec: TensorSpec) -> bool:
    """Return whether an input takes any number of images, in any order of its dimensions."""
    count, *sizes = spec.shape or (0,)
    pixels = math.prod(size if isinstance(size, int) else 0 for size in sizes)
    return spec.dtype == "float32" and isinstance(count, str) and pixels == SIDE * SIDE


def _has_width(spec: TensorSpec, width: tuple[int, ...] | None) -> bool:
    """Return whether an output has one row per image, of this width unless it is None.

    Outputs that the app never reads may have any shape.
    """
    count, *sizes = spec.shape or (0,)
    is_layer = spec.name.startswith(LAYER_PREFIX)
    if width is None and spec.name != FEATURES and not is_layer:
        return True
    known = len(sizes) == (3 if is_layer else 1) and all(isinstance(size, int) for size in sizes)
    known = known and spec.dtype == "float32" and isinstance(count, str)
    return known and (width is None or tuple(sizes) == width)


def _described(specs: Sequence[TensorSpec]) -> str:
    return ", ".join(f"{spec.name}: {spec}" for spec in specs)[:MAX_LENGTH]
