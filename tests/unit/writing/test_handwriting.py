"""The user's handwriting: learned from finished drawings and from lessons, undone and forgotten."""

from array import array
from dataclasses import replace
from types import SimpleNamespace

import pytest

from digits.app import Listeners, Symbol
from digits.drawing.ink import Ink, box_around
from digits.handwriting import Handwriting
from digits.reading.contract import SYMBOLS
from digits.reading.examples import Example
from digits.reading.recogniser import Reading, UsedExample
from digits.teaching import Teaching
from digits.writing.hand import Hand
from tests.unit.app.test_teaching import FakeApp as TeachableApp
from tests.unit.app.test_teaching import FakeStore as FakeExampleStore
from tests.unit.fakes import run

SEVEN = [[(0.1, 0.2), (0.2, 0.2), (0.12, 0.4)]]
ONE = [[(0.4, 0.2), (0.4, 0.4)]]
OTHER_ONE = [[(0.4, 0.4), (0.46, 0.2)]]
PLUS = [[(0.6, 0.3), (0.7, 0.3)], [(0.65, 0.25), (0.65, 0.35)]]


class FakeStore:
    """Stores samples in memory. count: how many times they were replaced."""

    def __init__(self):
        self.entries, self.count = [], 0

    def replace(self, entries):
        self.entries, self.count = list(entries), self.count + 1


class FakeApp(TeachableApp):
    """An app with a drawing that was read."""

    def __init__(self):
        super().__init__()
        self.ink, self.symbols, self.shown_picture = Ink(), (), None
        self.changed, self.before_replacement = Listeners(), Listeners()

    def draw(self, *drawn):
        """Replace the drawing.

        Args:
            drawn: for each symbol, its label and its strokes; then its confidence, 1 by default,
                and the example that decided its reading, if one did.
        """
        self.ink.clear()
        self.symbols = []
        for label, strokes, *rest in drawn:
            for first, *others in strokes:
                self.ink.begin(first)
                for point in others:
                    self.ink.extend(point)
                self.ink.end()
            self.symbols.append(
                Symbol(box_around(strokes), image_of(strokes), reading(label, *rest))
            )


def image_of(strokes):
    """Return an image that differs for each drawing."""
    values = [value for stroke in strokes for point in stroke for value in point]
    return array("f", values + [0.0] * (784 - len(values)))


def reading(label, confidence=1.0, example=None):
    """Return a reading of a symbol."""

    read = Reading(label, confidence, (0.1,) * 10, 1.0, (0.0,) * 11, "0", 0.5)
    if example is None:
        return read
    return replace(read, used_example=UsedExample(example, replace(read, label="0")))


def example_of(label, strokes):
    """Return the example that teaches a drawing."""
    return Example.of(label, image_of(strokes))


@pytest.fixture
def known():
    """Return the app, the handwriting, and a function that returns how a symbol is written.

    The function returns the first and the last point of the first stroke, None if the symbol is
    written in the template hand.
    """
    app, store = FakeApp(), FakeStore()
    handwriting = Handwriting(app, store)

    def written(symbol):
        strokes = handwriting.write(symbol)
        if strokes == Hand().write(symbol):
            return None
        return [tuple(round(value, 1) for value in strokes[0][index]) for index in (0, -1)]

    return SimpleNamespace(app=app, store=store, handwriting=handwriting, written=written)


def test_what_was_read_confidently_is_learned(known):
    known.app.draw(("7", SEVEN), ("1", ONE, 0.4), ("+", PLUS))
    known.handwriting.learn_drawing()
    assert known.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert known.written("1") is None
    assert known.written("+") == [(0, 0), (0.5, 0)]
    assert known.handwriting.symbols == ["7", "+"]


def test_the_latest_drawing_counts_and_each_is_stored_once(known):
    changes = []
    known.handwriting.changed.add(lambda: changes.append(known.handwriting.symbols))
    for strokes in (ONE, OTHER_ONE, OTHER_ONE):
        known.app.draw(("1", strokes))
        known.handwriting.learn_drawing()
    assert known.written("1") == [(0, 0.5), (0.3, -0.5)]
    assert changes == [["1"], ["1"]]
    assert known.store.count == 2


def test_signs_without_a_digit_beside_them_are_not_learned(known):
    known.app.draw(("+", PLUS))
    known.handwriting.learn_drawing()
    assert known.store.entries == []


def test_a_picture_is_not_learned(known):
    known.app.draw(("1", ONE))
    known.app.shown_picture = image_of(ONE)
    known.handwriting.learn_drawing()
    known.handwriting.examples_changed({}, {1: example_of("7", ONE)})
    assert known.store.entries == []


def test_a_drawing_that_has_changed_since_it_was_read_is_not_learned(known):
    known.app.draw(("1", ONE))
    known.app.ink.undo()
    known.handwriting.learn_drawing()
    known.app.draw(("7", SEVEN))
    known.app.ink.undo()
    known.app.ink.begin((0.15, 0.3))  # within the box of the 7, which is gone
    known.app.ink.end()
    known.handwriting.learn_drawing()
    assert known.store.entries == []


