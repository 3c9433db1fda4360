"""Robustness: accuracy on digits that are shifted, scaled, rotated, thinner or thicker.

This measures the network alone. In the app, `digits.drawing.raster` centres and scales every
drawing, and draws it with the stroke width of MNIST, before the network reads it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.evaluation.metrics import Predictions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from model.data.mnist import Digits

    type Pixels = NDArray[np.float32]
    type Curve = list[tuple[float, float]]

SUBSET = 2_000
"""Number of images, evenly spaced in the set, that each point of a curve is measured on."""
SHIFTS = range(-6, 7, 2)
SCALES = [percent / 100 for percent in range(60, 141, 10)]
ROTATIONS = [step * 7.5 for step in range(-6, 7)]
"""Degrees."""
RINGS = [quarter / 4 for quarter in range(-4, 7)]
"""Arguments of `thickened`."""


def measure(read: Callable[[Pixels], Pixels], digits: Digits) -> dict[str, Curve]:
    """Measure the accuracy against "shift", "scale", "rotation" and "stroke width".

    Args:
        read: A function from images, float32 [N, 28, 28, 1] in 0..1, to probabilities [N, 10].
        digits: The images.

    Returns:
        For each change, points (x, accuracy). x is, in this order: pixels to the right or down (the
        accuracy is the mean of both), factor, degrees clockwise, and change of the mean stroke
        width in pixels.
    """
    some = digits[:: max(len(digits) // SUBSET, 1)]
    images, labels = some.as_input()[..., 0], some.labels.astype(np.int64)

    def accuracy(changed: Pixels) -> float:
        return Predictions(labels, read(changed[..., np.newaxis])).accuracy

    def shift_accuracy(pixels: float) -> float:
        right, down = (shifted(images, *by) for by in ((pixels, 0.0), (0.0, pixels)))
        return (accuracy(right) + accuracy(down)) / 2

    width = mean_stroke_width(images)
    changed = [thickened(images, rings) for rings in RINGS]
    return {
        "shift": [(float(x), shift_accuracy(x)) for x in SHIFTS],
        "scale": [(x, accuracy(scaled(images, x))) for x in SCALES],
        "rotation": [(x, accuracy(rotated(images, x))) for x in ROTATIONS],
        "stroke width": [(mean_stroke_width(each) - width, accuracy(each)) for each in changed],
    }


def shifted(images: Pixels, right: float, down: float) -> Pixels:
    """Shift images, [N, H, W], by pixels."""
    return _resampled(images, lambda x, y: (x - right, y - down))


def scaled(images: Pixels, factor: float) -> Pixels:
    """Scale images, [N, H, W], about their middle; a factor over 1 enlarges."""
    return _resampled(images, lambda x, y: (x / factor, y / factor))


def rotated(images: Pixels, degrees: float) -> Pixels:
    """Rotate images, [N, H, W], clockwise about their middle."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return _resampled(images, lambda x, y: (cosine * x + sine * y, cosine * y - sine * x))


def thickened(images: Pixels, rings: float) -> Pixels:
    """Thicken the strokes in images, [N, H, W], by a number of rings; thin them if it is negative.

    A ring is one grey dilation or erosion with a 3x3 square; a fraction of a ring interpolates.
    """
    ink = images if rings > 0 else 1 - images
    whole, part = divmod(abs(rings), 1)
    for _ in range(int(whole)):
        ink = _dilated(ink)
    if part:
        ink = ink + np.float32(part) * (_dilated(ink) - ink)
    return ink if rings > 0 else 1 - ink


def mean_stroke_width(images: Pixels) -> float:
    """Return the mean width of the strokes in images, [N, H, W], in pixels.

    The width of a stroke is about twice its area divided by its perimeter. The perimeter of grey
    ink is its total variation divided by its brightness (coarea formula), so shades cancel out.
    """
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1)])
    across = np.diff(padded, axis=2)[:, 1:]
    down = np.diff(padded, axis=1)[:, :, 1:]
    perimeter = float(np.hypot(across, down).sum(dtype=np.float64))
    return 2 * float(images.sum(dtype=np.float64)) / perimeter


def _resampled(
    images: Pixels,
    source: Callable[
        [NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
    ],
) -> Pixels:
    """Resample images bilinearly, with paper around them.

    Every output pixel is the same weighted sum in all images, so one matrix product computes all.

    Args:
        images: [N, H, W].
        source: Maps x and y of an output pixel to the point that is sampled there, both relative to
            the middle of the image.
    """
    _, height, width = images.shape
    middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
    rows, columns = np.indices((height, width)).reshape(2, -1)
    x, y = source(columns - middle_x, rows - middle_y)
    across = _tent(x + middle_x, width)
    down = _tent(y + middle_y, height)
    weights = (down[:, :, np.newaxis] * across[:, np.newaxis]).reshape(len(x), -1)
    return (images.reshape(len(images), -1) @ weights.T).reshape(images.shape)


def _tent(places: NDArray[np.float64], count: int) -> Pixels:
    """Return the weights of pixels 0 to count - 1 at places between them: [len(places), count]."""
    distances = np.abs(places[:, np.newaxis] - np.arange(count)).astype(np.float32)
    weights: Pixels = np.maximum(1 - distances, 0)
    return weights


def _dilated(images: Pixels) -> Pixels:
    """Return the maximum of the 3x3 neighbours of each pixel."""
    for axis in (1, 2):
        edge = np.pad(images, [(0, 0) if a != axis else (1, 1) for a in range(3)], mode="edge")
        lower, middle, upper = (
            np.take(edge, range(first, first + images.shape[axis]), axis) for first in range(3)
        )
        images = np.maximum(np.maximum(lower, middle), upper)
    return images
