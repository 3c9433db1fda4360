"""Numbers as text: decimal marks, groups of thousands, fractions and repeating decimals.

A comma and a point can each be the decimal mark; the other one then groups thousands. The rule:

1. A number has at most one decimal mark. Groups of thousands have three digits each, except the
   first, which has one to three and does not begin with 0. So `1,5`, `1,50`, `0,123`, `1000,000`
   and `1.000,5` have a decimal comma; `1,000.5`, `1,234,567` and `.5` don't.
2. All numbers of a text are read with the same decimal mark if possible: in `1,5+1,000` both
   commas are decimal.
3. If both marks are possible, as in `1,000`, the decimal mark of the language decides.
4. If neither is, as in `1.5+2,5`, each number is read on its own, by the rules 1 and 3.

A repeating decimal has its period in parentheses: `0.1(6)` is 1/6.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

from digits.arithmetic.errors import Problem, SumError

type Mark = Literal[".", ","]

MAX_DECIMALS = 20
"""A repeating decimal is written with its period if it has no more decimals than this."""
CUT_DIGITS = 10
"""The number of significant decimals of a repeating decimal that is cut off."""
CUT = "…"
"""Follows the decimals of a number that is cut off."""
CUT_BY_HAND = "..."
"""The same, in symbols that the page can read and write."""

_OTHER: dict[Mark, Mark] = {".": ",", ",": "."}
_NUMBER = {
    mark: re.compile(
        rf"(?=[.,]?[0-9])(?P<whole>[1-9][0-9]{{0,2}}(?:\{group}[0-9]{{3}})+|[0-9]*)"
        rf"(?:\{mark}(?P<decimals>[0-9]*))?"
    )
    for mark, group in _OTHER.items()
}
"""A number with each decimal mark."""


def decimal_mark(text: str, language_mark: Mark) -> Mark:
    """Return the decimal mark of the numbers in a text, by the rule above.

    Args:
        text: A text with any number of numbers.
        language_mark: The decimal mark of the user's language.

    Returns:
        The mark that suits all numbers; `language_mark` if both marks do, or neither does.

    """
    numbers = re.findall(r"[0-9.,]+", text.replace(CUT_BY_HAND, " "))
    for mark in (language_mark, _OTHER[language_mark]):
        if all(_NUMBER[mark].fullmatch(number) for number in numbers):
            return mark
    return language_mark


def parse_number(text: str, mark: Mark, period: str = "") -> Fraction:
    """Return the value of a number.

    Args:
        text: Digits and marks, without a sign.
        mark: The decimal mark. It is ignored if only the other one suits this number.
        period: The digits that repeat after the last decimal, "" if none do.

    Raises:
        SumError: This is no number.

    """
    found = _NUMBER[mark].fullmatch(text) or _NUMBER[_OTHER[mark]].fullmatch(text)
    if not found or (period and found["decimals"] is None):
        raise SumError(Problem.NO_SUM)
    whole, decimals = re.sub("[.,]", "", found["whole"]), found["decimals"] or ""
    scale = 10 ** len(decimals)
    value = Fraction(int(f"0{whole}{decimals}"), scale)
    return value + Fraction(int(period), scale * (10 ** len(period) - 1)) if period else value


def forms(value: Fraction, mark: Mark) -> tuple[str, ...]:
    """Return the forms in which to write a value.

    Thousands are not grouped, so that no number can be mistaken for a decimal.

    Args:
        value: The value.
        mark: The decimal mark.

    Returns:
        `("19",)` or `("0.75",)` if the value has finitely many decimals; otherwise the fraction in
        lowest terms and the decimal: `("1/6", "0.1(6)")`. If the decimal would have more than
        MAX_DECIMALS, it is cut off: `("1/97", "0.01030927835…")`.

    """
    sign = "-" if value < 0 else ""
    numerator, denominator = abs(value).as_integer_ratio()
    whole, rest = divmod(numerator, denominator)
    if not rest:
        return (f"{sign}{whole}",)
    start, period = _count_decimals(denominator)
    if period is None:
        places = CUT_DIGITS if whole else CUT_DIGITS + _count_zeros(rest, denominator)
    else:
        places = start + period
    digits = str(rest * 10**places // denominator).zfill(places)
    if period is None:
        digits += CUT
    elif period:
        digits = f"{digits[:start]}({digits[start:]})"
    decimal = f"{sign}{whole}{mark}{digits}"
    return (decimal,) if period == 0 else (f"{sign}{numerator}/{denominator}", decimal)


def _count_decimals(denominator: int) -> tuple[int, int | None]:
    """Return how many decimals a fraction in lowest terms has before its period, and in it.

    The second number is 0 if the decimals end; None if there are more than MAX_DECIMALS in all.
    Otherwise it is the smallest n for which the denominator, without its factors 2 and 5, divides
    10^n - 1.
    """
    start, rest = 0, denominator
    for factor in (10, 5, 2):
        while rest % factor == 0:
            rest //= factor
            start += 1
    if rest == 1:
        return start, 0
    periods = range(1, MAX_DECIMALS - start + 1)
    return start, next((n for n in periods if pow(10, n, rest) == 1), None)


def _count_zeros(numerator: int, denominator: int) -> int:
    """Return the number of zeros right after the decimal mark of a fraction between 0 and 1."""
    zeros = 0
    while numerator * 10 ** (zeros + 1) < denominator:
        zeros += 1
    return zeros
