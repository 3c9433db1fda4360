"""Numbers as text: which mark is the decimal mark, and the forms of a result."""

from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.arithmetic.errors import Problem, SumError
from digits.arithmetic.notation import (
    CUT,
    CUT_DIGITS,
    MAX_DECIMALS,
    decimal_mark,
    forms,
    parse_number,
)

marks = st.sampled_from(".,")
fractions = st.fractions() | st.fractions(-3, 3, max_denominator=100)


def value_of(text, language_mark):
    """Return the value of a number that stands alone."""
    return parse_number(text, decimal_mark(text, language_mark))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("007", "7"), ("1,5", "1.5"), ("1.5", "1.5"), (".5", "0.5"), (",5", "0.5"),
        ("5.", "5"), ("5,", "5"), ("1,50", "1.5"), ("1.5000", "1.5"), ("0,123", "0.123"),
        ("0.123", "0.123"), ("1000,000", "1000"), ("1234.567", "1234.567"), ("1.000,5", "1000.5"),
        ("1,000.5", "1000.5"), ("1,000.", "1000"), ("1,234,567", "1234567"),
        ("1.234.567", "1234567"), ("1.234.567,89", "1234567.89"), ("12,345,678.9", "12345678.9"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language_mark", [".", ","])
def test_a_number_whose_marks_decide_has_the_same_value_in_any_language(text, value, language_mark):
    assert value_of(text, language_mark) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "with_point", "with_comma"),
    [
        ("1,000", "1000", "1"),
        ("1.000", "1", "1000"),
        ("12,345", "12345", "12.345"),
        ("123.456", "123.456", "123456"),
    ],
)
def test_the_language_decides_the_value_if_the_marks_do_not(text, with_point, with_comma):
    assert value_of(text, ".") == Fraction(with_point)
    assert value_of(text, ",") == Fraction(with_comma)


@pytest.mark.parametrize(
    ("text", "language_mark", "mark"),
    [
        ("1,5+1,000", ".", ","),
        ("1,000+0.5", ",", "."),
        ("1.000+2,5", ".", ","),
        ("1,000+2,000", ".", "."),
        ("1,000+2,000", ",", ","),
        ("1,000=0,333...", ".", ","),
        ("1.5+2,5", ".", "."),  # no mark suits both
        ("1.5+2,5", ",", ","),
        ("12+7", ",", ","),
        ("", ".", "."),
    ],
)
def test_all_numbers_of_a_text_have_the_same_decimal_mark_if_possible(text, language_mark, mark):
    assert decimal_mark(text, language_mark) == mark


@pytest.mark.parametrize("mark", [".", ","])
def test_a_number_that_suits_only_the_other_decimal_mark_is_read_with_the_other_mark(mark):
    assert parse_number("1.5", mark) == parse_number("1,5", mark) == Fraction(3, 2)


@pytest.mark.parametrize(
    "text",
    ["", ".", ",", "..", "1.2.3", "1,2,3", "1,,000", "1,000,5", "1.000.5", "1,00,000", "1,000,00.5",
     "1000,000,000", "0,000,000", "1.5,000", ".5.", "5..", "²"],
)  # fmt: skip
@pytest.mark.parametrize("language_mark", [".", ","])
def test_other_texts_are_no_numbers(text, language_mark):
    with pytest.raises(SumError) as caught:
        value_of(text, language_mark)
    assert caught.value.problem is Problem.NO_SUM


def test_a_period_repeats_after_the_decimals():
    assert parse_number("0.", ".", "3") == Fraction(1, 3)
    assert parse_number("0,1", ",", "6") == Fraction(1, 6)
    assert parse_number("2.", ".", "142857") == Fraction(15, 7)
    assert parse_number("1,000.00", ".", "01") == 1000 + Fraction(1, 9900)
    with pytest.raises(SumError):
        parse_number("2", ".", "3")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", ("0",)),
        ("-19", ("-19",)),
        ("1000000", ("1000000",)),
        ("3/4", ("0.75",)),
        ("-1/8", ("-0.125",)),
        ("1/1024", ("0.0009765625",)),
        ("1/3", ("1/3", "0.(3)")),
        ("-7/6", ("-7/6", "-1.1(6)")),
        ("1/7", ("1/7", "0.(142857)")),
        ("1/12", ("1/12", "0.08(3)")),
        ("1/99", ("1/99", "0.(01)")),
        ("1/19", ("1/19", "0.(052631578947368421)")),
        ("1/97", ("1/97", "0.01030927835…")),
        ("-200/97", ("-200/97", "-2.0618556701…")),
        ("1/9967", ("1/9967", "0.0001003310926…")),
        ("1/3000000000000000000000", ("1/3000000000000000000000", f"0.{21 * '0'}3333333333…")),
    ],
)
def test_a_value_is_written_as_a_decimal_or_as_a_fraction_and_a_decimal(value, expected):
    assert forms(Fraction(value), ".") == expected
    assert forms(Fraction(value), ",") == tuple(form.replace(".", ",") for form in expected)


def decimals_by_long_division(value):
    """Return the whole part, the decimals before the period, and the period."""
    whole, rest = divmod(abs(value.numerator), value.denominator)
    digits, places = "", {}
    for place in count():
        if not rest or rest in places or place > MAX_DECIMALS:
            break
        places[rest] = place
        digit, rest = divmod(rest * 10, value.denominator)
        digits += str(digit)
    start = places.get(rest, len(digits))
    return str(whole), digits[:start], digits[start:]


@given(st.fractions(max_denominator=999))
def test_the_decimals_are_those_of_long_division(value):
    *_, decimal = forms(value, ".")
    whole, start, period = decimals_by_long_division(value)
    sign = "-" if value < 0 else ""
    if len(start + period) > MAX_DECIMALS:
        cut = decimal.removeprefix(f"{sign}{whole}.")
        assert cut.removesuffix(CUT) == (start + period)[: len(cut) - len(CUT)]
        significant = cut.removesuffix(CUT)
        assert len(significant if int(whole) else significant.lstrip("0")) == CUT_DIGITS
    else:
        dot = "." if start + period else ""
        repeated = f"({period})" if period else ""
        assert decimal == f"{sign}{whole}{dot}{start}{repeated}"


@given(fractions, marks)
def test_each_form_has_its_value_or_is_cut_after_correct_digits(value, mark):
    for form in forms(value, mark):
        digits = form.removeprefix("-")
        sign = -1 if form.startswith("-") else 1
        if "/" in form:
            numerator, denominator = digits.split("/")
            found = Fraction(int(numerator), int(denominator))
        elif form.endswith(CUT):
            shown = digits.removesuffix(CUT)
            found = parse_number(shown, mark)
            places = len(shown.partition(mark)[2])
            assert 0 < abs(value) - found < Fraction(1, 10**places)
            continue
        else:
            start, _, period = digits.removesuffix(")").partition("(")
            found = parse_number(start, mark, period)
        assert sign * found == value


@given(st.integers(0, 10**9), st.integers(0, 5), marks)
def test_grouping_the_thousands_does_not_change_a_number(number, places, mark):
    group = "." if mark == "," else ","
    text = f"{number:,}".replace(",", group) + mark + "5" * places
    assert parse_number(text, mark) == Fraction(f"{number}.{'5' * places or '0'}")