def test_a_symbol_within_the_box_of_another_one_has_its_own_strokes(known):
    dot = [[(0.15, 0.35)]]
    known.app.draw(("7", SEVEN), (".", dot))
    known.handwriting.learn_drawing()
    assert len(known.handwriting.write("7")) == 1
    assert known.handwriting.write(".") == [[(0, pytest.approx(0.25))]]


def test_a_taught_drawing_replaces_what_was_known(known):
    known.app.draw(("7", SEVEN))
    known.handwriting.learn_drawing()
    known.app.draw(("1", OTHER_ONE))  # misread
    known.handwriting.learn_drawing()
    known.handwriting.examples_changed({}, {9: example_of("7", OTHER_ONE)})
    assert known.written("7") == [(0, 0.5), (0.3, -0.5)]
    assert known.written("1") is None
    known.app.draw(("7", OTHER_ONE, 1.0, 9))  # read again, as it was taught
    known.handwriting.learn_drawing()
    known.handwriting.examples_changed({9: example_of("7", OTHER_ONE)}, {})
    assert known.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert known.written("1") == [(0, 0.5), (0.3, -0.5)]


def test_a_sign_is_taught_only_beside_a_digit(known):
    known.app.draw(("4", PLUS))
    known.handwriting.examples_changed({}, {9: example_of("+", PLUS)})
    assert known.store.entries == []
    known.app.draw(("4", PLUS), ("1", ONE))
    known.handwriting.examples_changed({}, {9: example_of("+", PLUS)})
    assert known.written("+") == [(0, 0), (0.5, 0)]


def test_a_sample_that_was_read_by_a_lesson_is_forgotten_with_the_lesson(known):
    known.app.draw(("1", ONE, 1.0, 5), ("7", SEVEN))
    known.handwriting.learn_drawing()
    known.handwriting.examples_changed({5: example_of("1", OTHER_ONE)}, {})
    assert known.handwriting.symbols == ["7"]
    known.handwriting.examples_changed({}, {5: example_of("1", OTHER_ONE)})  # undone
    assert known.written("1") == [(0, -0.5), (0, 0.5)]


def test_all_is_forgotten_and_can_be_restored(known):
    known.app.draw(("1", ONE), ("7", SEVEN, 0.4))
    known.handwriting.examples_changed({}, {5: example_of("7", SEVEN)})
    known.handwriting.learn_drawing()
    samples = known.handwriting.forget_all()
    assert known.store.entries == []
    known.handwriting.learn_drawing()  # the same drawing, when it ends
    known.handwriting.examples_changed({5: example_of("7", SEVEN)}, {})
    assert known.store.entries == []
    known.app.draw(("1", OTHER_ONE))
    known.handwriting.learn_drawing()
    known.handwriting.restore(samples)
    assert known.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert known.written("1") == [(0, 0.5), (0.3, -0.5)]  # the newer one


def test_a_deleted_drawing_is_not_learned_again_after_a_picture(known):
    known.app.draw(("1", ONE))
    known.handwriting.learn_drawing()
    known.handwriting.forget_all()
    known.app.shown_picture = image_of(SEVEN)
    known.handwriting.learn_drawing()
    known.app.shown_picture = None
    known.handwriting.learn_drawing()
    assert known.store.entries == []


def test_a_drawing_of_an_earlier_visit_is_not_learned_again(known):
    known.app.draw(("1", ONE))
    restored = Handwriting(known.app, known.store)
    restored.learn_drawing()
    assert known.store.entries == []
    known.app.draw(("7", SEVEN))
    restored.learn_drawing()
    assert restored.symbols == ["7"]


def test_lessons_are_followed_and_undone(known):
    known.app.draw(("1", OTHER_ONE))  # misread
    known.handwriting.learn_drawing()
    teaching = Teaching(
        known.app,
        FakeExampleStore(),
        note_examples=known.handwriting.examples_changed,
    )

    async def work():
        await teaching.teach(example_of("4", OTHER_ONE))
        assert known.handwriting.symbols == ["4"]
        await teaching.teach(example_of("7", OTHER_ONE))
        assert known.handwriting.symbols == ["7"]
        await teaching.undo()
        assert known.handwriting.symbols == ["4"]
        await teaching.forget_all()
        assert known.handwriting.symbols == ["1"]
        await teaching.undo()
        assert known.handwriting.symbols == ["4"]
        await teaching.undo()
        assert known.handwriting.symbols == ["1"]

    run(work())


def test_all_symbols_can_be_learned(known):
    for symbol in SYMBOLS:
        known.app.draw(("1", ONE), (symbol, SEVEN))
        known.handwriting.learn_drawing()
    assert known.handwriting.symbols == list(SYMBOLS)
