"""An answer in words, for screen readers, which often skip signs such as `-`, `:` and `(`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digits.arithmetic.answer import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from digits.arithmetic.answer import Answer

_SIGNS = {
    "+": "sum_said_plus",
    "-": "sum_said_minus",
    "×": "sum_said_times",
    "÷": "sum_said_divided",
    "/": "sum_said_divided",
    ":": "sum_said_divided",
    "(": "sum_said_open",
    ")": "sum_said_close",
    "=": "sum_said_equals",
    "≠": "sum_said_unequal",
    "…": "sum_said_cut",
    "...": "sum_said_cut",
}
"""The key of the word for each sign."""
_FRACTION = r"(?<![0-9.,×÷/:)])(?P<top>[0-9]+)/(?P<bottom>[0-9]+)(?![0-9.,×÷/:(])"
"""A fraction that is no part of a longer product or quotient."""
_NUMBER = r"(?P<number>[.,]?[0-9][0-9.,]*?)(?=\.\.\.|[^0-9.,]|$)"
_SIGN = r"(?P<negative>(?<![0-9.,)])-)|(?P<sign>\.\.\.|.)"
_WRITTEN = re.compile(
    rf"{_FRACTION}|(?P<start>[0-9.,]+(?<=[.,]))\((?P<period>[0-9]+)\)|{_NUMBER}|{_SIGN}"
)
"""A number or a sign that the user wrote."""
_RESULT = re.compile(
    rf"{_FRACTION}|(?P<start>[0-9]+[.,][0-9]*)\((?P<period>[0-9]+)\)|{_NUMBER}|{_SIGN}"
)
"""A number or a sign of a result, where digits in parentheses are always a period."""


def spoken(answer: Answer, say: Callable[..., str]) -> str:
    """Return an answer in words.

    Args:
        answer: The answer.
        say: Returns the text for a key of text.json, with values filled in: `Words.say`.

    """
    match answer.kind:
        case Kind.RIGHT:
            return say("sum_right")
        case Kind.WRONG:
            correction = _in_words(answer.shown, answer, say)
            return say("sum_wrong", correction=correction)
    return _in_words(f"{answer.written} = {answer.shown}", answer, say)


def _in_words(line: str, answer: Answer, say: Callable[..., str]) -> str:
    """Return a line in words. The user wrote some of its sides; the others are results."""
    written = answer.written.split("=")
    words: list[str] = []
    for each in re.split("([=≠])", line):
        side = each.strip()
        pattern = _WRITTEN if side in written else _RESULT
        words.extend(_word(part, say) for part in pattern.finditer(side))
    return " ".join(words)


def _word(part: re.Match[str], say: Callable[..., str]) -> str:
    if part["top"]:
        return say("sum_said_fraction", top=part["top"], bottom=part["bottom"])
    if part["period"]:
        number = part["start"] + part["period"]
        return say("sum_said_period", number=number, period=" ".join(part["period"]))
    if part["number"]:
        return str(part["number"].rstrip(".,"))
    return say("sum_said_negative" if part["negative"] else _SIGNS[part["sign"]])
