"""Prototypes of each class: a few typical points in the space of the network's features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digits.reading.contract import FEATURES
from model.export.convert import open_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from model.data.mnist import Digits

MAX_IMAGES = 20_000
"""Images of each source that are used, at most."""
PER_SOURCE = 4
"""Prototypes of each class from each source.

Measured on synthetic drawings: with 4 rather than 8, taught examples correct more drawings; with 4
rather than 2, other drawings suffer less.
"""
ITERATIONS = 15
BATCH = 500


def find_prototypes(
    content: bytes, sources: Sequence[Digits], classes: Sequence[int]
) -> NDArray[np.float32]:
    """Return prototypes of each class.

    Args:
        content: An ONNX model that has the output FEATURES.
        sources: Images. Each source has its own prototypes, so that a style which is rare in one
            source is not lost among the images of the other.
        classes: The labels.

    Returns:
        float32 [classes, PER_SOURCE * sources, length].
    """
    found = []
    for digits in sources:
        used = digits[:MAX_IMAGES]
        features = _features(content, used)
        found.append([_k_means(features[used.labels == each], PER_SOURCE) for each in classes])
    return np.concatenate(found, 1).astype(np.float32)


def _features(content: bytes, digits: Digits) -> NDArray[np.float32]:
    run, images = open_model(content), digits.as_input()
    return np.concatenate(
        [run(images[start : start + BATCH])[FEATURES] for start in range(0, len(images), BATCH)]
    )


def _k_means(points: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Return `count` means (S. P. Lloyd: "Least squares quantization in PCM", 1982)."""
    chosen = np.random.default_rng(0).choice(len(points), count, replace=False)
    means = points[chosen].astype(np.float64)
    for _ in range(ITERATIONS):
        distances = np.linalg.norm(points[:, np.newaxis] - means, axis=2)
        nearest = distances.argmin(1)
        means = np.stack(
            [
                points[nearest == each].mean(0) if (nearest == each).any() else means[each]
                for each in range(count)
            ]
        )
    return means
