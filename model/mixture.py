"""What a network sees at each step: images of several sources, each with its share.

Every batch follows from the seed and the step alone, so that a training which was interrupted goes
on as if it had not been.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from model.augment import augment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from model.augment import Distortion


@dataclass(frozen=True)
class Source:
    """Images to learn from.

    images: uint8 [N, 28, 28]. targets: float32 [N, classes], the probability of each class. share:
    how many images each batch has of them. distortion: how they are distorted, anew at each step,
    or None.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    share: int
    distortion: Distortion | None


def batches(sources: Sequence[Source], seed: int, steps: range) -> Any:
    """Give the training's batches of some steps.

    All images of a source have their turn before one comes again.

    Yields (images float32 [batch, 28, 28, 1], targets float32 [batch, classes]).
    """
    kept = [(tf.constant(each.images), tf.constant(each.targets), each) for each in sources]

    def batch(step: Any) -> tuple[Any, Any]:
        images, targets = [], []
        for place, (pixels, wanted, source) in enumerate(kept):
            chosen = _turns(step, source.share, pixels.shape[0], seed)
            floats = tf.cast(tf.gather(pixels, chosen), tf.float32)[..., tf.newaxis] / 255.0
            if source.distortion:
                key = tf.stack([tf.constant(seed + 1000 * place, tf.int64), step])
                floats = augment(floats, key, source.distortion)
            images.append(floats)
            targets.append(tf.gather(wanted, chosen))
        return tf.concat(images, 0), tf.concat(targets, 0)

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
