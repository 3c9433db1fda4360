"""Writing results in ink: the hand, and the place on the sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.reading.contract import SYMBOLS
from digits.writing.beside import place_result
from digits.writing.hand import Hand
from model.export.template_hand import FILE, template_hand


def overlap(one, other):
    """Return whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_file_of_the_template_hand_is_what_the_templates_give():
    assert FILE.read_text("utf-8") == template_hand()


@given(st.text(SYMBOLS, max_size=12))
def test_a_text_is_written_from_left_to_right(text):
    hand = Hand()
    widths = [box_around(hand.write(text[:end]))[2] for end in range(1, len(text) + 1)]
    assert widths == sorted(widths)


def test_a_symbol_is_written_as_the_user_wrote_it():
    hand = Hand()
    hand.learn("1", [[(0.5, 0.2), (0.5, 0.6)]], middle=0.4, height=0.4)
    assert hand.write("1") == [[(0.0, pytest.approx(-0.5)), (0.0, pytest.approx(0.5))]]
    hand.learn("1", [[(0.2, 0.2), (0.3, 0.6)]], middle=0.4, height=0.4)
    assert hand.write("1")[0][-1] == (pytest.approx(0.25), pytest.approx(0.5))


boxes = st.tuples(
    st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.9), st.floats(0.05, 0.3)
).map(lambda b: (b[0], b[1], min(b[0] + b[2], 1), min(b[1] + b[3], 1)))


@given(st.text("0123456789./-", min_size=1, max_size=8), boxes, st.lists(boxes, max_size=3))
def test_a_result_is_on_the_sheet_and_covers_nothing(text, line, others):
    placed = place_result(Hand().write(text), line, [line, *others])
    if placed:
        box = box_around(placed)
        assert min(box) >= 0
        assert max(box) <= 1
        assert not any(overlap(box, other) for other in (line, *others))


def test_a_result_is_beside_a_short_sum_and_below_a_long_one():
    ink = Hand().write("19")
    short, long = (0.1, 0.3, 0.5, 0.5), (0.05, 0.3, 0.95, 0.5)
    assert box_around(place_result(ink, short, [short]))[0] > 0.5
    assert box_around(place_result(ink, long, [long]))[1] > 0.5


def test_without_room_nothing_is_written():
    assert place_result(Hand().write("19"), (0.05, 0.3, 0.95, 0.5), [(0.0, 0.0, 1.0, 1.0)]) == []
