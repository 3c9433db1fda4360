"""Learning on the device: nearest neighbours in the feature space of a network that stays fixed.

An image gets the label of a taught example if its features are nearer to that example than to the
prototypes of every other label, which the model was released with. The midpoint between two
neighbouring examples of a label counts as one more example. It is a nearest-neighbour rule (Cover
and Hart, "Nearest neighbor pattern classification", 1967), so a single example takes effect at
once.
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
"""An example has midpoints with this many others: the nearest ones of its label."""


@dataclass(frozen=True)
class Match:
    """A taught label that an image matches. weight: how much it counts, from 1/2 to 1."""

    label: str
    weight: float


@dataclass(frozen=True)
class _Example:
    """A taught example. neighbours: (half the squared distance, key) of the nearest, in order."""

    features: tuple[float, ...]
    neighbours: list[tuple[float, int]] = field(default_factory=list)

    def add_neighbour(self, key: int, half_square: float) -> None:
        """Insert another example of the label, if it is one of the nearest."""
        insort(self.neighbours, (half_square, key))
        del self.neighbours[NEIGHBOURS:]


class NearestNeighbours:
    """The features of the taught examples, by a key that the caller chooses."""

    def __init__(self) -> None:
        self._labels: dict[int, str] = {}
        self._examples: dict[str, dict[int, _Example]] = {}

    def __len__(self) -> int:
        return len(self._labels)

    def add(self, key: int, label: str, features: Features) -> None:
        """Learn an example, in place of the one with the same key.

        Args:
            key: Identifies the example for `remove`.
            label: What the image shows.
            features: The model's `features` output for the image. Any length, but always the same.

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
        """Forget an example. Do nothing if there is none with this key."""
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

        Args:
            features: The model's `features` output for the image.
            distances: From the image to the nearest prototype of each label.

        """
        point = tuple(features)
        found: list[tuple[float, Match]] = []
        for label, examples in self._examples.items():
            rival = min(away for other, away in distances.items() if other != label)
            near = _nearest(examples, point, rival)
            if near < rival:
                found.append((near, Match(label, rival / (near + rival))))
        return min(found, key=lambda each: each[0])[1] if found else None


def _half_square(one: _Example, other: _Example) -> float:
    return math.dist(one.features, other.features) ** 2 / 2


def _nearest(examples: Mapping[int, _Example], point: tuple[float, ...], limit: float) -> float:
    """Return the distance to the nearest example or midpoint. Skip midpoints beyond `limit`.

    A thousand examples have to fit, together with the network, into one frame. So no midpoint is
    computed: Apollonius's theorem gives its distance from those of its two ends. An end is skipped
    if it is too far away for any of its midpoints to be the nearest.
    """
    distances = {key: math.dist(point, each.features) for key, each in examples.items()}
    near = min(distances.values())
    bound = min(near, limit) ** 2
    squares = {key: distance * distance for key, distance in distances.items()}
    midpoints = (
        (squares[key] + squares[other] - half_square) / 2
        for key, each in examples.items()
        if each.neighbours and squares[key] - each.neighbours[-1][0] < bound
        for half_square, other in each.neighbours
    )
    return min(near, math.sqrt(max(min(midpoints, default=math.inf), 0.0)))
