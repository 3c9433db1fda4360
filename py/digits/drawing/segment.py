"""Group the parts of a drawing or picture into symbols, by geometry alone, with the alternatives.

A part is a gesture of the pen, or in a picture a component of ink or a piece of one. This is
agglomerative clustering: at first each gesture or component is a group. Then the two groups that
most probably belong to one symbol are joined. This step is repeated until no two groups are more
likely one symbol than two. The best pair must be joined first: for example, the bar of a 7 may
nearly touch the neighbouring digit, but it fits its own 7 best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.drawing.overlap import join
from digits.drawing.same_symbol import probability_of_one_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digits.drawing.overlap import Group

SURE = 0.98
"""From this probability on, two groups are one symbol, whatever a reading says."""
UNLIKELY = 0.03
"""Up to this probability, two groups are two symbols, whatever a reading says."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Parts that may be one symbol.

    Attributes:
        parts: The indices of the parts, in ascending order.
        probability: The probability that they are one symbol. At least SURE if there are no splits.
        splits: The ways to split the parts in two, if they may be more than one symbol: the two
            groups that were joined, or both sides of each place where ink can be cut.

    """

    parts: list[int]
    probability: float = 1.0
    splits: tuple[tuple[Candidate, Candidate], ...] = ()


@dataclass(frozen=True)
class Segmentation:
    """The symbols of a drawing or picture.

    Attributes:
        symbols: The most probable symbols, from left to right.
        joined: Pairs of these symbols that may be one symbol, as candidates that have one split:
            the pair, the taller symbol first. The most probable ones come first.

    """

    symbols: list[Candidate]
    joined: list[Candidate]


def segment(first: Mapping[Group, Candidate], max_joint_probability: float = 1.0) -> Segmentation:
    """Group parts into symbols, with the alternatives that are not unlikely.

    Args:
        first: The groups to begin with, in any order, each with its candidate.
        max_joint_probability: The maximum probability that joined groups are one symbol. If it is
            less than SURE, they can always be split.

    """
    groups = list(first)
    candidates = dict(first)
    # Sort by position, so that the order of drawing does not matter if pairs are equally probable.
    groups.sort(key=lambda group: group.box)
    pairs = {
        (a, b): probability_of_one_symbol(a, b)
        for i, a in enumerate(groups)
        for b in groups[i + 1 :]
    }
    while pairs and max(pairs.values()) > 0.5:
        pair = max(pairs, key=pairs.__getitem__)
        joined = join(*pair)
        candidates[joined] = _joined(
            candidates[pair[0]], candidates[pair[1]], min(pairs[pair], max_joint_probability)
        )
        groups = [group for group in groups if group not in pair]
        pairs = {other: p for other, p in pairs.items() if not set(other) & set(pair)}
        pairs |= {(group, joined): probability_of_one_symbol(group, joined) for group in groups}
        groups.append(joined)
    groups.sort(key=lambda group: group.box[0] + group.box[2])
    return Segmentation(
        [candidates[group] for group in groups],
        [
            _joined(candidates[taller], candidates[other], probability)
            for pair, probability in sorted(pairs.items(), key=lambda item: -item[1])
            for taller, other in [sorted(pair, key=_height, reverse=True)]
            if probability > UNLIKELY
        ],
    )


def _height(group: Group) -> float:
    return group.box[3] - group.box[1]


def _joined(first: Candidate, second: Candidate, probability: float) -> Candidate:
    parts = sorted([*first.parts, *second.parts])
    return Candidate(parts, probability, () if probability >= SURE else ((first, second),))
