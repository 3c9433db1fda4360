"""The sums among the lines that are shown, with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from digits.app import Listeners, text_of
from digits.arithmetic.answer import Answer, Kind, work_out
from digits.arithmetic.errors import Problem, SumError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.app import App, Symbol
    from digits.arithmetic.notation import Mark


@dataclass(frozen=True)
class Line:
    """A line of symbols.

    Attributes:
        symbols: The symbols, from left to right.
        text: The symbols as text.
        answer: The answer if the line is a sum; None if there is none.
        problem: Why there is no answer, although the line has an equals sign.

    """

    symbols: Sequence[Symbol]
    text: str
    answer: Answer | None
    problem: Problem | None

    @property
    def ink(self) -> str:
        """What to write beside the line; "" if nothing."""
        is_asked = self.answer and self.answer.kind is Kind.ANSWER
        return self.answer.ink if self.answer and is_asked else ""

    @property
    def equation(self) -> str:
        """The text, with the result if it was asked for."""
        return self.answer.equation if self.answer and self.ink else self.text


class Sums:
    """Works out each line whenever the symbols have changed.

    Attributes:
        lines: The lines that are shown, from top to bottom.
        changed: Notified after `lines` have changed.

    """

    def __init__(self, app: App, language_mark: Mark) -> None:
        """Work out what is shown. language_mark: the decimal mark of the user's language."""
        self.lines: list[Line] = []
        self.changed = Listeners()
        self._app = app
        self._mark = language_mark
        self._worked_out: Sequence[Symbol] = ()
        app.changed.add(self._refresh)
        self._refresh()

    @property
    def text(self) -> str:
        """The text of all lines, with results such as `12+7=19`; "" if nothing is shown."""
        return "\n".join(line.equation for line in self.lines) if self._app.text else ""

    def _refresh(self) -> None:
        symbols = self._app.symbols
        if symbols is self._worked_out:
            return
        self._worked_out = symbols
        lines = groupby(symbols, key=lambda symbol: symbol.line)
        self.lines = [self._line(list(line)) for _, line in lines]
        self.changed.notify()

    def _line(self, symbols: Sequence[Symbol]) -> Line:
        text = text_of(symbols)
        try:
            return Line(symbols, text, work_out(text, self._mark), None)
        except SumError as error:
            return Line(symbols, text, None, error.problem)
