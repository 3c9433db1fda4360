"""The error that is raised for a sum that can't be worked out, and its reasons."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Why a sum can't be worked out. Each value is the key of a text in text.json."""

    NO_SUM = "sum_none"
    UNFINISHED = "sum_unfinished"
    BRACKETS = "sum_brackets"
    DIVISION_BY_ZERO = "sum_division_by_zero"
    TOO_LONG = "sum_too_long"


class SumError(ValueError):
    """The sum can't be worked out.

    Attributes:
        problem: The reason, which is also the key of the text that explains it.

    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem
