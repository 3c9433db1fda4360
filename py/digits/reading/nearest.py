"""What was taught on this device: a light layer over the features of the network, which stays.

A digit is read as it was taught if, in the space of the network's features, it is nearer to a
taught example than to what any other digit looks like: the nearest of the prototypes that the
model was released with. Between an example and the next ones of its label their middle counts as
one more example. It is a nearest-neighbour rule (Cover and Hart, "Nearest neighbor pattern
classification", 1967), and learns at once.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class _Learned:
    """An example. next: the next ones of its label, each with half the square of how far it is."""

    features: tuple[float, ...]
    next: list[tuple[float, int]] = field(default_factory=list)

    def meet(self, key: int, apart: float) -> None:
        """Get to know another example of the label. apart: half the square of how far it is."""
        insort(self.next, (apart, key))
        del self.next[NEXT:]


class Taught:
    """The examples' features, by a key of the caller's."""

    def __init__(self) -> None:
        self._labels: dict[int, str] = {}
        self._learned: dict[str, dict[int, _Learned]] = {}

    def __len__(self) -> int:
        return len(self._labels)

    def add(self, key: int, label: str, features: Features) -> None:
        """Learn an example. features: what the network makes of it, of any length."""
        self.remove(key)
        self._labels[key] = label
        own = self._learned.setdefault(label, {})
        new = _Learned(tuple(features))
        for name, other in own.items():
            apart = _apart(new, other)
            new.meet(name, apart)
            other.meet(key, apart)
        own[key] = new

    def remove(self, key: int) -> None:
        """Forget an example, if it was learned."""
        if key not in self._labels:
            return
        label = self._labels.pop(key)
        own = self._learned[label]
        del own[key]
        for name, each in own.items():
            if any(other == key for _, other in each.next):
                each.next.clear()
                for other, met in own.items():
                    if other != name:
                        each.meet(other, _apart(each, met))
        if not own:
            del self._learned[label]

    def clear(self) -> None:
        """Forget all."""
        self._labels.clear()
        self._learned.clear()

    def likeness(self, features: Features, distances: Mapping[str, float]) -> Likeness | None:
        """Tell whether an image is nearer to what was taught than to any other digit.

        distances: from the image to the nearest prototype of each label.
        """
        place = tuple(features)
        found: list[tuple[float, Likeness]] = []
        for label, own in self._learned.items():
            others = min(far for other, far in distances.items() if other != label)
            near = _nearest(own, place, others)
            if near < others:
                found.append((near, Likeness(label, others / (near + others))))
        return min(found, key=lambda each: each[0])[1] if found else None


def _apart(one: _Learned, other: _Learned) -> float:
    return math.dist(one.features, other.features) ** 2 / 2


def _nearest(own: Mapping[int, _Learned], place: tuple[float, ...], limit: float) -> float:
    """Give how far the nearest example or middle is; of middles beyond the limit, nobody asks.

    A thousand examples have to leave time for the network within a frame: how far a middle is
    follows from how far its two ends are (Apollonius's theorem), and most ends are too far for any
    middle of theirs to be the nearest.
    """
    fars = {key: math.dist(place, each.features) for key, each in own.items()}
    near = min(fars.values())
    bound = min(near, limit) ** 2
    squares = {key: far * far for key, far in fars.items()}
    middles = (
        (squares[key] + squares[other] - apart) / 2
        for key, each in own.items()
        if each.next and squares[key] - each.next[-1][0] < bound
        for apart, other in each.next
    )
    return min(near, math.sqrt(max(min(middles, default=math.inf), 0.0)))
