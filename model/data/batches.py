"""Training batches: a fixed number of images from each source, distorted by `augment`.

A batch depends only on the sources, the seed and the number of its step. A resumed training
therefore gets the same batches as a training without interruption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

from model.data.augment import augment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.data.mnist import LabelledImages


def batches(sources: Sequence[tuple[LabelledImages, int]], seed: int, steps: range) -> Any:
    """Return a `tf.data.Dataset` with the batches of a range of steps.

    Args:
        sources: Pairs of a source's images and the number of images that each batch takes from it.
            All images of a source are used once before an image is used again.
        seed: Seed of the shuffling and of the distortions.
        steps: Numbers of the steps, counted from the start of the training.

    Returns:
        A dataset of pairs: images float32 [batch, 28, 28, 1] and labels uint8 [batch].
    """
    tensors = [
        (tf.constant(labelled.images), tf.constant(labelled.labels), per_batch)
        for labelled, per_batch in sources
    ]

    def batch(step: Any) -> tuple[Any, Any]:
        images, labels = [], []
        for source_images, source_labels, per_batch in tensors:
            chosen = _indices(step, per_batch, source_labels.shape[0], seed)
            images.append(tf.gather(source_images, chosen))
            labels.append(tf.gather(source_labels, chosen))
        floats = tf.cast(tf.concat(images, 0), tf.float32)[..., tf.newaxis] / 255.0
        distorted = augment(floats, tf.stack([tf.constant(seed, tf.int64), step]))
        return distorted, tf.concat(labels, 0)

    step_numbers = tf.data.Dataset.range(steps.start, steps.stop)
    return step_numbers.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


def _indices(step: Any, per_batch: int, count: int, seed: int) -> Any:
    """Return the indices of a source's images in one batch.

    The source is repeated endlessly, and shuffled anew for each repetition. A batch may contain the
    end of one repetition and the start of the next.

    Args:
        step: Number of the batch, an int64 scalar.
        per_batch: Number of images of the source in each batch.
        count: Number of images of the source, at least `per_batch`.
        seed: Seed of the shuffling.

    Returns:
        int64 [per_batch].
    """
    positions = step * per_batch + tf.range(per_batch, dtype=tf.int64)
    repetitions = positions // count

    def shuffled(repetition: Any) -> Any:
        shuffle_seed = tf.stack([tf.constant(seed, tf.int64), repetition])
        return tf.random.experimental.index_shuffle(positions % count, shuffle_seed, count - 1)

    first = repetitions[0]
    return tf.where(repetitions == first, shuffled(first), shuffled(first + 1))
