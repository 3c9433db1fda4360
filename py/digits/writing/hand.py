"""A hand: how each symbol is written, as strokes.

The unit of length is the height of the digits. x begins at 0; y is 0 in the middle of the line, and
points down.
"""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import pairwise
from pkgutil import get_data
from typing import TYPE_CHECKING

from digits.writing.sample import PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from digits.drawing.ink import Stroke
    from digits.writing.sample import Sample

GAP = 0.2
"""Space between two symbols."""
STEP = 0.04
"""The maximum distance between two points of a stroke of a sample, one after the other."""
PER_SYMBOL = 2
"""The maximum number of samples of each symbol. The latest one is used; if it is removed, the one
before it."""


class Hand:
    """The user's hand. Symbols without a sample are written in the template hand.

    Attributes:
        samples: The samples, oldest first, at most PER_SYMBOL of each symbol.

    """

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self.samples: list[Sample] = []
        for sample in samples:
            self.add(sample)

    def add(self, sample: Sample) -> None:
        """Add a sample. It replaces the symbol's sample of the same drawing.

        If there is none, but there are PER_SYMBOL samples of the symbol, it replaces the oldest.
        """
        same = [each for each in self.samples if each.symbol == sample.symbol]
        replaced = [each for each in same if each.drawing == sample.drawing]
        replaced = replaced or same[: max(len(same) + 1 - PER_SYMBOL, 0)]
        self.samples = [each for each in self.samples if each not in replaced] + [sample]

    def remove(self, is_removed: Callable[[Sample], bool]) -> list[Sample]:
        """Remove and return all samples for which a function returns True."""
        removed = [each for each in self.samples if is_removed(each)]
        self.samples = [each for each in self.samples if each not in removed]
        return removed

    def write(self, text: str) -> list[Stroke]:
        """Return the strokes of a text, from left to right. Unknown characters are left out."""
        samples = {each.symbol: each for each in self.samples}
        written: list[Stroke] = []
        right = 0.0
        for symbol in text:
            if symbol in samples:
                strokes = [_evenly(_scaled(each)) for each in samples[symbol].strokes]
            else:
                strokes = _templates().get(symbol, [])
            if strokes:
                written += [[(x + right, y) for x, y in stroke] for stroke in strokes]
                right = max(x for stroke in written for x, _ in stroke) + GAP
        return written


def _evenly(stroke: Stroke) -> Stroke:
    """Add points at about equal distances to a stroke, so that it is written at an even speed."""
    points = stroke[:1]
    for (ax, ay), (bx, by) in pairwise(stroke):
        count = math.ceil(math.dist((ax, ay), (bx, by)) / STEP)
        points += [
            (ax + (bx - ax) * step / count, ay + (by - ay) * step / count)
            for step in range(1, count + 1)
        ]
    return points


def _scaled(stroke: Iterable[Sequence[int]]) -> Stroke:
    return [(x / PERCENT, y / PERCENT) for x, y in stroke]


@cache
def _templates() -> dict[str, list[Stroke]]:
    """Return the symbols of the template hand, which `model.export.template_hand` writes."""
    stored = json.loads(get_data("digits.writing", "template_hand.json") or "")
    return {symbol: list(map(_scaled, strokes)) for symbol, strokes in stored.items()}
