"""Sums without equals signs: order of operations, brackets, signs, and what is no sum."""

from fractions import Fraction

import pytest
from hypothesis import given

from digits.arithmetic.errors import Problem, SumError
from digits.arithmetic.expression import evaluate, parse
from tests.unit.arithmetic.random_sums import trees


def value_of(text, *, has_periods=False):
    """Return the value of a sum with a decimal point."""
    return evaluate(parse(text, ".", has_periods=has_periods))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12+7", "19"),
        ("2+3×4", "14"),
        ("2×3+4", "10"),
        ("10-3-2", "5"),
        ("10-3+2", "9"),
        ("8÷4÷2", "1"),
        ("8÷4×2", "4"),
        ("2×6/3:4", "1"),
        ("1/2÷1/4", "1/8"),
        ("(2+3)×4", "20"),
        ("((2))", "2"),
        ("10-(3-2)", "9"),
        ("2(3+4)", "14"),
        ("(1+2)(3)", "9"),
        ("(1+2)3", "9"),
        ("2(3)(4)", "24"),
        ("6÷2(1+2)", "9"),
        ("1+2(3)", "7"),
        ("0.5(20)", "10"),
        ("-5+3", "-2"),
        ("+5-3", "2"),
        ("2×-3", "-6"),
        ("2÷-3", "-2/3"),
        ("5--3", "8"),
        ("5-+3", "2"),
        ("5+-3", "2"),
        ("---5", "-5"),
        ("-(2+3)", "-5"),
        ("-2(3)", "-6"),
        ("2-(-3)", "5"),
        ("-2×3", "-6"),
        ("0.1+0.2", "3/10"),
        ("1,000.5+.5", "1001"),
        ("1÷3+1÷6", "1/2"),
        ("0÷5", "0"),
    ],
)
def test_a_sum_has_its_value(text, value):
    assert value_of(text) == Fraction(value)


@given(trees)
def test_a_random_sum_has_the_value_of_its_tree(tree):
    if tree.value is None:
        with pytest.raises(SumError) as caught:
            value_of(tree.text)
        assert caught.value.problem is Problem.DIVISION_BY_ZERO
    else:
        assert value_of(tree.text) == tree.value


def test_digits_in_parentheses_repeat_if_they_follow_a_decimal_mark_directly():
    assert value_of("0.(3)") == Fraction(1, 3)
    assert value_of("1-0.(3)×3") == 0
    assert value_of("2.(3+4)") == 14


def test_digits_in_parentheses_repeat_after_any_decimals_if_has_periods():
    assert value_of("0.1(6)", has_periods=True) == Fraction(1, 6)
    assert value_of("0.1(6)×6+2(3)", has_periods=True) == 7
    assert value_of("0.5(2+3)", has_periods=True) == Fraction(5, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.UNFINISHED),
        ("12+", Problem.UNFINISHED),
        ("12×-", Problem.UNFINISHED),
        ("×3", Problem.UNFINISHED),
        ("2×÷3", Problem.UNFINISHED),
        ("()", Problem.UNFINISHED),
        ("(1+)2", Problem.UNFINISHED),
        ("(1+", Problem.UNFINISHED),
        ("1÷0+", Problem.UNFINISHED),
        ("(1+2", Problem.BRACKETS),
        ("((1+2)", Problem.BRACKETS),
        ("1+2)", Problem.BRACKETS),
        ("(1+2))3", Problem.BRACKETS),
        ("1÷(0", Problem.BRACKETS),
        ("5÷0", Problem.DIVISION_BY_ZERO),
        ("0/0", Problem.DIVISION_BY_ZERO),
        ("1:(2-2)", Problem.DIVISION_BY_ZERO),
        ("1÷0.0", Problem.DIVISION_BY_ZERO),
        ("0×(1÷0)", Problem.DIVISION_BY_ZERO),
        ("1.2.3", Problem.NO_SUM),
        ("1+.", Problem.NO_SUM),
        ("1+2+...+10", Problem.NO_SUM),
    ],
)
def test_a_text_without_a_value_has_a_reason(text, problem):
    with pytest.raises(SumError) as caught:
        value_of(text)
    assert caught.value.problem is problem


def test_brackets_can_be_nested_deeper_than_python_can_recurse():
    assert value_of("-(" * 5000 + "7" + ")" * 5000) == 7
