"""What changes from epoch to epoch: each digit is turned, scaled, slanted and shifted a little.

One random affine map an image, resampled bilinearly. The map depends on the seed and on the step
alone, so that a training which was interrupted goes on with the very images it would have seen.
"""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

ROTATION = math.radians(12)
SCALE = 0.12
SHEAR = 0.2
SHIFT = 2.5  # pixels


def augment(images: Any, seed: Any) -> Any:
    """Distort a batch: float32 [N, 28, 28, 1] in, the same out. seed: int32 or int64 [2]."""
    count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    u = tf.random.stateless_uniform([6, count], seed, -1.0, 1.0)
    turn, scale_x, scale_y, shear = (
        u[0] * ROTATION,
        1 + u[1] * SCALE,
        1 + u[2] * SCALE,
        u[3] * SHEAR,
    )
    # Maps an output pixel to the input pixel it is read from, about the middle of the image.
    a, b = scale_x * tf.cos(turn), scale_x * (shear * tf.cos(turn) - tf.sin(turn))
    c, d = scale_y * tf.sin(turn), scale_y * (shear * tf.sin(turn) + tf.cos(turn))
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    x = middle_x - a * middle_x - b * middle_y + u[4] * SHIFT
    y = middle_y - c * middle_x - d * middle_y + u[5] * SHIFT
    zero = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, x, c, d, y, zero, zero], axis=1),
        output_shape=[height, width],
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
        fill_value=0.0,
    )
