"""Prototypes of each class: the means of clusters of similar images in the space of features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from digits.reading.contract import FEATURES
from model.export.convert import open_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from model.data.mnist import LabelledImages

MAX_IMAGES = 20_000
"""Largest number of images that are used from each source."""
PER_SOURCE = 4
"""Number of prototypes for each class and source.

This was chosen on synthetic drawings. With 8, taught examples corrected fewer drawings. With 2,
they made the model misread more drawings of symbols that were not taught.
"""
ITERATIONS = 15
"""Number of iterations of k-means."""
BATCH = 500
"""Number of images in one run of the model."""


def find_prototypes(
    content: bytes, sources: Sequence[LabelledImages], classes: Sequence[int]
) -> NDArray[np.float32]:
    """Return prototypes of each class.

    Args:
        content: An ONNX model that has the output FEATURES.
        sources: Images of several sources. Each source has its own prototypes, so that small
            sources are represented, too.
        classes: The labels of the classes to find prototypes for.

    Returns:
        float32 [classes, PER_SOURCE * number of sources, length].
    """
    found = []
    for digits in sources:
        used = digits[:MAX_IMAGES]
        features = _features(content, used)
        found.append([_k_means(features[used.labels == each], PER_SOURCE) for each in classes])
    return np.concatenate(found, 1).astype(np.float32)


def _features(content: bytes, digits: LabelledImages) -> NDArray[np.float32]:
    """Return the output FEATURES for each image: [N, length]."""
    run, images = open_model(content), digits.as_input()
    return np.concatenate(
        [run(images[start : start + BATCH])[FEATURES] for start in range(0, len(images), BATCH)]
    )


def _k_means(points: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Return the centres of `count` clusters of points.

    S. P. Lloyd: "Least squares quantization in PCM", 1982.
    """
    initial = np.random.default_rng(0).choice(len(points), count, replace=False)
    means = points[initial].astype(np.float64)
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
