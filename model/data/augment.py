"""Random distortion of training images, different in every epoch.

An image is rotated, scaled, sheared, shifted and bent by one random map, affine and elastic
(P. Y. Simard, D. Steinkraus, J. C. Platt: "Best practices for convolutional neural networks applied
to visual document analysis", ICDAR 2003), and resampled bilinearly; its strokes are thickened or
thinned. The map depends on the seed and the step alone, so a resumed training sees the same images
as one that was never interrupted.
"""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.2
SHIFT = 1.8
"""Pixels."""
BEND = 0.45
"""Standard deviation, in pixels, of the displacements of the points of a GRID x GRID net."""
GRID = 5
THICKEN, THIN = 0.4, 0.2
"""How far a pixel moves, at most, towards the largest and the smallest of its neighbours."""


def augment(images: Any, seed: Any) -> Any:
    """Distort a batch.

    Args:
        images: float32 [N, 28, 28, 1].
        seed: int32 or int64 [2].

    Returns:
        float32 [N, 28, 28, 1].
    """
    u = tf.random.stateless_uniform([7, tf.shape(images)[0], 1, 1], seed, -1.0, 1.0)
    return _sample(_thicken(images, u[6][..., tf.newaxis]), *_source_points(images, u, seed))


def _source_points(images: Any, u: Any, seed: Any) -> tuple[Any, Any]:
    """Return the point of the image, x and y [N, 28, 28], from which each pixel is sampled."""
    count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    angle, scale_x, scale_y, shear = (
        u[0] * ROTATION,
        1 + u[1] * SCALE,
        1 + u[2] * SCALE,
        u[3] * SHEAR,
    )
    y, x = tf.meshgrid(
        tf.range(height, dtype=tf.float32) - (height - 1) / 2,
        tf.range(width, dtype=tf.float32) - (width - 1) / 2,
        indexing="ij",
    )
    x, y = x + shear * y, y
    x, y = (
        scale_x * (tf.cos(angle) * x - tf.sin(angle) * y),
        scale_y * (tf.sin(angle) * x + tf.cos(angle) * y),
    )
    net = tf.random.stateless_normal([count, GRID, GRID, 2], seed + 1, stddev=BEND)
    bend = tf.image.resize(net, [height, width], "bicubic")
    return (
        x + (width - 1) / 2 + u[4] * SHIFT + bend[..., 0],
        y + (height - 1) / 2 + u[5] * SHIFT + bend[..., 1],
    )


def _sample(images: Any, x: Any, y: Any) -> Any:
    """Interpolate bilinearly between pixels; outside of the image is paper."""
    padded = tf.pad(images[..., 0], [[0, 0], [1, 1], [1, 1]])
    count, height, width = tf.shape(padded)[0], padded.shape[1], padded.shape[2]
    x = tf.clip_by_value(x + 1, 0.0, width - 1.001)
    y = tf.clip_by_value(y + 1, 0.0, height - 1.001)
    left, top = tf.floor(x), tf.floor(y)
    right_part, lower_part = x - left, y - top
    corner = tf.cast(top, tf.int32) * width + tf.cast(left, tf.int32)
    corner += tf.range(count)[:, tf.newaxis, tf.newaxis] * (height * width)
    pixels = tf.reshape(padded, [-1])
    upper = tf.gather(pixels, corner) * (1 - right_part)
    upper += tf.gather(pixels, corner + 1) * right_part
    lower = tf.gather(pixels, corner + width) * (1 - right_part)
    lower += tf.gather(pixels, corner + width + 1) * right_part
    return (upper * (1 - lower_part) + lower * lower_part)[..., tf.newaxis]


def _thicken(images: Any, amount: Any) -> Any:
    """Thicken strokes if the amount is in 0..1, thin them if it is in -1..0."""
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return (
        images
        + tf.nn.relu(amount) * THICKEN * (thick - images)
        + tf.nn.relu(-amount) * THIN * (thin - images)
    )
