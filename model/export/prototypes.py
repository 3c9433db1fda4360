"""What each class looks like to the network: a few prototypes in the space of its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.export import convert
from model.export import graph as outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from model.data.mnist import Digits

MOST = 20_000
"""Images of each source that are looked at."""
OF_EACH = 4
"""Prototypes of each class and source: on drawings made in code, 4 let more of what is taught be
read than 8, and lose less of all other drawings than 2."""
ROUNDS = 15
BATCH = 500


def of_classes(
    content: bytes, sources: Sequence[Digits], classes: Sequence[int]
) -> NDArray[np.float32]:
    """Give prototypes of each class: float32 [classes, OF_EACH * sources, length].

    content: a model that gives features. sources: each has its share of the prototypes, so that
    what is rare in one is not lost in the other.
    """
    found = []
    for digits in sources:
        part = digits[:MOST]
        features = _features(content, part)
        found.append([_means(features[part.labels == each], OF_EACH) for each in classes])
    return np.concatenate(found, 1).astype(np.float32)


def _features(content: bytes, digits: Digits) -> NDArray[np.float32]:
    run, images = convert.opened(content), digits.as_input()
    parts = [
        run(images[start : start + BATCH])[outputs.FEATURES]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


def _means(points: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Give `count` means of points, by Lloyd's algorithm ("Least squares quantization", 1982)."""
    chosen = np.random.default_rng(0).choice(len(points), count, replace=False)
    means = points[chosen].astype(np.float64)
    for _ in range(ROUNDS):
        away = np.linalg.norm(points[:, np.newaxis] - means, axis=2)
        nearest = away.argmin(1)
        means = np.stack(
            [
                points[nearest == each].mean(0) if (nearest == each).any() else means[each]
                for each in range(count)
            ]
        )
    return means
