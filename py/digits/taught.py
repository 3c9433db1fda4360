"""What was taught on this device: a light layer over the features of the network, which stays.

A digit is read as it was taught if, in the space of the network's features, it is nearer to a
taught example than to what any other digit looks like: the nearest of the prototypes that the
model was released with. Between an example and the next ones of its label their middle counts as
one more example. It is a nearest-neighbour rule (Cover and Hart, "Nearest neighbor pattern
classification", 1967), and learns at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

type Features = Sequence[float]

NEXT = 4
"""With how many examples of its label an example has a middle: the nearest ones."""


@dataclass(frozen=True)
class Likeness:
    """An image is like what was taught. weight: how much that counts, from 1/2 to 1."""

    label: str
    weight: float


class Taught:
    """The examples' features, by a key of the caller's."""

    def __init__(self) -> None:
        self._examples: dict[int, tuple[str, Features]] = {}
        self._points: dict[str, list[Features]] = {}

    def __len__(self) -> int:
        return len(self._examples)

    def add(self, key: int, label: str, features: Features) -> None:
        """Learn an example. features: what the network makes of it, of any length."""
        self._examples[key] = label, features
        self._gather(label)

    def remove(self, key: int) -> None:
        """Forget an example, if it was learned."""
        if key in self._examples:
            label, _ = self._examples.pop(key)
            self._gather(label)

    def clear(self) -> None:
        """Forget all."""
        self._examples.clear()
        self._points.clear()

    def likeness(self, features: Features, distances: Mapping[str, float]) -> Likeness | None:
        """Tell whether an image is nearer to what was taught than to any other digit.

        distances: from the image to the nearest prototype of each label.
        """
        found: list[tuple[float, Likeness]] = []
        for label, points in self._points.items():
            near = min(math.dist(features, point) for point in points)
            others = min(far for other, far in distances.items() if other != label)
            if near < others:
                found.append((near, Likeness(label, others / (near + others))))
        return min(found, key=lambda each: each[0])[1] if found else None

    def _gather(self, label: str) -> None:
        """Put an example's points together: it and the middles to the next ones."""
        own = [features for name, features in self._examples.values() if name == label]
        middles = [
            [(a + b) / 2 for a, b in zip(one, other, strict=True)]
            for one in own
            for other in sorted(own, key=partial(math.dist, one))[: NEXT + 1]
            if other is not one
        ]
        self._points.pop(label, None)
        if own:
            self._points[label] = [*own, *middles]
