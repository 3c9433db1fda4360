"""Learn on the device: nearest neighbours in the feature space of a network with fixed weights.

The released model has prototypes of each label: typical points in the feature space. An image gets
the label of a taught example if the image's features are nearer to this example than to the
prototypes of all other labels. The midpoint between an example and each of its NEIGHBOURS nearest
examples of the same label counts as another example of this label.

This is a nearest-neighbour rule (Cover and Hart, "Nearest neighbor pattern classification", 1967),
so a single example takes effect at once.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

type Features = Sequence[float]

NEIGHBOURS = 4
"""Each example has midpoints with this many of the nearest examples of its label."""


@dataclass(frozen=True)
class Match:
    """A taught label that an image matches.

    Attributes:
        label: The label.
        weight: Its weight in the reading, from 1/2 to 1.
        example: The key of the nearest example of the label.

    """

    label: str
    weight: float
    example: int = field(compare=False)


@dataclass(frozen=True)
class _Example:
    """A taught example and its nearest neighbours of the same label.

    Attributes:
        features: The features of the example.
        neighbours: For each neighbour, half of the squared distance (which `_nearest` needs) and
            the key. The nearest neighbour is first.

    """

    features: tuple[float, ...]
    neighbours: list[tuple[float, int]] = field(default_factory=list)

    def add_neighbour(self, key: int, half_square: float) -> None:
        """Insert another example of the label if it is one of the NEIGHBOURS nearest."""
        insort(self.neighbours, (half_square, key))
        del self.neighbours[NEIGHBOURS:]


class NearestNeighbours:
    """The taught examples. The caller chooses a key for each example."""

    def __init__(self) -> None:
        self._labels: dict[int, str] = {}
        self._examples: dict[str, dict[int, _Example]] = {}

    def __len__(self) -> int:
        return len(self._labels)

    def add(self, key: int, label: str, features: Features) -> None:
        """Learn an example. It replaces an example with the same key.

        Args:
            key: The key of the example, for `remove`.
            label: The digit or sign that the image shows.
            features: The model's `features` output for the image, always of the same length.

        """
        self.remove(key)
        self._labels[key] = label
        same_label = self._examples.setdefault(label, {})
        new = _Example(tuple(features))
        for other_key, other in same_label.items():
            half_square = _half_square(new, other)
            new.add_neighbour(other_key, half_square)
            other.add_neighbour(key, half_square)
        same_label[key] = new

    def remove(self, key: int) -> None:
        """Forget the example with this key. Do nothing if there is no such example."""
        if key not in self._labels:
            return
        label = self._labels.pop(key)
        same_label = self._examples[label]
        del same_label[key]
        for each_key, each in same_label.items():
            if any(neighbour == key for _, neighbour in each.neighbours):
                each.neighbours.clear()
                for other_key, other in same_label.items():
                    if other_key != each_key:
                        each.add_neighbour(other_key, _half_square(each, other))
        if not same_label:
            del self._examples[label]

    def clear(self) -> None:
        """Forget all examples."""
        self._labels.clear()
        self._examples.clear()

    def match(self, features: Features, distances: Mapping[str, float]) -> Match | None:
        """Return the taught label that an image matches, or None.

        If examples of two labels are equally near, the label of the oldest example wins.

        Args:
            features: The model's `features` output for the image.
            distances: The distance from the image to the nearest prototype of each label.

        """
        point = tuple(features)
        found: list[tuple[float, Match]] = []
        for label in dict.fromkeys(self._labels.values()):  # by age of the oldest example
            examples = self._examples[label]
            to_rival = min(distance for other, distance in distances.items() if other != label)
            to_label, key = _nearest(examples, point, to_rival)
            if to_label < to_rival:
                found.append((to_label, Match(label, to_rival / (to_label + to_rival), key)))
        return min(found, key=lambda each: each[0])[1] if found else None


def _half_square(one: _Example, other: _Example) -> float:
    return math.dist(one.features, other.features) ** 2 / 2


def _nearest(
    examples: Mapping[int, _Example], point: tuple[float, ...], limit: float
) -> tuple[float, int]:
    """Return the distance to the nearest example or midpoint, and the key of the nearest example.

    Skip midpoints beyond `limit`.

    With a thousand examples, this function and the network have to run within one frame of the
    display. So no midpoint is computed: Apollonius's theorem gives the distance to a midpoint from
    the distances to its two ends. An example is skipped if it is too far away for any of its
    midpoints to be the nearest.
    """
    distances = {key: math.dist(point, each.features) for key, each in examples.items()}
    key = min(distances, key=distances.__getitem__)
    nearest = distances[key]
    bound = min(nearest, limit) ** 2
    squares = {key: distance * distance for key, distance in distances.items()}
    midpoints = (
        (squares[end] + squares[other] - half_square) / 2
        for end, each in examples.items()
        if each.neighbours and squares[end] - each.neighbours[-1][0] < bound
        for half_square, other in each.neighbours
    )
    return min(nearest, math.sqrt(max(min(midpoints, default=math.inf), 0.0))), key
