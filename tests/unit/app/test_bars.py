"""The eleven bars: which one is marked as the best, and which are pale because they show 0%."""

from types import SimpleNamespace

from digits.page.answer.bars import Bars
from digits.reading.recogniser import Reading
from digits.words import Words


class FakeRow:
    """The element of a bar.

    Attributes:
        updates: how many times an attribute, such as the class or the filled part, was set.
        part: the part of the bar that is filled, from 0 to 1.
    """

    def __init__(self):
        self.__dict__["updates"] = 0
        self.className = self.part = ""
        self.style = SimpleNamespace(setProperty=self._set_part)
        self.lastElementChild = SimpleNamespace(textContent="")

    def __setattr__(self, name, value):
        self.__dict__["updates"] += 1
        self.__dict__[name] = value

    def _set_part(self, _name, value):
        self.part = value


def reading(label, is_digit=1.0, probability=1.0):
    """Return a reading of a digit. The other digits share the rest of the probability."""
    rest = (1 - probability) / 9
    probabilities = tuple(probability if each == int(label) else rest for each in range(10))
    return Reading(label, probability * is_digit, probabilities, is_digit, (), "0", 0.5)


def shown_bars():
    """Return bars, and their elements."""
    rows = [FakeRow() for _ in range(11)]
    return Bars(SimpleNamespace(querySelectorAll=lambda _: rows), Words("en")), rows


def classes(rows):
    """Return the indices of the rows with the class "best", and of those with the class "zero"."""
    return tuple([i for i, row in enumerate(rows) if row.className == kind] for kind in
                 ("best", "zero"))  # fmt: skip


def test_the_best_digit_is_marked_and_bars_with_0_percent_are_pale():
    bars, rows = shown_bars()
    bars.show(reading("7", probability=0.991))
    assert classes(rows) == ([7], [each for each in range(11) if each != 7])
    assert [rows[7].lastElementChild.textContent, rows[7].part] == ["99%", "0.991"]
    assert rows[10].lastElementChild.textContent == "0%"


def test_the_eleventh_bar_shows_the_probability_that_the_image_shows_no_digit_or_sign():
    bars, rows = shown_bars()
    bars.show(reading("8", is_digit=0.25, probability=0.6))
    assert classes(rows)[0] == [10]
    assert rows[10].lastElementChild.textContent == "75%"
    bars.show(reading("8", is_digit=0.001))
    assert classes(rows) == ([10], list(range(10)))  # a digit with 0% is never marked


def test_without_a_reading_all_bars_are_empty():
    bars, rows = shown_bars()
    bars.show(reading("7"))
    bars.show(None)
    assert classes(rows) == ([], [])
    assert {row.lastElementChild.textContent for row in rows} == {""}


def test_unchanged_bars_are_not_updated():
    bars, rows = shown_bars()
    bars.show(reading("7"))
    before = [row.updates for row in rows]
    bars.show(reading("7"))
    assert [row.updates for row in rows] == before
