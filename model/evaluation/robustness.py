"""Robustness: accuracy on digits that are shifted, scaled, rotated, thinner or thicker.

The network reads the changed images directly. In the app, `digits.drawing.raster` first centres
and scales every drawing, and draws it with the stroke width of MNIST.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.evaluation.metrics import Predictions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from model.data.mnist import LabelledImages

    type Pixels = NDArray[np.float32]
    type Curve = list[tuple[float, float]]

SUBSET = 2_000
"""Number of images, evenly spaced in the set, that are used for each point of a curve."""
SHIFTS = range(-6, 7, 2)
"""Shifts in pixels."""
SCALES = [percent / 100 for percent in range(60, 141, 10)]
ROTATIONS = [step * 7.5 for step in range(-6, 7)]
"""Angles in degrees."""
DILATIONS = [quarter / 4 for quarter in range(-4, 7)]
"""Numbers of dilations, see `thickened`."""


def measure(read: Callable[[Pixels], Pixels], digits: LabelledImages) -> dict[str, Curve]:
    """Measure how the accuracy depends on "shift", "scale", "rotation" and "stroke width".

    Args:
        read: A function from images, float32 [N, 28, 28, 1] in 0..1, to probabilities [N, 10].
        digits: The images.

    Returns:
        For each of the four changes, points (x, accuracy). x is: for "shift", pixels to the right
        or down (the accuracy is the mean of both); for "scale", a factor; for "rotation", degrees
        clockwise; for "stroke width", the change of the mean stroke width, in pixels.
    """
    subset = digits[:: max(len(digits) // SUBSET, 1)]
    images, labels = subset.as_input()[..., 0], subset.labels.astype(np.int64)

    def accuracy(changed: Pixels) -> float:
        return Predictions(labels, read(changed[..., np.newaxis])).accuracy

    def shift_accuracy(pixels: float) -> float:
        right, down = shifted(images, pixels, 0.0), shifted(images, 0.0, pixels)
        return (accuracy(right) + accuracy(down)) / 2

    width = mean_stroke_width(images)
    changed = [thickened(images, dilations) for dilations in DILATIONS]
    return {
        "shift": [(float(x), shift_accuracy(x)) for x in SHIFTS],
        "scale": [(x, accuracy(scaled(images, x))) for x in SCALES],
        "rotation": [(x, accuracy(rotated(images, x))) for x in ROTATIONS],
        "stroke width": [(mean_stroke_width(each) - width, accuracy(each)) for each in changed],
    }


def shifted(images: Pixels, right: float, down: float) -> Pixels:
    """Shift images, [N, H, W], to the right and down, by a number of pixels."""
    return _resampled(images, lambda x, y: (x - right, y - down))


def scaled(images: Pixels, factor: float) -> Pixels:
    """Scale images, [N, H, W], about their middle; a factor above 1 enlarges them."""
    return _resampled(images, lambda x, y: (x / factor, y / factor))


def rotated(images: Pixels, degrees: float) -> Pixels:
    """Rotate images, [N, H, W], clockwise about their middle."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return _resampled(images, lambda x, y: (cosine * x + sine * y, cosine * y - sine * x))


def thickened(images: Pixels, dilations: float) -> Pixels:
    """Thicken or thin the strokes in images, [N, H, W].

    Args:
        images: 0 is paper, 1 is ink.
        dilations: Number of greyscale dilations with a 3x3 square; if it is negative, number of
            erosions. A fractional dilation interpolates.
    """
    planes = images if dilations > 0 else 1 - images
    whole, fraction = divmod(abs(dilations), 1)
    for _ in range(int(whole)):
        planes = _dilated(planes)
    if fraction:
        planes = planes + np.float32(fraction) * (_dilated(planes) - planes)
    return planes if dilations > 0 else 1 - planes


def mean_stroke_width(images: Pixels) -> float:
    """Return the mean width of the strokes in images, [N, H, W], in pixels.

    The width of a stroke is about twice its area divided by its perimeter. Here the area is the sum
    of all pixels, and the perimeter is the total variation (coarea formula). Both are proportional
    to the strength of the ink, so the width does not depend on it.
    """
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1)])
    horizontal = np.diff(padded, axis=2)[:, 1:]
    vertical = np.diff(padded, axis=1)[:, :, 1:]
    perimeter = float(np.hypot(horizontal, vertical).sum(dtype=np.float64))
    return 2 * float(images.sum(dtype=np.float64)) / perimeter


def _resampled(
    images: Pixels,
    source: Callable[
        [NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
    ],
) -> Pixels:
    """Resample images bilinearly; pixels outside of an image count as paper.

    The weights of the input pixels are the same for all images, so this is one matrix product.

    Args:
        images: [N, H, W].
        source: A function from x and y of output pixels to x and y of the points to sample. All
            coordinates are relative to the middle of the image.
    """
    _, height, width = images.shape
    middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
    rows, columns = np.indices((height, width)).reshape(2, -1)
    x, y = source(columns - middle_x, rows - middle_y)
    column_weights = _linear_weights(x + middle_x, width)
    row_weights = _linear_weights(y + middle_y, height)
    products = row_weights[:, :, np.newaxis] * column_weights[:, np.newaxis]
    weights = products.reshape(len(x), -1)
    return (images.reshape(len(images), -1) @ weights.T).reshape(images.shape)


def _linear_weights(positions: NDArray[np.float64], count: int) -> Pixels:
    """Return the weight of each of `count` pixels in a linear interpolation, [positions, count]."""
    distances = np.abs(positions[:, np.newaxis] - np.arange(count)).astype(np.float32)
    weights: Pixels = np.maximum(1 - distances, 0)
    return weights


def _dilated(images: Pixels) -> Pixels:
    """Return the maximum of the 3x3 pixels around each pixel."""
    for axis in (1, 2):
        padding = [(1, 1) if each == axis else (0, 0) for each in range(3)]
        padded = np.pad(images, padding, mode="edge")
        before, same, after = (
            np.take(padded, range(first, first + images.shape[axis]), axis) for first in range(3)
        )
        images = np.maximum(np.maximum(before, same), after)
    return images
