"""Weighing what a symbol can be by its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.contract import SIGNS
from digits.reading.syntax import (
    CLOSE,
    DIGIT,
    KINDS,
    KINDS_IN_ORDER,
    MINUS,
    OPEN,
    OPERATOR,
    likelihoods_by_kind,
    weigh_by_neighbours,
)


def sure(text):
    """Return the likelihoods of a line whose symbols are sure."""
    return [[float(kind == KINDS[symbol]) for kind in KINDS_IN_ORDER] for symbol in text]


def unsure(*kinds):
    """Return the likelihoods of a place that is equally likely to be each of these kinds."""
    return [float(kind in kinds) for kind in KINDS_IN_ORDER]


def most_likely(line, place):
    """Return the kind that is the most likely at a place."""
    factors = weigh_by_neighbours(line)[place]
    return max(KINDS_IN_ORDER, key=lambda kind: factors[kind] * line[place][kind])


@pytest.mark.parametrize(
    ("before", "kinds", "after", "expected"),
    [
        ("12+", (DIGIT, OPERATOR), "7=", DIGIT),
        ("(1+2", (DIGIT, CLOSE), "×3=", CLOSE),
        ("2×", (DIGIT, OPEN), "1+2)=", OPEN),
        ("1+2", (DIGIT, CLOSE), "=", DIGIT),
        ("", (MINUS, OPERATOR), "5", MINUS),
    ],
)
def test_neighbours_decide(before, kinds, after, expected):
    line = [*sure(before), unsure(*kinds), *sure(after)]
    assert most_likely(line, len(before)) == expected


@given(st.lists(st.lists(st.floats(0, 1), min_size=8, max_size=8), min_size=2, max_size=14))
def test_every_factor_is_finite_and_not_negative(line):
    factors = weigh_by_neighbours(line)
    assert len(factors) == len(line)
    assert all(0 <= factor < float("inf") for place in factors for factor in place)


def test_likelihoods_are_added_up_by_kind():
    found = likelihoods_by_kind(0.5, dict.fromkeys(SIGNS, 0.01), 0.2)
    assert found[DIGIT] == 0.5
    assert found[OPERATOR] == pytest.approx(0.05)
    assert sum(found) == pytest.approx(0.5 + 0.11 + 0.2)
