"""Weigh what a symbol can be by its neighbours on the line: a "+" stands between numbers.

The line is a hidden Markov model (L. R. Rabiner: "A tutorial on hidden Markov models", 1989). Its
states are the kinds of symbols and the number of open parentheses; the forward-backward algorithm
computes the probability of each kind at each place. All digits are of one kind, so neighbours do
not change how likely one digit is compared with another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGIT, POINT, OPERATOR, MINUS, EQUALS, OPEN, CLOSE, OTHER = range(8)
"""The kinds of symbols. OTHER is what is no symbol."""
KINDS = {
    **dict.fromkeys(DIGITS, DIGIT),
    **dict.fromkeys(".,", POINT),
    **dict.fromkeys("+×÷/:", OPERATOR),
    "-": MINUS,
    "=": EQUALS,
    "(": OPEN,
    ")": CLOSE,
}
_NEVER = 0.004
"""The weight of what hardly anyone writes."""
_FIRST = (1.0, 0.03, 0.02, 0.25, 0.01, 0.3, _NEVER, 0.3)
"""How often a line begins with each kind, as a multiple of how often with a digit."""
_NEXT = {
    DIGIT: (1.0, 0.3, 0.5, 0.4, 0.5, 0.02, 0.2, 0.3),
    POINT: (1.0, _NEVER, 0.01, 0.01, 0.02, _NEVER, 0.01, 0.3),
    OPERATOR: (1.0, 0.02, _NEVER, 0.08, _NEVER, 0.3, _NEVER, 0.3),
    MINUS: (1.0, 0.02, _NEVER, 0.01, _NEVER, 0.3, _NEVER, 0.3),
    EQUALS: (1.0, 0.02, _NEVER, 0.3, _NEVER, 0.05, _NEVER, 0.3),
    OPEN: (1.0, 0.02, _NEVER, 0.2, _NEVER, 0.1, _NEVER, 0.3),
    CLOSE: (0.03, 0.01, 1.0, 0.7, 0.7, 0.05, 0.1, 0.3),
    OTHER: (1.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 1.0),
}
"""After each kind, how often each kind follows, as a multiple of the most frequent."""
_LAST = (1.0, 0.1, 0.1, 0.1, 1.0, 0.02, 0.7, 1.0)
"""How likely a line ends with each kind. A line that is being written may end anywhere."""
MAX_OPEN = 2
"""More open parentheses count as this many."""


def weigh_by_neighbours(line: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the probability of each kind at each place of a line.

    Args:
        line: For each place, from left to right, the likelihood of each kind there.

    Returns:
        For each place, a factor for each kind: how much more likely the neighbours make it. A
        factor is a multiple of the others of the same place.

    """
    forward = _forward(line)
    backward = _backward(line)
    return [
        [
            sum(ahead[kind][count] * behind[kind][count] for count in range(MAX_OPEN + 1))
            for kind in range(len(KINDS_IN_ORDER))
        ]
        for ahead, behind in zip(forward, backward, strict=True)
    ]


KINDS_IN_ORDER = range(8)


def _after(count: int, kind: int) -> tuple[int, float]:
    """Return the number of open parentheses after a kind, and a weight against a wrong ")"."""
    if kind == OPEN:
        return min(count + 1, MAX_OPEN), 1.0
    if kind == CLOSE:
        return max(count - 1, 0), 1.0 if count else _NEVER
    return count, 1.0


def _forward(line: Sequence[Sequence[float]]) -> list[list[list[float]]]:
    """Return, for each place, kind and number of open parentheses, the weight of what is before.

    The likelihood of the place itself is not included.
    """
    result = []
    before: list[list[float]] | None = None
    for likelihoods in line:
        here = [[0.0] * (MAX_OPEN + 1) for _ in KINDS_IN_ORDER]
        for kind in KINDS_IN_ORDER:
            if before is None:
                count, weight = _after(0, kind)
                here[kind][count] += _FIRST[kind] * weight
                continue
            for previous in KINDS_IN_ORDER:
                step = _NEXT[previous][kind]
                for count in range(MAX_OPEN + 1):
                    value = before[previous][count]
                    if value:
                        after, weight = _after(count, kind)
                        here[kind][after] += value * step * weight
        total = sum(map(sum, here)) or 1.0
        here = [[value / total for value in row] for row in here]
        result.append(here)
        before = [[value * likelihoods[k] for value in row] for k, row in enumerate(here)]
    return result


def _backward(line: Sequence[Sequence[float]]) -> list[list[list[float]]]:
    """Return, for each place, kind and number of open parentheses, the weight of what is after."""
    here = [
        [_LAST[kind] * (0.2 if count else 1.0) for count in range(MAX_OPEN + 1)]
        for kind in KINDS_IN_ORDER
    ]
    result = [here]
    for likelihoods in reversed(line[1:]):
        following = here
        here = [[0.0] * (MAX_OPEN + 1) for _ in KINDS_IN_ORDER]
        for previous in KINDS_IN_ORDER:
            for count in range(MAX_OPEN + 1):
                for kind in KINDS_IN_ORDER:
                    after, weight = _after(count, kind)
                    here[previous][count] += (
                        _NEXT[previous][kind] * weight * likelihoods[kind] * following[kind][after]
                    )
        total = sum(map(sum, here)) or 1.0
        here = [[value / total for value in row] for row in here]
        result.append(here)
    return result[::-1]


def likelihoods_by_kind(digit: float, signs: Mapping[str, float], other: float) -> list[float]:
    """Add up the likelihoods of the symbols of each kind.

    Args:
        digit: The likelihood of any digit.
        signs: The likelihood of each sign.
        other: The likelihood of what is no symbol.

    """
    result = [0.0] * len(KINDS_IN_ORDER)
    result[DIGIT] = digit
    for sign, value in signs.items():
        result[KINDS[sign]] += value
    result[OTHER] = other
    return result
