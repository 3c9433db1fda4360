"""How far a digit may be changed until it is misread: shifted, scaled, turned, thinner, thicker.

It measures the network alone. In the app `digits.drawing.raster` centres and scales every drawing, and
draws it with MNIST's thickness, before the network sees it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.evaluation.metrics import Measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from model.data.mnist import Digits

    type Pixels = NDArray[np.float32]
    type Curve = list[tuple[float, float]]

SUBSET = 2_000
"""Images, evenly over the set, on which each point of a curve is measured."""
SHIFTS = range(-6, 7, 2)
SCALES = [percent / 100 for percent in range(60, 141, 10)]
ROTATIONS = [step * 7.5 for step in range(-6, 7)]
RINGS = [quarter / 4 for quarter in range(-4, 7)]


def measure(read: Callable[[Pixels], Pixels], digits: Digits) -> dict[str, Curve]:
    """Measure the accuracy against "shift", "scale", "rotation" and "stroke width".

    read: images, float32 [N, 28, 28, 1] in 0..1, to probabilities [N, 10], see `Measured`.

    Gives for each a curve of (x, accuracy): pixels to the right or down (the mean of both), factor,
    degrees clockwise, and pixels by which the mean thickness of the strokes has changed.
    """
    some = digits[:: max(len(digits) // SUBSET, 1)]
    images, labels = some.as_input()[..., 0], some.labels.astype(np.int64)

    def accuracy(changed: Pixels) -> float:
        return Measured(labels, read(changed[..., np.newaxis])).accuracy

    def shift_accuracy(pixels: float) -> float:
        right, down = (shifted(images, *way) for way in ((pixels, 0.0), (0.0, pixels)))
        return (accuracy(right) + accuracy(down)) / 2

    thickness = mean_thickness(images)
    grown = [thickened(images, rings) for rings in RINGS]
    return {
        "shift": [(float(x), shift_accuracy(x)) for x in SHIFTS],
        "scale": [(x, accuracy(scaled(images, x))) for x in SCALES],
        "rotation": [(x, accuracy(rotated(images, x))) for x in ROTATIONS],
        "stroke width": [(mean_thickness(some) - thickness, accuracy(some)) for some in grown],
    }


def shifted(images: Pixels, right: float, down: float) -> Pixels:
    """Move what is in images, [N, H, W], by pixels."""
    return _resampled(images, lambda x, y: (x - right, y - down))


def scaled(images: Pixels, factor: float) -> Pixels:
    """Scale what is in images, [N, H, W], about their middle; over 1 is larger."""
    return _resampled(images, lambda x, y: (x / factor, y / factor))


def rotated(images: Pixels, degrees: float) -> Pixels:
    """Turn what is in images, [N, H, W], clockwise about their middle."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return _resampled(images, lambda x, y: (cosine * x + sine * y, cosine * y - sine * x))


def thickened(images: Pixels, rings: float) -> Pixels:
    """Add rings of a pixel to the strokes in images, [N, H, W], or take off -rings of them.

    A ring is a grey dilation or erosion with a 3x3 square, a part of a ring that part of the way.
    """
    ink = images if rings > 0 else 1 - images
    whole, part = divmod(abs(rings), 1)
    for _ in range(int(whole)):
        ink = _dilated(ink)
    if part:
        ink = ink + np.float32(part) * (_dilated(ink) - ink)
    return ink if rings > 0 else 1 - ink


def mean_thickness(images: Pixels) -> float:
    """Give the mean thickness of the strokes in images, [N, H, W], in pixels.

    A stroke is about as thick as twice its area by its perimeter. The perimeter of grey ink is its
    total variation, whatever its shade (the coarea formula).
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
    """Resample images bilinearly, paper around them.

    source: maps output x and y, from the middle of the image, to the place that is read there.
    Every output pixel is the same weighted sum in all images, so they are one matrix product.
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
    """Weigh the pixels 0 to count - 1 for reading between them: [len(places), count]."""
    distances = np.abs(places[:, np.newaxis] - np.arange(count)).astype(np.float32)
    weights: Pixels = np.maximum(1 - distances, 0)
    return weights


def _dilated(images: Pixels) -> Pixels:
    """Give each pixel the most of its 3x3 neighbours."""
    for axis in (1, 2):
        edge = np.pad(images, [(0, 0) if a != axis else (1, 1) for a in range(3)], mode="edge")
        lower, middle, upper = (
            np.take(edge, range(first, first + images.shape[axis]), axis) for first in range(3)
        )
        images = np.maximum(np.maximum(lower, middle), upper)
    return images
