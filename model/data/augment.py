"""What changes from epoch to epoch: where each image's ink is, how it is bent, how thick it is.

Images are turned, scaled, slanted, shifted and bent a little, and thickened or thinned. One random
map an image, affine and elastic (Simard, Steinkraus and Platt, 2003), resampled bilinearly. It
depends on the seed and on the step alone, so that a training which was interrupted goes on with the
very images it would have seen.
"""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.2
SHIFT = 1.8  # pixels
BEND = 0.45  # pixels that the points of a GRID x GRID net are moved by, one standard deviation
GRID = 5
THICKEN, THIN = 0.4, 0.2  # how far towards the largest, the smallest of a pixel's neighbours


def augment(images: Any, seed: Any) -> Any:
    """Distort a batch: float32 [N, 28, 28, 1] in, the same out. seed: int32 or int64 [2]."""
    u = tf.random.stateless_uniform([7, tf.shape(images)[0], 1, 1], seed, -1.0, 1.0)
    return _sample(_thickness(images, u[6][..., tf.newaxis]), *_places(images, u, seed))


def _places(images: Any, u: Any, seed: Any) -> tuple[Any, Any]:
    """Choose the place in the image, x and y [N, 28, 28], that each pixel is read from."""
    count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    turn, scale_x, scale_y, shear = (
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
        scale_x * (tf.cos(turn) * x - tf.sin(turn) * y),
        scale_y * (tf.sin(turn) * x + tf.cos(turn) * y),
    )
    net = tf.random.stateless_normal([count, GRID, GRID, 2], seed + 1, stddev=BEND)
    bend = tf.image.resize(net, [height, width], "bicubic")
    return (
        x + (width - 1) / 2 + u[4] * SHIFT + bend[..., 0],
        y + (height - 1) / 2 + u[5] * SHIFT + bend[..., 1],
    )


def _sample(images: Any, x: Any, y: Any) -> Any:
    """Read images at places between pixels; outside is paper."""
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


def _thickness(images: Any, amount: Any) -> Any:
    """Thicken the ink, amount 0 to 1, or thin it, -1 to 0."""
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return (
        images
        + tf.nn.relu(amount) * THICKEN * (thick - images)
        + tf.nn.relu(-amount) * THIN * (thin - images)
    )
