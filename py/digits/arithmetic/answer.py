"""The answer to a sum, or whether an equation is right."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from digits.arithmetic.errors import Problem, SumError
from digits.arithmetic.expression import NEGATIVE, evaluate, parse
from digits.arithmetic.notation import CUT, CUT_BY_HAND, decimal_mark, forms

if TYPE_CHECKING:
    from collections.abc import Container

    from digits.arithmetic.notation import Mark

SYMBOLS = frozenset("0123456789+-×÷=.,/:()")
"""The symbols of sums and answers."""
MAX_SYMBOLS = 200
"""The maximum length of a sum. It limits the digits of all numbers, and so the time."""

_CUT_NUMBER = re.compile(r"(?P<number>-?[0-9.,]*[.,](?P<decimals>[0-9]+))\.\.\.")
"""A number that is cut off."""
_MAYBE_PERIOD = re.compile(r"[.,][0-9]+\([0-9]+\)")
"""A decimal, then digits in parentheses: a factor or a period."""


class Kind(Enum):
    """What was written, and so what to show.

    Attributes:
        PREVIEW: A sum without an equals sign. Its result was not asked for.
        ANSWER: A sum, a number or a true equation, with an equals sign at its end.
        RIGHT: An equation that is true, such as `12+7=19`.
        WRONG: An equation that is false, such as `12+7=20`, or `12+7=20=`.

    """

    PREVIEW = "preview"
    ANSWER = "answer"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True)
class Answer:
    """The answer to what was written.

    Attributes:
        kind: What was written.
        written: What was written, without an equals sign at its end.
        value: The value of the sum; of an equation, the value of its first side.
        ink: What to write after the equals sign, in SYMBOLS; "" if the kind is RIGHT or WRONG.
        shown: The result as text, such as `19` or `1/3 = 0.(3)`. For a wrong equation what is right
            instead, such as `12+7 = 19`; for a right one "".

    """

    kind: Kind
    written: str
    value: Fraction
    ink: str
    shown: str

    @property
    def equation(self) -> str:
        """What was written in SYMBOLS, with `ink` as its result if there is one: `12+7=19`."""
        return f"{self.written}={self.ink}" if self.ink else self.written


@dataclass(frozen=True)
class _Side:
    """One side of an equation.

    Attributes:
        text: The side as it was written.
        value: Its value.
        is_sum: Whether it is more than a number.
        decimals: The number of decimals after which the number is cut off with `...`; None if the
            value is exact.

    """

    text: str
    value: Fraction
    is_sum: bool
    decimals: int | None = None

    def equals(self, value: Fraction) -> bool:
        """Return whether the side is equal to a value, up to where the side is cut off."""
        if self.decimals is None:
            return value == self.value
        scale = 10**self.decimals
        return self.value == Fraction(math.trunc(value * scale), scale)


def work_out(text: str, language_mark: Mark = ".") -> Answer | None:
    """Work out a sum, or check an equation.

    A result with infinitely many decimals is written as a fraction, or as a decimal if the user
    already wrote that fraction: `1÷3=` gives `1/3`, and `1/3=` gives `0.(3)`.

    An equation may have several equals signs. It is right if all sides are equal; then another
    equals sign at its end is answered, too. Digits in parentheses after a decimal can be a factor,
    as in `0.5(20)=10`, or a period, as in `1/6=0.1(6)`: the meaning that makes the equation right
    counts. A side after an equals sign may be cut off: `1/3=0.33...` is right.

    Args:
        text: A line in SYMBOLS.
        language_mark: The decimal mark of the user's language. It decides where the numbers don't
            show theirs; see `digits.arithmetic.notation`. The result has the same mark as they do.

    Returns:
        The answer. None if there is no equals sign, and the text is a number or can't be worked
        out: nothing was asked, so there is nothing to say. A number with an equals sign is its own
        answer, as on a calculator.

    Raises:
        SumError: There is an equals sign, but the text can't be worked out.

    """
    try:
        return _work_out(text, language_mark)
    except SumError:
        if "=" in text:
            raise
        return None


def _work_out(text: str, language_mark: Mark) -> Answer | None:
    if not SYMBOLS.issuperset(text):
        raise SumError(Problem.NO_SUM)
    if len(text) > MAX_SYMBOLS:
        raise SumError(Problem.TOO_LONG)
    mark = decimal_mark(text, language_mark)
    is_asked, written = text.endswith("="), text.removesuffix("=")
    first, *others = sides = _sides(written.split("="), mark)
    different = next((side for side in others if not side.equals(first.value)), None)
    if different:
        correction = _correction(first, different, mark)
        return Answer(Kind.WRONG, written, first.value, ink="", shown=correction)
    if others and not is_asked:
        return Answer(Kind.RIGHT, written, first.value, ink="", shown="")
    if not first.is_sum and not is_asked:
        return None
    kind = Kind.ANSWER if is_asked else Kind.PREVIEW
    results = _new_forms(first.value, mark, {side.text for side in sides})
    ink = results[0].replace(CUT, CUT_BY_HAND)
    return Answer(kind, written, first.value, ink, shown=" = ".join(results))


def _sides(texts: list[str], mark: Mark) -> list[_Side]:
    """Return the sides of an equation, with the meanings that make it true, if there are any."""
    meanings = [_meanings(text, mark, may_be_cut=place > 0) for place, text in enumerate(texts)]
    for first in meanings[0]:
        equal = [[side for side in each if side.equals(first.value)] for each in meanings[1:]]
        if all(equal):
            return [first, *(each[0] for each in equal)]
    return [each[0] for each in meanings]


def _meanings(text: str, mark: Mark, *, may_be_cut: bool) -> list[_Side]:
    """Return a side with digits in parentheses as a factor and, if they can be, as a period."""
    cut = _CUT_NUMBER.fullmatch(text) if may_be_cut else None
    if cut:
        value = evaluate(parse(cut["number"], mark))
        return [_Side(text, value, is_sum=False, decimals=len(cut["decimals"]))]
    sides = [_side(text, mark)]
    if _MAYBE_PERIOD.search(text):
        with suppress(SumError):
            sides.append(_side(text, mark, has_periods=True))
    return sides


def _side(text: str, mark: Mark, *, has_periods: bool = False) -> _Side:
    items = parse(text, mark, has_periods=has_periods)
    is_sum = any(isinstance(item, str) and item != NEGATIVE for item in items)
    return _Side(text, evaluate(items), is_sum)


def _new_forms(value: Fraction, mark: Mark, written: Container[str]) -> list[str]:
    """Return the forms of a value that were not written yet; if all were, the last form."""
    all_forms = forms(value, mark)
    return [form for form in all_forms if form not in written] or [all_forms[-1]]


def _correction(left: _Side, right: _Side, mark: Mark) -> str:
    """Return what is right instead of two sides that are not equal.

    This is `12+7 = 19` for `12+7=20`, `2+3 = 5 ≠ 6 = 5+1` for two sums, `3 ≠ 4` for two numbers.
    """
    before = [left.text, *_new_forms(left.value, mark, {left.text})]
    after = [right.text, *_new_forms(right.value, mark, {right.text})]
    if left.is_sum and right.is_sum:
        return f"{' = '.join(before)} ≠ {' = '.join(reversed(after))}"
    if left.is_sum or right.is_sum:
        return " = ".join(before if left.is_sum else after)
    return f"{left.text} ≠ {right.text}"
