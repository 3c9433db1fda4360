"""Check whether the app can use a custom model: check its manifest, and read two images with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.raster import SIDE, rasterise
from digits.reading.contract import (
    DIGITS,
    DISTANCES,
    FEATURES,
    IS_DIGIT,
    LAYER_PREFIX,
    SIGN_PROBABILITIES,
    SIGNS,
    SYMBOLS,
    THRESHOLD,
)
from digits.reading.recogniser import InvalidProbabilities, Recogniser, threshold_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offline_onnx import Model
    from offline_onnx.inference.tensor import TensorSpec

SEVEN = [[(0.3, 0.22), (0.68, 0.2), (0.45, 0.8)]]
"""The strokes of a 7. A custom model has to run on its image."""
SUM_TOLERANCE = 1e-2
"""The maximum difference between the sum of the probabilities and 1."""
MAX_QUOTE = 200
"""The maximum number of characters that an error quotes from a manifest, which can be very long."""


class Incompatible(ValueError):
    """The app can't use the model.

    Attributes:
        key: The key of the message in text.json.
        values: The values of the message's placeholders.

    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


async def check_compatible(model: Model) -> None:
    """Check that a `Recogniser` can use a model: check its manifest, and run it on two images.

    Raises:
        Incompatible: The model has other inputs, outputs or labels than a model of digits, or
            returns invalid probabilities, or its threshold is invalid.
        SessionError: The model can't run.

    """
    inputs, (first, *others) = model.get_inputs(), model.get_outputs()
    if len(inputs) != 1 or not _takes_images(inputs[0]):
        raise Incompatible("incompatible_input", found=_to_text(inputs) or "-")
    if list(model.labels) != list(DIGITS):
        raise Incompatible("incompatible_labels", found=", ".join(model.labels)[:MAX_QUOTE] or "-")
    row_shapes = {
        first.name: [(len(DIGITS),)],
        IS_DIGIT: [(1,)],
        SIGN_PROBABILITIES: [(len(SIGNS),)],
        DISTANCES: [(len(DIGITS),), (len(SYMBOLS),)],
    }
    for output in (first, *others):
        if not _has_rows(output, row_shapes.get(output.name)):
            raise Incompatible("incompatible_output", found=_to_text([output]))
    if threshold_of(model.metadata) is None:
        found = repr(model.metadata[THRESHOLD])[:MAX_QUOTE]
        raise Incompatible("incompatible_threshold", found=found)
    seven = rasterise(SEVEN)
    try:
        # Two images, because the model must read all digits of a number in one run.
        readings = await Recogniser(model).read([seven, seven])
    except InvalidProbabilities as error:
        raise Incompatible("incompatible_probabilities", found=f"{error.total:.4g}") from error
    for reading in readings:
        total = math.fsum(reading.probabilities)
        if not abs(total - 1) <= SUM_TOLERANCE:
            raise Incompatible("incompatible_probabilities", found=f"{total:.4g}")


def _takes_images(spec: TensorSpec) -> bool:
    """Return whether an input takes any number of 28x28 images, for example [N, 1, 28, 28]."""
    count, *sizes = spec.shape or (0,)
    pixels = math.prod(size if isinstance(size, int) else 0 for size in sizes)
    return spec.dtype == "float32" and isinstance(count, str) and pixels == SIDE * SIDE


def _has_rows(spec: TensorSpec, row_shapes: Sequence[tuple[int, ...]] | None) -> bool:
    """Return whether an output has one row for each image, of one of these shapes.

    If `row_shapes` is None, a row of `features` or of a layer may have any size that the manifest
    states. All other outputs may have any shape, because the app does not use them.
    """
    count, *sizes = spec.shape or (0,)
    is_layer = spec.name.startswith(LAYER_PREFIX)
    if row_shapes is None and spec.name != FEATURES and not is_layer:
        return True
    has_row_per_image = spec.dtype == "float32" and isinstance(count, str)
    is_known = len(sizes) == (3 if is_layer else 1) and all(isinstance(size, int) for size in sizes)
    return has_row_per_image and is_known and (row_shapes is None or tuple(sizes) in row_shapes)


def _to_text(specs: Sequence[TensorSpec]) -> str:
    return ", ".join(f"{spec.name}: {spec}" for spec in specs)[:MAX_QUOTE]
