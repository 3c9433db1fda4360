"""Actions: the latest action is undone first, of whatever kind it is."""

import pytest

from digits.actions import Actions
from digits.drawing.ink import Ink


class User:
    """A user who draws and does other things.

    Attributes:
        ink: the drawing.
        actions: the actions of the user.
        tried: the names of the actions whose undo was called, in order; "drawing" for a gesture or
            a clearing.
    """

    def __init__(self):
        self.ink = Ink()
        self.tried = []
        self.actions = Actions(self.ink, self._undo_drawing)

    def _undo_drawing(self):
        self.tried.append("drawing")
        self.ink.undo()

    def draw(self):
        """Draw a line."""
        self.ink.begin((0.2, 0.2))
        self.ink.extend((0.8, 0.8))
        self.ink.end()

    def do(self, name, kind="teaching", *, can_be_undone=True):
        """Do something other than drawing."""
        self.actions.add(kind, lambda: self.tried.append(name) or can_be_undone)

    def undo(self, count):
        """Undo the latest action, `count` times; return `tried`."""
        for _ in range(count):
            self.actions.undo()
        return self.tried


@pytest.fixture
def user():
    return User()


def test_actions_are_undone_in_reverse_order(user):
    user.draw()
    user.do("example 1")
    user.draw()
    user.do("example 2")
    user.do("history", "history")
    user.ink.clear()
    assert user.undo(4) == ["drawing", "history", "example 2", "drawing"]
    assert len(user.ink.gestures) == 1
    assert user.undo(4)[4:] == ["example 1", "drawing"]  # only two actions were left
    assert user.ink.is_empty


def test_teaching_is_undone_before_earlier_strokes_if_the_button_has_undone_a_stroke(user):
    user.draw()
    user.draw()
    user.do("example")
    user.ink.undo()  # as the button under the sheet does
    assert user.undo(2) == ["example", "drawing"]


def test_a_stroke_drawn_after_teaching_is_undone_first_if_the_button_has_undone_a_stroke(user):
    user.draw()
    user.draw()
    user.do("example")
    user.ink.undo()
    user.draw()
    assert user.undo(3) == ["drawing", "example", "drawing"]


def test_an_action_on_a_cleared_sheet_is_undone_before_strokes_that_the_button_restored(user):
    user.draw()
    user.ink.clear()
    user.do("forgetting")
    user.ink.undo()
    assert user.undo(2) == ["forgetting", "drawing"]


def test_the_latest_action_of_a_kind_can_be_undone_alone(user):
    user.do("example 1")
    user.do("example 2")
    user.do("history", "history")
    user.draw()
    user.ink.clear()
    user.actions.undo_latest("teaching")
    user.actions.undo_latest("teaching")
    user.actions.undo_latest("teaching")
    assert user.tried == ["example 2", "example 1"]
    assert user.undo(3)[2:] == ["drawing", "drawing", "history"]


def test_an_action_that_can_no_longer_be_undone_is_skipped(user):
    user.do("example")
    user.do("picture", "picture", can_be_undone=False)
    assert user.undo(1) == ["picture", "example"]


def test_nothing_is_undone_if_nothing_was_done(user):
    assert user.undo(1) == []


def test_strokes_drawn_before_the_actions_began_can_be_undone():
    ink = Ink.from_json("[[[[0.1,0.1],[0.9,0.9]]]]")
    actions = Actions(ink, ink.undo)
    actions.undo()
    assert ink.is_empty
