"""Group strokes into symbols, by their geometry alone; keep the groupings that are unsure.

This is agglomerative clustering. At first each stroke is a group. Then the two groups that most
probably belong to one symbol are joined. This step is repeated until no two groups are more likely
one symbol than two. The best pair must be joined first: for example, the bar of a 7 may nearly
touch the neighbouring digit, but it fits its own 7 best.

All lengths are in heights of the tallest stroke, so the position and the size of a drawing do not
change the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digits.drawing.overlap import groups_of_one, join
from digits.drawing.same_symbol import probability_of_one_symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke
    from digits.drawing.overlap import Group

SURE = 0.98
"""From this probability on, two groups are one symbol, whatever a reading says."""
UNLIKELY = 0.03
"""Up to this probability, two groups are two symbols, whatever a reading says."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """Strokes that may be one symbol.

    Attributes:
        strokes: The strokes, in their original order.
        probability: The probability that the two parts are one symbol. 1 if there are no parts.
        parts: The two groups that were joined, if this is unsure. Empty for a single stroke, and
            for a group that is surely one symbol.

    """

    strokes: list[Stroke]
    probability: float = 1.0
    parts: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Segmentation:
    """The symbols of a drawing.

    Attributes:
        symbols: The most probable symbols, from left to right.
        joined: Pairs of these symbols that may be one symbol, as candidates whose parts they are:
            the taller one first. The most probable ones come first.

    """

    symbols: list[Candidate]
    joined: list[Candidate]


def segment(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    """Group the strokes of a drawing into its most probable symbols.

    Args:
        strokes: The strokes, in any order and at any scale. Each has at least one point (x, y); y
            increases downwards.

    Returns:
        The strokes of each symbol. The symbols are in order from left to right; the strokes of each
        symbol are in their original order.

    """
    return [symbol.strokes for symbol in segmentations(strokes).symbols]


def segmentations(strokes: Sequence[Stroke]) -> Segmentation:
    """Group the strokes of a drawing into symbols, with the alternatives that are not unlikely.

    Args:
        strokes: As for `segment`.

    """
    groups = groups_of_one(strokes)
    members = {group: [index] for index, group in enumerate(groups)}
    candidates = {group: Candidate([strokes[index]]) for group, (index,) in members.items()}
    # Sorted by position, they don't depend on the order of drawing, even if two pairs are equal.
    groups.sort(key=lambda group: group.box)
    pairs = {
        (a, b): probability_of_one_symbol(a, b)
        for i, a in enumerate(groups)
        for b in groups[i + 1 :]
    }
    while pairs and max(pairs.values()) > 0.5:
        pair = max(pairs, key=pairs.__getitem__)
        joined = join(*pair)
        members[joined] = sorted(members[pair[0]] + members[pair[1]])
        candidates[joined] = _joined(
            strokes, members[joined], pairs[pair], [candidates[part] for part in pair]
        )
        groups = [group for group in groups if group not in pair]
        pairs = {other: p for other, p in pairs.items() if not set(other) & set(pair)}
        pairs |= {(group, joined): probability_of_one_symbol(group, joined) for group in groups}
        groups.append(joined)
    groups.sort(key=lambda group: group.box[0] + group.box[2])
    return Segmentation(
        [candidates[group] for group in groups],
        [
            _joined(
                strokes,
                sorted(members[pair[0]] + members[pair[1]]),
                probability,
                [candidates[group] for group in sorted(pair, key=_height, reverse=True)],
            )
            for pair, probability in sorted(pairs.items(), key=lambda item: -item[1])
            if probability > UNLIKELY
        ],
    )


def _height(group: Group) -> float:
    return group.box[3] - group.box[1]


def _joined(
    strokes: Sequence[Stroke], members: Sequence[int], probability: float, parts: list[Candidate]
) -> Candidate:
    """Return the candidate of two parts. members: the indices of the strokes of both."""
    chosen = [strokes[index] for index in members]
    return Candidate(chosen, probability, () if probability >= SURE else tuple(parts))
