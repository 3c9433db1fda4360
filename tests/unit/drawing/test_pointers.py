"""Which pointer draws: only one at a time, a pen rather than a palm, and no cancelled touch."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digits.drawing.ink import MAX_GESTURES, Ink
from digits.drawing.pointers import PALM_TIME, Change, Pointers

MOUSE, PEN, TOUCH, KEYBOARD = "mouse", "pen", "touch", "keyboard"
KINDS = {-1: KEYBOARD, 1: MOUSE, 2: PEN, 3: TOUCH, 4: TOUCH, 5: TOUCH, 6: PEN}
"""The kind of each pointer that the tests use, by its ID."""

steps = st.tuples(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["down", "move", "move", "up", "cancel"]),
    st.sampled_from([1, 20, PALM_TIME - 1, PALM_TIME, 2 * PALM_TIME]),
)
"""Events in any order, also in orders that no browser sends. Each is the ID of a pointer, the kind
of event, and the milliseconds since the previous event."""


@dataclass
class Hand:
    """Sends events to `Pointers` as the sheet does, and records which pointer drew when.

    Attributes:
        ink: the drawing.
        time: the time of the latest event, in milliseconds.
        spans: for each gesture, by its height on the sheet: the ID of the pointer that drew it, and
            the times at which it began and ended. The end is None while the pointer draws.
    """

    ink: Ink = field(default_factory=Ink)
    time: float = 10_000
    spans: dict[float, tuple[int, float, float | None]] = field(default_factory=dict)
    pointers: Pointers = field(init=False)
    _count: int = 0  # of the events "down"
    _current: float | None = None  # the height of the gesture that is being drawn

    def __post_init__(self):
        self.pointers = Pointers(self.ink)

    def send(self, pointer, event, pause=20):
        """Send an event, `pause` milliseconds after the previous event; return the change.

        Each gesture is a horizontal line with a height of its own on the sheet.
        """
        self.time += pause
        drew = self.pointers.active
        change = getattr(self, f"_{event}")(pointer)
        if drew is not None and self.pointers.active is None:
            self._close()
        return change

    def drawn_by(self):
        """Return the pointer that drew each gesture in the ink.

        Also check that all points of a gesture have the height of this gesture.
        """
        pointers = []
        for gesture in self.ink.gestures:
            ((height,),) = {tuple({y for _, y in stroke}) for stroke in gesture}
            pointers.append(self.spans[height][0])
        return pointers

    def _down(self, pointer):
        self._count += 1
        height = self._count / 1000
        change = self.pointers.down(pointer, KINDS[pointer], self.time, (0.1, height))
        if self.pointers.active == pointer and change is not Change.NONE:
            self._close()
            self._current, self.spans[height] = height, (pointer, self.time, None)
        return change

    def _move(self, pointer):
        self.pointers.note_seen(KINDS[pointer], self.time)
        if self.pointers.active == pointer:
            ((x, height),) = self.ink.gestures[-1][-1][-1:]
            self.ink.extend((x + 0.01, height))
        return Change.NONE

    def _up(self, pointer):
        self.pointers.note_seen(KINDS[pointer], self.time)
        return self.pointers.up(pointer, self.time)

    def _cancel(self, pointer):
        return self.pointers.cancel(pointer, self.time)

    def _close(self):
        if self._current is not None:
            pointer, start, _ = self.spans[self._current]
            self.spans[self._current] = (pointer, start, self.time)
            self._current = None

    def spans_in_ink(self):
        """Return the spans whose gestures are in the ink."""
        heights = [gesture[0][0][1] for gesture in self.ink.gestures]
        return [self.spans[height] for height in heights]


def hand_after(*events):
    """Return a hand that has sent these events: pointer, event, and optionally the pause before."""
    hand = Hand()
    for event in events:
        hand.send(*event)
    return hand


@given(st.lists(steps, max_size=40))
def test_one_pointer_draws_each_gesture_and_pointers_draw_one_after_another(events):
    hand = hand_after(*events)
    assert len(hand.drawn_by()) == len(hand.ink.gestures)
    spans = hand.spans_in_ink()
    for (_, _, end), (_, start, _) in pairwise(spans):
        assert end is not None
        assert end <= start


@given(st.lists(steps, max_size=40))
@example([(2, "down", 1), (2, "cancel", 500), (3, "down", 1)])  # the pen leaves by a cancellation
def test_no_touch_shortly_before_during_or_after_a_pen_is_in_the_ink(events):
    hand = hand_after(*events)
    pens = [span for span in hand.spans_in_ink() if KINDS[span[0]] == PEN]
    touches = [span for span in hand.spans_in_ink() if KINDS[span[0]] == TOUCH]
    for _, start, end in touches:
        for _, pen_start, pen_end in pens:
            touch_end, last = end or hand.time, pen_end or hand.time
            assert start >= last + PALM_TIME or touch_end <= pen_start - PALM_TIME


@given(st.lists(steps, max_size=40))
def test_a_pen_draws_unless_a_mouse_or_another_pen_does(events):
    hand = hand_after(*events)
    drawing = hand.pointers.active
    hand.send(2, "down")
    is_taken = drawing not in (None, 2) and KINDS[drawing] in (MOUSE, PEN)
    assert hand.pointers.active == (drawing if is_taken else 2)


@given(st.lists(steps, max_size=40))
def test_all_ink_of_mice_and_pens_stays(events):
    hand = hand_after(*events)
    drawn = [span for span in hand.spans.values() if KINDS[span[0]] != TOUCH]
    assert [span for span in hand.spans_in_ink() if KINDS[span[0]] != TOUCH] == drawn


@given(st.lists(steps, max_size=40))
def test_the_sheet_is_free_when_all_pointers_are_lifted(events):
    hand = hand_after(*events)
    for pointer in KINDS:
        hand.send(pointer, "up")
    assert hand.pointers.active is None
    assert not hand.ink.pen_is_down
    hand.send(3, "down", PALM_TIME)
    assert hand.pointers.active == 3


@given(st.lists(steps, max_size=40), st.sampled_from([3, 4, 5]))
def test_a_cancelled_touch_leaves_the_ink_as_it_was(events, touch):
    hand = hand_after(*events)
    for pointer in KINDS:
        hand.send(pointer, "up")
    before = hand.ink.to_json()
    hand.send(touch, "down", PALM_TIME)
    for _ in range(3):
        hand.send(touch, "move")
    assert hand.ink.to_json() != before
    assert hand.send(touch, "cancel") is Change.REMOVED
    assert hand.ink.to_json() == before


@given(st.lists(steps, max_size=40))
def test_changes_say_how_the_number_of_gestures_changes(events):
    hand = Hand()
    for event in events:
        count = len(hand.ink.gestures)
        change = hand.send(*event)
        difference = len(hand.ink.gestures) - count
        if change in (Change.NONE, Change.ENDED):
            assert difference == 0
        elif change is Change.BEGUN:
            assert difference == 1
        else:
            assert difference < 1


def test_a_finger_that_rests_on_the_sheet_gives_way_to_a_pen():
    hand = hand_after((3, "down"), (3, "move"), (2, "down", 5000), (3, "move"), (2, "move"))
    assert hand.drawn_by() == [2]
    hand = hand_after((3, "down"), (2, "down"), (3, "cancel"), (2, "move"), (2, "up"))
    assert hand.drawn_by() == [2]


def test_taps_of_a_palm_just_before_a_pen_are_removed():
    hand = hand_after((3, "down"), (3, "up"), (4, "down"), (4, "up"), (2, "down"))
    assert hand.drawn_by() == [2]


def test_a_stroke_of_a_finger_stays_if_the_pen_comes_later():
    hand = hand_after((3, "down"), (3, "up"), (2, "down", PALM_TIME), (2, "up"))
    assert hand.drawn_by() == [3, 2]


def test_a_touch_draws_nothing_while_a_pen_hovers():
    hand = hand_after((2, "move"), (3, "down"), (3, "move"), (3, "up"))
    assert hand.drawn_by() == []


def test_an_undone_touch_is_not_removed_a_second_time():
    hand = hand_after((1, "down"), (1, "up"), (3, "down"), (3, "up"))
    hand.ink.undo()
    hand.send(2, "down")
    assert hand.drawn_by() == [1, 2]


def test_a_second_finger_draws_nothing_and_does_not_end_the_stroke_of_the_first():
    hand = hand_after((3, "down"), (4, "down"), (4, "move"), (4, "up"), (3, "move"))
    assert hand.drawn_by() == [3]
    assert hand.pointers.active == 3


@pytest.mark.parametrize("pointer", [1, 2, 3])
def test_a_pointer_that_comes_down_again_begins_another_gesture(pointer):
    hand = hand_after((pointer, "down"), (pointer, "move"), (pointer, "down"))
    assert hand.drawn_by() == [pointer, pointer]


def test_a_cancelled_pen_or_mouse_keeps_its_ink():
    hand = hand_after((2, "down"), (2, "cancel"), (1, "down"), (1, "cancel"))
    assert hand.drawn_by() == [2, 1]
    assert hand.pointers.active is None


def test_a_pen_can_draw_on_a_sheet_that_a_palm_has_filled():
    ink = Ink()
    for _ in range(MAX_GESTURES - 1):
        ink.begin((0.5, 0.5))
        ink.end()
    pointers = Pointers(ink)
    assert pointers.down(3, TOUCH, 0, (0.1, 0.1)) is Change.BEGUN
    assert pointers.down(4, MOUSE, 0, (0.1, 0.1)) is Change.NONE
    assert pointers.down(2, PEN, 0, (0.2, 0.2)) is Change.REMOVED
    assert len(ink.gestures) == MAX_GESTURES
    assert pointers.up(2, 0) is Change.ENDED
    assert pointers.down(2, PEN, 0, (0.2, 0.2)) is Change.NONE
    assert pointers.active is None
