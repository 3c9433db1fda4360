"""Weighing the kinds that a symbol can be of by its neighbours."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.reading.contract import SIGNS
from digits.reading.syntax import (
    CLOSE,
    DIGIT,
    EQUALS,
    KINDS,
    KINDS_IN_ORDER,
    MINUS,
    OPEN,
    OPERATOR,
    likelihoods_by_kind,
    log_probability,
    weigh_by_neighbours,
)


def certain(text):
    """Return the likelihoods of a line whose symbols are certain."""
    return [[float(kind == KINDS[symbol]) for kind in KINDS_IN_ORDER] for symbol in text]


def ambiguous(*kinds):
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
        ("7", (DIGIT, OPERATOR), "12=", OPERATOR),
        ("7", (EQUALS, MINUS), "3=", MINUS),
        ("-7", (EQUALS, OPERATOR), "3=", OPERATOR),
        ("(7", (EQUALS, CLOSE), "×3=", CLOSE),
    ],
)
def test_neighbours_decide_between_kinds(before, kinds, after, expected):
    line = [*certain(before), ambiguous(*kinds), *certain(after)]
    assert most_likely(line, len(before)) == expected


@given(st.lists(st.lists(st.floats(0, 1), min_size=8, max_size=8), min_size=2, max_size=14))
def test_every_factor_is_finite_and_not_negative(line):
    factors = weigh_by_neighbours(line)
    assert len(factors) == len(line)
    assert all(0 <= factor < float("inf") for place in factors for factor in place)


likelihoods = st.lists(st.floats(1e-9, 1), min_size=8, max_size=8)


@given(st.lists(likelihoods, min_size=1, max_size=14))
def test_every_line_has_a_probability(line):
    assert math.isfinite(log_probability(line))


@given(st.lists(likelihoods, min_size=1, max_size=14), st.data())
def test_greater_likelihoods_do_not_make_a_line_less_probable(line, data):
    place, kind = data.draw(st.integers(0, len(line) - 1)), data.draw(st.sampled_from(range(8)))
    greater = [list(each) for each in line]
    greater[place][kind] += 1
    assert log_probability(greater) >= log_probability(line) - 1e-4


@given(st.lists(likelihoods, min_size=2, max_size=6), st.data())
def test_factors_are_proportional_to_probabilities_of_lines_with_one_kind_at_a_place(line, data):
    place = data.draw(st.integers(0, len(line) - 1))
    factors = weigh_by_neighbours(line)[place]
    of_one_kind = [
        log_probability([*line[:place], only(kind), *line[place + 1 :]]) for kind in KINDS_IN_ORDER
    ]
    shares = [math.exp(each - max(of_one_kind)) for each in of_one_kind]
    assert [each / max(factors) for each in factors] == pytest.approx(shares, rel=1e-3, abs=1e-5)


def only(kind):
    """Return the likelihoods of a place that is certainly of one kind."""
    return [1.0 if each == kind else 1e-12 for each in KINDS_IN_ORDER]


@pytest.mark.parametrize(
    ("likelier", "other"),
    [
        ("5×3", "5)(3"),
        ("4+7=", "4+-7="),
        ("7/12=", "7112="),
        ("5-3=", "5=3="),
        ("(5+3)×2=", "15+3)×2="),
    ],
)
def test_a_usual_line_is_more_probable_than_an_unusual_one(likelier, other):
    def probability(text):
        return log_probability([only(KINDS[symbol]) for symbol in text])

    assert probability(likelier) > probability(other) + 1


def test_likelihoods_are_added_up_by_kind():
    found = likelihoods_by_kind(0.5, dict.fromkeys(SIGNS, 0.01), 0.2)
    assert found[DIGIT] == 0.5
    assert found[OPERATOR] == pytest.approx(0.05)
    assert sum(found) == pytest.approx(0.5 + 0.11 + 0.2)
