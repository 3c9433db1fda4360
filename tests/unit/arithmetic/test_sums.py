"""The sums among the lines that are shown."""

from array import array
from types import SimpleNamespace

from digits.app import Listeners, Symbol
from digits.arithmetic.errors import Problem
from digits.reading.contract import SYMBOLS
from digits.reading.recogniser import Reading
from digits.sums import Sums


def symbols(text):
    """Return the symbols of lines of text."""
    found = []
    for number, line in enumerate(text.split("\n")):
        for symbol in line:
            reading = Reading(symbol, 1.0, (0.1,) * 10, 0.5, (0.0,) * 11, SYMBOLS[0], 0.5)
            found.append(Symbol((0, 0, 1, 1), array("f"), reading, line=number))
    return found


class FakeApp:
    """An app that shows a text."""

    def __init__(self):
        self.symbols = ()
        self.text = ""
        self.changed = Listeners()

    def show(self, text):
        self.symbols, self.text = symbols(text), text
        self.changed.notify()


def test_each_line_is_worked_out():
    app = FakeApp()
    sums = Sums(app, ".")
    app.show("12+7=\n1÷3=\n42\n5÷0=\n3×4")
    assert [line.ink for line in sums.lines] == ["19", "1/3", "", "", ""]
    assert [line.problem for line in sums.lines] == [
        None,
        None,
        None,
        Problem.DIVISION_BY_ZERO,
        None,
    ]
    assert sums.text == "12+7=19\n1÷3=1/3\n42\n5÷0=\n3×4"


def test_listeners_are_notified_once_for_the_same_symbols():
    app, calls = FakeApp(), []
    sums = Sums(app, ".")
    sums.changed.add(lambda: calls.append(sums.text))
    app.show("2+3=")
    app.changed.notify()
    assert calls == ["2+3=5"]
    app.show("")
    assert calls[-1] == ""


def test_a_line_with_an_unsure_symbol_is_no_sum():
    app = FakeApp()
    sums = Sums(app, ".")
    app.show("2+3=")
    reading = app.symbols[0].reading
    unsure = SimpleNamespace(text="?", is_confident=False, label=reading.label)
    app.symbols = [SimpleNamespace(reading=unsure, line=0, box=(0, 0, 1, 1)), *app.symbols[1:]]
    app.changed.notify()
    assert sums.lines[0].ink == ""
