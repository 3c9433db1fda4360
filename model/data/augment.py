"""Random distortion of training images.

First the strokes of an image are thickened or thinned. Then the image is rotated, scaled, sheared,
shifted and bent by one random map, which is both affine and elastic (P. Y. Simard, D. Steinkraus,
J. C. Platt: "Best practices for convolutional neural networks applied to visual document analysis",
ICDAR 2003), and resampled bilinearly.
"""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

MAX_ROTATION = math.radians(12)
MAX_SCALE_CHANGE = 0.12
"""Largest difference between a scale and 1."""
MAX_SHEAR = 0.2
"""Largest shear: x changes by at most this multiple of y."""
MAX_SHIFT = 1.8
"""Largest shift, in pixels."""
ELASTIC_STDDEV = 0.45
"""Standard deviation, in pixels, of the random displacements at the points of the elastic grid."""
ELASTIC_GRID = 5
"""Number of rows, and of columns, of the elastic grid. Between its points, displacements are
interpolated."""
MAX_THICKENING, MAX_THINNING = 0.4, 0.2
"""A pixel moves at most this fraction of the way to the largest (thickening) or smallest (thinning)
value of the 3x3 pixels around it."""


def augment(images: Any, seed: Any) -> Any:
    """Distort a batch of images. The same seed always gives the same distortions.

    Args:
        images: float32 [N, 28, 28, 1].
        seed: int32 or int64 [2].

    Returns:
        float32 [N, 28, 28, 1].
    """
    # The last of the seven random numbers of an image is for the thickness of its strokes.
    u = tf.random.stateless_uniform([7, tf.shape(images)[0], 1, 1], seed, -1.0, 1.0)
    return _sample(_thicken(images, u[6][..., tf.newaxis]), *_source_points(images, u, seed))


def _source_points(images: Any, u: Any, seed: Any) -> tuple[Any, Any]:
    """Return the coordinates at which the input image is sampled for each output pixel.

    Args:
        images: float32 [N, 28, 28, 1].
        u: Random numbers in -1..1, [7, N, 1, 1]. The first six are for the angle, the x scale, the
            y scale, the shear, the x shift and the y shift.
        seed: Seed of the elastic displacements, int32 or int64 [2].

    Returns:
        x and y, float32 [N, 28, 28].
    """
    count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    angle, scale_x, scale_y, shear = (
        u[0] * MAX_ROTATION,
        1 + u[1] * MAX_SCALE_CHANGE,
        1 + u[2] * MAX_SCALE_CHANGE,
        u[3] * MAX_SHEAR,
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
    grid = tf.random.stateless_normal(
        [count, ELASTIC_GRID, ELASTIC_GRID, 2], seed + 1, stddev=ELASTIC_STDDEV
    )
    displacements = tf.image.resize(grid, [height, width], "bicubic")
    return (
        x + (width - 1) / 2 + u[4] * MAX_SHIFT + displacements[..., 0],
        y + (height - 1) / 2 + u[5] * MAX_SHIFT + displacements[..., 1],
    )


def _sample(images: Any, x: Any, y: Any) -> Any:
    """Sample images bilinearly at the points (x, y); pixels outside of the image count as paper."""
    padded = tf.pad(images[..., 0], [[0, 0], [1, 1], [1, 1]])
    count, height, width = tf.shape(padded)[0], padded.shape[1], padded.shape[2]
    x = tf.clip_by_value(x + 1, 0.0, width - 1.001)
    y = tf.clip_by_value(y + 1, 0.0, height - 1.001)
    left, top = tf.floor(x), tf.floor(y)
    right_weight, lower_weight = x - left, y - top
    corner = tf.cast(top, tf.int32) * width + tf.cast(left, tf.int32)
    corner += tf.range(count)[:, tf.newaxis, tf.newaxis] * (height * width)
    pixels = tf.reshape(padded, [-1])
    upper = tf.gather(pixels, corner) * (1 - right_weight)
    upper += tf.gather(pixels, corner + 1) * right_weight
    lower = tf.gather(pixels, corner + width) * (1 - right_weight)
    lower += tf.gather(pixels, corner + width + 1) * right_weight
    return (upper * (1 - lower_weight) + lower * lower_weight)[..., tf.newaxis]


def _thicken(images: Any, amount: Any) -> Any:
    """Thicken the strokes of images if their `amount` is positive, thin them if it is negative.

    Args:
        images: float32 [N, 28, 28, 1].
        amount: float32 [N, 1, 1, 1] in -1..1.
    """
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return (
        images
        + tf.nn.relu(amount) * MAX_THICKENING * (thick - images)
        + tf.nn.relu(-amount) * MAX_THINNING * (thin - images)
    )
