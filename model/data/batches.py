"""What the network sees at each step: scans, pen digits and what is no digit, each with its share.

Every batch follows from the seed and the step alone, so that a training which was interrupted goes
on as if it had not been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from model.data.augment import augment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.data.mnist import Digits


def batches(sources: Sequence[tuple[Digits, int]], seed: int, steps: range) -> Any:
    """Give the training's batches of some steps.

    sources: images, and how many of them each batch has. All images of a source have their turn
    before one comes again.

    Yields (images float32 [batch, 28, 28, 1], labels uint8 [batch]).
    """
    parts = [
        (tf.constant(digits.images), tf.constant(digits.labels), share) for digits, share in sources
    ]

    def batch(step: Any) -> tuple[Any, Any]:
        images, labels = [], []
        for pixels, names, share in parts:
            chosen = _turns(step, share, names.shape[0], seed)
            images.append(tf.gather(pixels, chosen))
            labels.append(tf.gather(names, chosen))
        floats = tf.cast(tf.concat(images, 0), tf.float32)[..., tf.newaxis] / 255.0
        distorted = augment(floats, tf.stack([tf.constant(seed, tf.int64), step]))
        return distorted, tf.concat(labels, 0)

    numbers = tf.data.Dataset.range(steps.start, steps.stop)
    return numbers.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


def _turns(step: Any, share: int, count: int, seed: int) -> Any:
    """Choose the images of a step: int64 [share], in another order each time around."""
    places = step * share + tf.range(share, dtype=tf.int64)
    rounds = places // count

    def shuffled(around: Any) -> Any:
        order = tf.stack([tf.constant(seed, tf.int64), around])
        return tf.random.experimental.index_shuffle(places % count, order, count - 1)

    return tf.where(rounds == rounds[0], shuffled(rounds[0]), shuffled(rounds[0] + 1))
