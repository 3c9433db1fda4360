"""Acts: the latest act is taken back first, whatever it was."""

import pytest

from digits.acts import Acts
from digits.drawing.ink import Ink


class Desk:
    """A drawing and other acts, and a record of what was taken back."""

    def __init__(self):
        self.ink = Ink()
        self.taken_back = []
        self.acts = Acts(self.ink, self._undo_drawing)

    def _undo_drawing(self):
        self.taken_back.append("drawing")
        self.ink.undo()

    def draw(self):
        self.ink.begin((0.2, 0.2))
        self.ink.extend((0.8, 0.8))
        self.ink.end()

    def do(self, name, kind="lesson", *, is_possible=True):
        self.acts.add(kind, lambda: self.taken_back.append(name) or is_possible)

    def undo_all(self, count):
        for _ in range(count):
            self.acts.undo()
        return self.taken_back


@pytest.fixture
def desk():
    return Desk()


def test_acts_are_taken_back_in_reverse_order(desk):
    desk.draw()
    desk.do("lesson 1")
    desk.draw()
    desk.do("lesson 2")
    desk.do("history", "history")
    desk.ink.clear()
    assert desk.undo_all(4) == ["drawing", "history", "lesson 2", "drawing"]
    assert len(desk.ink.gestures) == 1
    assert desk.undo_all(4)[4:] == ["lesson 1", "drawing"]  # then there is nothing left
    assert desk.ink.is_empty


def test_a_lesson_is_later_than_the_strokes_that_remain_after_its_last_stroke_was_undone(desk):
    desk.draw()
    desk.draw()
    desk.do("lesson")
    desk.ink.undo()  # by the button under the sheet
    assert desk.undo_all(2) == ["lesson", "drawing"]


def test_a_stroke_drawn_after_a_lesson_is_later_even_if_a_stroke_was_undone_before(desk):
    desk.draw()
    desk.draw()
    desk.do("lesson")
    desk.ink.undo()
    desk.draw()
    assert desk.undo_all(3) == ["drawing", "lesson", "drawing"]


def test_an_act_on_a_cleared_sheet_is_later_than_the_drawing_that_the_button_brings_back(desk):
    desk.draw()
    desk.ink.clear()
    desk.do("forgetting")
    desk.ink.undo()
    assert desk.undo_all(2) == ["forgetting", "drawing"]


def test_the_latest_act_of_a_kind_can_be_taken_back_alone(desk):
    desk.do("lesson 1")
    desk.do("lesson 2")
    desk.do("history", "history")
    desk.draw()
    desk.ink.clear()
    desk.acts.undo_latest("lesson")
    desk.acts.undo_latest("lesson")
    desk.acts.undo_latest("lesson")
    assert desk.taken_back == ["lesson 2", "lesson 1"]
    assert desk.undo_all(3)[2:] == ["drawing", "drawing", "history"]


def test_an_act_that_is_over_is_skipped(desk):
    desk.do("lesson")
    desk.do("picture", "picture", is_possible=False)
    assert desk.undo_all(1) == ["picture", "lesson"]


def test_nothing_is_taken_back_if_nothing_was_done(desk):
    assert desk.undo_all(1) == []


def test_strokes_drawn_before_the_first_act_are_the_oldest_acts():
    ink = Ink.from_json("[[[[0.1,0.1],[0.9,0.9]]]]")
    acts = Acts(ink, ink.undo)
    acts.undo()
    assert ink.is_empty
