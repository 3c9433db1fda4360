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
                and the key of the example that decided its reading, if one did.
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
def setup():
    """Return an app, its handwriting, the store of the samples, and the function `written`.

    The function returns the first and the last point of the first stroke of a symbol; None if the
    symbol is written in the template hand.
    """
    app, store = FakeApp(), FakeStore()
    handwriting = Handwriting(app, store)

    def written(symbol):
        strokes = handwriting.write(symbol)
        if strokes == Hand().write(symbol):
            return None
        return [tuple(round(value, 1) for value in strokes[0][index]) for index in (0, -1)]

    return SimpleNamespace(app=app, store=store, handwriting=handwriting, written=written)


def test_what_was_read_confidently_is_learned(setup):
    setup.app.draw(("7", SEVEN), ("1", ONE, 0.4), ("+", PLUS))
    setup.handwriting.learn_drawing()
    assert setup.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert setup.written("1") is None
    assert setup.written("+") == [(0, 0), (0.5, 0)]
    assert setup.handwriting.symbols == ["7", "+"]


def test_the_latest_drawing_counts_and_each_is_stored_once(setup):
    changes = []
    setup.handwriting.changed.add(lambda: changes.append(setup.handwriting.symbols))
    for strokes in (ONE, OTHER_ONE, OTHER_ONE):
        setup.app.draw(("1", strokes))
        setup.handwriting.learn_drawing()
    assert setup.written("1") == [(0, 0.5), (0.3, -0.5)]
    assert changes == [["1"], ["1"]]
    assert setup.store.count == 2


def test_signs_without_a_digit_beside_them_are_not_learned(setup):
    setup.app.draw(("+", PLUS))
    setup.handwriting.learn_drawing()
    assert setup.store.entries == []


def test_a_picture_is_not_learned(setup):
    setup.app.draw(("1", ONE))
    setup.app.shown_picture = image_of(ONE)
    setup.handwriting.learn_drawing()
    setup.handwriting.examples_changed({}, {1: example_of("7", ONE)})
    assert setup.store.entries == []


def test_a_drawing_that_has_changed_since_it_was_read_is_not_learned(setup):
    setup.app.draw(("1", ONE))
    setup.app.ink.undo()
    setup.handwriting.learn_drawing()
    setup.app.draw(("7", SEVEN))
    setup.app.ink.undo()
    setup.app.ink.begin((0.15, 0.3))  # within the box of the 7, which is gone
    setup.app.ink.end()
    setup.handwriting.learn_drawing()
    assert setup.store.entries == []


def test_a_symbol_within_the_box_of_another_one_has_its_own_strokes(setup):
    dot = [[(0.15, 0.35)]]
    setup.app.draw(("7", SEVEN), (".", dot))
    setup.handwriting.learn_drawing()
    assert len(setup.handwriting.write("7")) == 1
    assert setup.handwriting.write(".") == [[(0, pytest.approx(0.25))]]


def test_a_taught_drawing_replaces_what_was_known(setup):
    setup.app.draw(("7", SEVEN))
    setup.handwriting.learn_drawing()
    setup.app.draw(("1", OTHER_ONE))  # misread
    setup.handwriting.learn_drawing()
    setup.handwriting.examples_changed({}, {9: example_of("7", OTHER_ONE)})
    assert setup.written("7") == [(0, 0.5), (0.3, -0.5)]
    assert setup.written("1") is None
    setup.app.draw(("7", OTHER_ONE, 1.0, 9))  # read again, as it was taught
    setup.handwriting.learn_drawing()
    setup.handwriting.examples_changed({9: example_of("7", OTHER_ONE)}, {})
    assert setup.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert setup.written("1") == [(0, 0.5), (0.3, -0.5)]


def test_a_taught_sign_is_learned_only_beside_a_digit(setup):
    setup.app.draw(("4", PLUS))
    setup.handwriting.examples_changed({}, {9: example_of("+", PLUS)})
    assert setup.store.entries == []
    setup.app.draw(("4", PLUS), ("1", ONE))
    setup.handwriting.examples_changed({}, {9: example_of("+", PLUS)})
    assert setup.written("+") == [(0, 0), (0.5, 0)]


def test_a_sample_that_exists_because_of_a_lesson_is_forgotten_with_the_lesson(setup):
    setup.app.draw(("1", ONE, 1.0, 5), ("7", SEVEN))
    setup.handwriting.learn_drawing()
    setup.handwriting.examples_changed({5: example_of("1", OTHER_ONE)}, {})
    assert setup.handwriting.symbols == ["7"]
    setup.handwriting.examples_changed({}, {5: example_of("1", OTHER_ONE)})  # undone
    assert setup.written("1") == [(0, -0.5), (0, 0.5)]


def test_all_samples_are_forgotten_and_can_be_restored(setup):
    setup.app.draw(("1", ONE), ("7", SEVEN, 0.4))
    setup.handwriting.examples_changed({}, {5: example_of("7", SEVEN)})
    setup.handwriting.learn_drawing()
    samples = setup.handwriting.forget_all()
    assert setup.store.entries == []
    setup.handwriting.learn_drawing()  # the same drawing, when it ends
    setup.handwriting.examples_changed({5: example_of("7", SEVEN)}, {})
    assert setup.store.entries == []
    setup.app.draw(("1", OTHER_ONE))
    setup.handwriting.learn_drawing()
    setup.handwriting.restore(samples)
    assert setup.written("7") == [(0, -0.5), (0.1, 0.5)]
    assert setup.written("1") == [(0, 0.5), (0.3, -0.5)]  # the newer one


def test_a_deleted_drawing_is_not_learned_again_after_a_picture(setup):
    setup.app.draw(("1", ONE))
    setup.handwriting.learn_drawing()
    setup.handwriting.forget_all()
    setup.app.shown_picture = image_of(SEVEN)
    setup.handwriting.learn_drawing()
    setup.app.shown_picture = None
    setup.handwriting.learn_drawing()
    assert setup.store.entries == []


def test_a_drawing_of_an_earlier_visit_is_not_learned_again(setup):
    setup.app.draw(("1", ONE))
    restored = Handwriting(setup.app, setup.store)
    restored.learn_drawing()
    assert setup.store.entries == []
    setup.app.draw(("7", SEVEN))
    restored.learn_drawing()
    assert restored.symbols == ["7"]


def test_lessons_are_followed_and_undone(setup):
    setup.app.draw(("1", OTHER_ONE))  # misread
    setup.handwriting.learn_drawing()
    teaching = Teaching(
        setup.app,
        FakeExampleStore(),
        note_examples=setup.handwriting.examples_changed,
    )

    async def work():
        await teaching.teach(example_of("4", OTHER_ONE))
        assert setup.handwriting.symbols == ["4"]
        await teaching.teach(example_of("7", OTHER_ONE))
        assert setup.handwriting.symbols == ["7"]
        await teaching.undo()
        assert setup.handwriting.symbols == ["4"]
        await teaching.forget_all()
        assert setup.handwriting.symbols == ["1"]
        await teaching.undo()
        assert setup.handwriting.symbols == ["4"]
        await teaching.undo()
        assert setup.handwriting.symbols == ["1"]

    run(work())


def test_all_symbols_can_be_learned(setup):
    for symbol in SYMBOLS:
        setup.app.draw(("1", ONE), (symbol, SEVEN))
        setup.handwriting.learn_drawing()
    assert setup.handwriting.symbols == list(SYMBOLS)
