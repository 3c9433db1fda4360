"""Weigh what a symbol can be by its neighbours on the line: a "+" stands between numbers.

The line is a hidden Markov model (L. R. Rabiner: "A tutorial on hidden Markov models", 1989). Its
states are the kinds of symbols, the number of open parentheses, and how far the line has come; the
forward-backward algorithm computes how likely the rest of the line makes each kind at each place.
All digits are of one kind, so neighbours do not change how likely one digit is compared with
another.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DIGIT, POINT, OPERATOR, MINUS, EQUALS, OPEN, CLOSE, OTHER = range(8)
"""The kinds of symbols. OTHER is ink that is no symbol."""
KINDS_IN_ORDER = range(8)
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
"""The weight of a symbol where hardly anyone writes it."""
_FIRST = (1.0, 0.03, 0.02, 0.25, 0.01, 0.3, _NEVER, 0.3)
"""How often a line begins with each kind, compared with how often it begins with a digit."""
_NEXT = {
    DIGIT: (0.7, 0.3, 0.5, 0.4, 0.5, 0.02, 0.2, 0.3),
    POINT: (1.0, _NEVER, 0.01, 0.01, 0.02, _NEVER, 0.01, 0.3),
    OPERATOR: (1.0, 0.02, _NEVER, 0.08, _NEVER, 0.3, _NEVER, 0.3),
    MINUS: (1.0, 0.02, _NEVER, 0.01, _NEVER, 0.3, _NEVER, 0.3),
    EQUALS: (1.0, 0.02, _NEVER, 0.3, _NEVER, 0.05, _NEVER, 0.3),
    OPEN: (1.0, 0.02, _NEVER, 0.2, _NEVER, 0.1, _NEVER, 0.3),
    CLOSE: (0.03, 0.01, 1.0, 0.7, 0.7, 0.05, 0.1, 0.3),
    OTHER: (1.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 1.0),
}
"""After each kind, how often each kind follows, as multiples of each other.

`log_probability` compares lines of different lengths, so the scale of a row matters, too: smaller
values make longer lines less probable.
"""
_LAST = (1.0, 0.1, 0.1, 0.1, 1.0, 0.02, 0.7, 1.0)
"""How likely a line ends with each kind. A line that is being written may end anywhere."""
_LAST_IF_OPEN = 0.2
"""How likely a line ends while a parenthesis is open, compared with a line in which none is
open."""
MAX_OPEN = 2
"""More open parentheses count as this many."""
NUMBER, SUM, RESULT = range(3)
"""How far a line has come: it has no operator yet, it has one, or it has a "="."""
_EQUALS_AFTER = (0.05, 1.0, 0.02)
"""How often a "=" follows a line that has come this far, compared with a SUM."""
_EQUALS_IF_OPEN = 0.05
"""How often a "=" follows while a parenthesis is open, compared with a line in which none is
open."""


MIN_SHARE = 1e-5
"""A state that has a smaller share of the probability at its place is skipped."""


class _State(NamedTuple):
    """What has been written, as far as it matters to what follows.

    Attributes:
        kind: The kind of the last symbol.
        open: The number of open parentheses.
        stage: How far the line has come.

    """

    kind: int
    open: int
    stage: int


_STATES = [
    _State(*each) for each in product(KINDS_IN_ORDER, range(MAX_OPEN + 1), (NUMBER, SUM, RESULT))
]
_KIND_OF = [state.kind for state in _STATES]
_INDEX = {state: index for index, state in enumerate(_STATES)}


def _step(state: _State, kind: int) -> tuple[_State, float]:
    """Return the state after a symbol of a kind, and the weight of that symbol."""
    count, stage, weight = state.open, state.stage, 1.0
    if kind == OPEN:
        count = min(count + 1, MAX_OPEN)
    elif kind == CLOSE:
        weight = 1.0 if count else _NEVER
        count = max(count - 1, 0)
    elif kind == EQUALS:
        weight = _EQUALS_AFTER[stage] * (_EQUALS_IF_OPEN if count else 1.0)
        stage = RESULT
    elif kind == OPERATOR or (kind == MINUS and state.kind in (DIGIT, POINT, CLOSE, OTHER)):
        stage = max(stage, SUM)
    return _State(kind, count, stage), weight


def _first_steps() -> Iterator[tuple[int, float]]:
    """Yield the index of the state after each kind at the beginning of a line, and its weight."""
    start = _State(EQUALS, 0, NUMBER)  # After "=", as at the beginning, a minus is no operator.
    for kind in KINDS_IN_ORDER:
        state, weight = _step(start, kind)
        yield _INDEX[state], _FIRST[kind] * weight


def _next_steps(state: _State) -> Iterator[tuple[int, float]]:
    """Yield the index of the state after each kind that follows a state, and its weight."""
    for kind in KINDS_IN_ORDER:
        following, weight = _step(state, kind)
        yield _INDEX[following], _NEXT[state.kind][kind] * weight


_FIRST_STEPS = list(_first_steps())
_STEPS = [list(_next_steps(state)) for state in _STATES]
_ENDS = [_LAST[state.kind] * (_LAST_IF_OPEN if state.open else 1.0) for state in _STATES]


def weigh_by_neighbours(line: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return how likely its neighbours make each kind at each place of a line.

    Args:
        line: For each place, from left to right, the likelihood of each kind there.

    Returns:
        For each place, a factor for each kind, by which to multiply its likelihood. Only the ratios
        of the factors of a place have a meaning.

    """
    result = []
    for ahead, behind in zip(_forward(line), _backward(line), strict=True):
        factors = [0.0] * len(KINDS_IN_ORDER)
        for state, value in ahead.items():
            factors[_KIND_OF[state]] += value * behind[state]
        result.append(factors)
    return result


