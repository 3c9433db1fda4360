"""Estimate how likely two groups of strokes belong to one symbol, by their geometry alone.

A small neural network with one hidden layer computes the probability from measures of the two
groups. `model.training.grouping` trains it with synthetic lines, and writes its weights to
same_symbol.json.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from operator import mul
from pkgutil import get_data
from typing import TYPE_CHECKING, Any

from digits.drawing.overlap import LINE_THICKNESS, coincidence, depth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.overlap import Group

MAX_GAP_X, MAX_GAP_Y = 0.3, 0.75
"""Groups that are farther apart, sideways or in height, are never one symbol."""
MAX_REMEMBERED = 4096
"""The maximum number of pairs in the cache. It is enough for the pairs of a full sheet."""
MIN_DEPTH = -0.5
"""A smaller depth counts as this."""

_STORED: dict[str, Any] = json.loads(get_data("digits.drawing", "same_symbol.json") or "")
_HIDDEN: Sequence[Sequence[float]] = _STORED["hidden"]
"""The weights of each hidden neuron, the bias last."""
_OUTPUT: Sequence[float] = _STORED["output"]
"""The weights of the output, the bias last."""


@lru_cache(maxsize=MAX_REMEMBERED)
def probability_of_one_symbol(a: Group, b: Group) -> float:
    """Return the probability that two groups of strokes belong to one symbol."""
    if not are_near(a, b):
        return 0.0
    inputs = measures(a, b)
    total = _OUTPUT[-1]
    for row, weight in zip(_HIDDEN, _OUTPUT[:-1], strict=True):
        activation = sum(map(mul, row[:-1], inputs)) + row[-1]
        if activation > 0:
            total += weight * activation
    return 1 / (1 + math.exp(-max(min(total, 60.0), -60.0)))


def are_near(a: Group, b: Group) -> bool:
    """Return whether two groups are so near that they may be one symbol."""
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = a.box, b.box
    return (
        max(left, other_left) - min(right, other_right) <= MAX_GAP_X
        and max(top, other_top) - min(bottom, other_bottom) <= MAX_GAP_Y
    )


def measures(a: Group, b: Group) -> list[float]:
    """Return the measures of two groups that the network takes. Lengths are in the groups' unit.

    They are: the fraction of the groups' total height that both cover; the fraction of the narrower
    one's width that lies above or below the other; the depth; the coincidence; the height and the
    width of the taller group, then of the other; the gap between the groups sideways and in height;
    and how far the middle of the smaller group is below, and to the right of, the middle of the
    taller one.
    """
    if a.box[3] - a.box[1] < b.box[3] - b.box[1]:
        a, b = b, a
    (left, top, right, bottom), (other_left, other_top, other_right, other_bottom) = a.box, b.box
    width, other_width = right - left, other_right - other_left
    total_height = max(bottom, other_bottom) - min(top, other_top)
    return [
        _overlap(top, bottom, other_top, other_bottom) / (total_height + LINE_THICKNESS),
        _overlap(left, right, other_left, other_right) / (min(width, other_width) + LINE_THICKNESS),
        max(depth(a, b), MIN_DEPTH),
        coincidence(a, b),
        bottom - top,
        width,
        other_bottom - other_top,
        other_width,
        max(left, other_left) - min(right, other_right),
        max(top, other_top) - min(bottom, other_bottom),
        (other_top + other_bottom - top - bottom) / 2,
        (other_left + other_right - left - right) / 2,
    ]


def _overlap(start: float, end: float, other_start: float, other_end: float) -> float:
    """Return the length that two spans of ink have in common."""
    return max(min(end, other_end) - max(start, other_start) + LINE_THICKNESS, 0.0)
