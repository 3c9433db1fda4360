"""Regroup the parts of a line where that makes the line more probable.

By its own shape, the left half of a "×" may be a ")", and the bar of a 7 a minus. But the lines
"5)(3" and "4+-7" are less probable than "5×3" and "4+7".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol, Self

from digits.reading.contract import SIGNS
from digits.reading.syntax import DIGIT, KINDS, KINDS_IN_ORDER, log_probability

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digits.drawing.ink import Box
    from digits.drawing.segment import Candidate
    from digits.reading.recogniser import Reading

MIN_LIKELIHOOD = 1e-9
"""A smaller likelihood counts as this."""
MIN_GAIN = 1e-3
"""A change must raise the line's log probability by at least this much."""


class Grouped(Protocol):
    """Parts that were read as one symbol.

    Attributes:
        candidate: The parts.
        box: The box around them.
        reading: The reading, weighed by the place on the line.

    """

    candidate: Candidate
    box: Box
    reading: Reading

    @property
    def splits(self) -> Sequence[tuple[Self, Self]]:
        """The ways to split the parts into two symbols; empty if they are surely one."""


def regroup[G: Grouped](line: Sequence[G], wholes: Sequence[G]) -> list[G]:
    """Join and split the symbols of a line, one change at a time, while that is more probable.

    Args:
        line: The symbols, at least one, from left to right.
        wholes: The candidates that have splits. Those of other lines are ignored.

    Returns:
        The symbols, from left to right.

    """
    best = list(line)
    while changes := [change for whole in wholes for change in _changes(best, whole)]:
        before = _log_probability(best)
        gains = [_log_probability(symbols) - before + odds for symbols, odds in changes]
        gain = max(gains)
        if gain < MIN_GAIN:
            break
        best = changes[gains.index(gain)][0]
    return best


def _changes[G: Grouped](line: Sequence[G], whole: G) -> Iterator[tuple[list[G], float]]:
    """Yield the lines in which `whole` is split, or the sides of one of its splits are joined.

    The second item is how much more probable the geometry makes the change, as a logarithm.
    """
    present = {each.candidate for each in line}
    log_odds = math.log(whole.candidate.probability / (1 - whole.candidate.probability))
    for sides in whole.splits:
        candidates = {side.candidate for side in sides}
        if whole.candidate in present:
            others = [each for each in line if each.candidate is not whole.candidate]
            yield _from_left_to_right([*others, *sides]), -log_odds
        elif candidates <= present:
            others = [each for each in line if each.candidate not in candidates]
            yield _from_left_to_right([*others, whole]), log_odds


def _from_left_to_right[G: Grouped](symbols: Sequence[G]) -> list[G]:
    return sorted(symbols, key=lambda each: each.box[0] + each.box[2])


def _log_probability[G: Grouped](line: Sequence[G]) -> float:
    return log_probability([_likelihoods(each.reading) for each in line])


def _likelihoods(reading: Reading) -> list[float]:
    """Return how likely each kind is: as likely as its most probable symbol.

    Unlike the sum, this counts against strokes that could be any digit. OTHER gets only
    MIN_LIKELIHOOD, so that groupings into digits and signs are preferred.
    """
    result = [MIN_LIKELIHOOD] * len(KINDS_IN_ORDER)
    result[DIGIT] = max(MIN_LIKELIHOOD, *reading.joint_probabilities)
    for sign, probability in zip(SIGNS, reading.signs, strict=False):
        result[KINDS[sign]] = max(result[KINDS[sign]], probability)
    return result
