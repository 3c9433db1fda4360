"""Training batches: a fixed number of images from each source, distorted by `augment`.

A batch depends on the seed and the step alone, so a resumed training sees the same batches as one
that was never interrupted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from model.data.augment import augment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.data.mnist import Digits


def batches(sources: Sequence[tuple[Digits, int]], seed: int, steps: range) -> Any:
    """Return a `tf.data.Dataset` with the batches of a range of steps.

    Args:
        sources: Images, and how many of them go into each batch. Every image of a source is used
            once before any is used again.
        seed: Seed of the order and of the distortions.
        steps: The steps, counted from the start of the training.

    Returns:
        A dataset of pairs: images float32 [batch, 28, 28, 1] and labels uint8 [batch].
    """
    tensors = [
        (tf.constant(digits.images), tf.constant(digits.labels), share) for digits, share in sources
    ]

    def batch(step: Any) -> tuple[Any, Any]:
        images, labels = [], []
        for source_images, source_labels, share in tensors:
            chosen = _indices(step, share, source_labels.shape[0], seed)
            images.append(tf.gather(source_images, chosen))
            labels.append(tf.gather(source_labels, chosen))
        floats = tf.cast(tf.concat(images, 0), tf.float32)[..., tf.newaxis] / 255.0
        distorted = augment(floats, tf.stack([tf.constant(seed, tf.int64), step]))
        return distorted, tf.concat(labels, 0)

    numbers = tf.data.Dataset.range(steps.start, steps.stop)
    return numbers.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


def _indices(step: Any, share: int, count: int, seed: int) -> Any:
    """Return the images of a step, int64 [share], from another permutation for each pass."""
    places = step * share + tf.range(share, dtype=tf.int64)
    passes = places // count

    def permuted(number: Any) -> Any:
        order = tf.stack([tf.constant(seed, tf.int64), number])
        return tf.random.experimental.index_shuffle(places % count, order, count - 1)

    return tf.where(passes == passes[0], permuted(passes[0]), permuted(passes[0] + 1))
