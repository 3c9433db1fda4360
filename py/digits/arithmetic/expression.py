"""Parse and evaluate a sum without equals signs.

`÷`, `/` and `:` all divide. They and `×` come before `+` and `-`; operators of the same rank are
applied from left to right. A multiplication sign may be left out beside a parenthesis, as in
`2(3+4)`, which changes nothing about the order: `6÷2(1+2)` is 9. A number may have several signs.

The sum is brought into postfix order with two stacks (Dijkstra's shunting-yard algorithm, 1961).
Recursion could overflow the stack, which is small in browsers, if a text has many brackets.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from digits.arithmetic.errors import Problem, SumError
from digits.arithmetic.notation import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digits.arithmetic.notation import Mark

type Item = Fraction | str
"""A value or an operator."""

NEGATIVE = "negative"
"""The operator that changes the sign of a number."""
_RANKS = {"(": 0, "+": 1, "-": 1, "×": 2, "÷": 2, "/": 2, ":": 2, NEGATIVE: 3}
_SYMBOL = r"|(?P<symbol>[-+×÷/:()])"
_PLAIN_TOKEN = re.compile(r"(?P<number>[0-9.,]+)((?<=[.,])\((?P<period>[0-9]+)\))?" + _SYMBOL)
"""Number or symbol. Digits in parentheses are a period only right after a mark: `0.(3)`."""
_PERIODIC_TOKEN = re.compile(
    r"(?P<number>[0-9]*[.,][0-9.,]*)\((?P<period>[0-9]+)\)|(?P<plain>[0-9.,]+)" + _SYMBOL
)
"""Number or symbol. Digits in parentheses are a period after any decimal: `0.1(6)`."""


def parse(text: str, mark: Mark, *, has_periods: bool = False) -> list[Item]:
    """Return the values and operators of a sum in postfix order: `1+2×3` becomes 1 2 3 × +.

    Args:
        text: The sum: digits, marks, operators and parentheses.
        mark: The decimal mark.
        has_periods: Whether `0.1(6)` is 1/6, not 0.1×6. `0.(3)` is 1/3 in any case.

    Raises:
        SumError: The text is no sum, a number is missing, or the brackets don't match.

    """
    items: list[Item] = []
    waiting: list[str] = []  # operators that wait for their right side, and open brackets
    needs_number = True
    for token in (_PERIODIC_TOKEN if has_periods else _PLAIN_TOKEN).finditer(text):
        symbol = token["symbol"]
        if not needs_number and symbol in (None, "("):
            _move(waiting, items, _RANKS["×"])
            waiting.append("×")
            needs_number = True
        if needs_number:
            if symbol is None:
                items.append(_number(token, mark))
                needs_number = False
            elif symbol in "(-":
                waiting.append("(" if symbol == "(" else NEGATIVE)
            elif symbol != "+":
                raise SumError(Problem.UNFINISHED)
        elif symbol == ")":
            _move(waiting, items, 1)
            if not waiting:
                raise SumError(Problem.BRACKETS)
            waiting.pop()
        else:
            _move(waiting, items, _RANKS[symbol])
            waiting.append(symbol)
            needs_number = True
    if needs_number:
        raise SumError(Problem.UNFINISHED)
    if "(" in waiting:
        raise SumError(Problem.BRACKETS)
    return [*items, *reversed(waiting)]


def _number(token: re.Match[str], mark: Mark) -> Fraction:
    groups = token.groupdict()
    return parse_number(groups["number"] or groups["plain"], mark, groups["period"] or "")


def _move(waiting: list[str], items: list[Item], rank: int) -> None:
    """Move operators of at least this rank from the end of `waiting` to the end of `items`."""
    while waiting and _RANKS[waiting[-1]] >= rank:
        items.append(waiting.pop())


def evaluate(items: Iterable[Item]) -> Fraction:
    """Return the value of a sum in postfix order, as `parse` returns it.

    Raises:
        SumError: The sum divides by zero.

    """
    values: list[Fraction] = []
    for item in items:
        if isinstance(item, Fraction):
            values.append(item)
        elif item == NEGATIVE:
            values.append(-values.pop())
        else:
            right, left = values.pop(), values.pop()
            values.append(_apply(item, left, right))
    return values.pop()


def _apply(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "×":
            return left * right
    if not right:
        raise SumError(Problem.DIVISION_BY_ZERO)
    return left / right
