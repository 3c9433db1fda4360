"""Writing results in ink: the hand, and the place on the sheet."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.reading.contract import SYMBOLS
from digits.writing.beside import place_result
from digits.writing.hand import PER_SYMBOL, STEP, Hand
from digits.writing.sample import Sample
from model.export.template_hand import FILE, template_hand


def overlap(one, other):
    """Return whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_file_of_the_template_hand_is_up_to_date():
    assert FILE.read_text("utf-8") == template_hand()


@given(st.text(SYMBOLS, max_size=12))
def test_a_text_is_written_from_left_to_right(text):
    hand = Hand()
    widths = [box_around(hand.write(text[:end]))[2] for end in range(1, len(text) + 1)]
    assert widths == sorted(widths)


def sample(symbol, drawing, width=0):
    """Return a sample: a line as high as a digit, from the top left to the bottom right."""
    return Sample(symbol, drawing, None, (((0, -50), (width, 50)),))


def test_a_symbol_is_written_as_the_user_last_wrote_it():
    hand = Hand([sample("1", 1), sample("1", 2, width=25)])
    (stroke,) = hand.write("1")
    assert (stroke[0], stroke[-1]) == ((0, -0.5), (0.25, 0.5))
    hand.remove(lambda each: each.drawing == 2)
    (stroke,) = hand.write("1")
    assert (stroke[0], stroke[-1]) == ((0, -0.5), (0, 0.5))
    hand.remove(lambda each: each.drawing == 1)
    assert hand.write("1") == Hand().write("1")


def test_a_sample_is_written_at_an_even_speed():
    (stroke,) = Hand([sample("1", 1, width=30)]).write("1")
    steps = [math.dist(*pair) for pair in pairwise(stroke)]
    assert max(steps) <= STEP
    assert min(steps) > STEP / 2


def test_a_dot_is_written_as_a_dot():
    hand = Hand([Sample(".", 1, None, (((0, 48),),))])
    assert hand.write(".") == [[(0, 0.48)]]


def test_only_the_latest_samples_of_a_symbol_are_stored():
    samples = [sample(symbol, drawing) for drawing in range(4) for symbol in "17"]
    hand = Hand(samples)
    assert hand.samples == samples[-2 * PER_SYMBOL :]
    hand.add(sample("1", 2, width=9))  # the same drawing again
    assert [each.drawing for each in hand.samples if each.symbol == "1"] == [3, 2]
    assert len(hand.samples) == 2 * PER_SYMBOL


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


def test_a_long_sum_from_the_left_edge_has_its_result_below():
    ink = Hand().write("19")
    line = (0.0, 0.3, 0.95, 0.4)
    assert box_around(place_result(ink, line, [line]))[1] > 0.4


def test_without_room_nothing_is_written():
    assert place_result(Hand().write("19"), (0.05, 0.3, 0.95, 0.5), [(0.0, 0.0, 1.0, 1.0)]) == []