def log_probability(line: Sequence[Sequence[float]]) -> float:
    """Return the logarithm of how probable a line is, compared with other lines.

    Args:
        line: For each place, from left to right, the likelihood of each kind there. At least one
            place; each has a likelihood above 0 for all kinds.

    """
    result, ending = 0.0, 1.0
    for ahead, likelihoods in zip(_forward(line), line, strict=True):
        likely = {state: value * likelihoods[_KIND_OF[state]] for state, value in ahead.items()}
        total = sum(likely.values())
        ending = sum([value * _ENDS[state] for state, value in likely.items()]) / total
        result += math.log(total)
    return result + math.log(ending)


def _forward(line: Sequence[Sequence[float]]) -> Iterator[dict[int, float]]:
    """Yield, for each place, the weight of what is before it, by the state at the place.

    The likelihood of the place itself is not included.
    """
    here = dict(_FIRST_STEPS)
    for likelihoods in line:
        yield here
        likely = {state: value * likelihoods[_KIND_OF[state]] for state, value in here.items()}
        total = sum(likely.values()) or 1.0
        here = {}
        for state, value in likely.items():
            share = value / total
            if share >= MIN_SHARE:
                for after, weight in _STEPS[state]:
                    here[after] = here.get(after, 0.0) + share * weight


def _backward(line: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return, for each place and state, the weight of what is after it."""
    here = _ENDS
    result = [here]
    for likelihoods in reversed(line[1:]):
        likely = [value * likelihoods[kind] for value, kind in zip(here, _KIND_OF, strict=True)]
        here = [sum([likely[after] * weight for after, weight in steps]) for steps in _STEPS]
        total = sum(here) or 1.0
        here = [value / total for value in here]
        result.append(here)
    return result[::-1]


def likelihoods_by_kind(digit: float, signs: Mapping[str, float], other: float) -> list[float]:
    """Add up the likelihoods of the symbols of each kind.

    Args:
        digit: The likelihood of any digit.
        signs: The likelihood of each sign.
        other: The likelihood that the ink is no symbol.

    """
    result = [0.0] * len(KINDS_IN_ORDER)
    result[DIGIT] = digit
    for sign, value in signs.items():
        result[KINDS[sign]] += value
    result[OTHER] = other
    return result
