"""Finding digits in a picture: light, pens, position, several digits, and none."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from digits.drawing.raster import SIDE, rasterise
from digits.picture.components import NothingToRead
from digits.picture.find import find
from model.data import mnist
from model.evaluation import photos
from tests.support.photos import draw_on_paper
from tests.support.strokes import DRAWN_DIGITS
from tests.unit.picture.conftest import ink_of, on_paper, picture, with_margins

COUNT = 10
"""The number of MNIST's test images to read for each kind of photo."""


def image(brightness):
    """Find the digit in a picture; return its image as an array [SIDE, SIDE]."""
    found = find(picture(brightness))
    return np.array(found.image(found.components)).reshape(SIDE, SIDE)


@pytest.fixture(scope="module")
def digits():
    """Return COUNT of MNIST's test images."""
    return mnist.load()[1][:COUNT]


@pytest.mark.parametrize("kind", photos.KINDS)
def test_at_least_90_percent_of_photos_are_read_correctly(recogniser, digits, kind):
    assert photos.photo_accuracy(recogniser, digits, kind, seed=7) >= 0.9


@pytest.mark.parametrize("pen", [1, 3, 6, 12])
def test_digits_of_fine_and_thick_pens_are_read(read, pen):
    found = [find(picture(draw_on_paper(strokes, pen))) for strokes in DRAWN_DIGITS.values()]
    assert read(found) == "".join(DRAWN_DIGITS)


def test_a_digit_of_a_fine_pen_looks_like_the_same_strokes_on_the_sheet():
    found, drawn = image(draw_on_paper(DRAWN_DIGITS["2"], 1.5)), rasterise(DRAWN_DIGITS["2"])
    assert found.sum() == pytest.approx(sum(drawn), rel=0.15)
    assert np.abs(found - np.array(drawn).reshape(SIDE, SIDE)).mean() < 0.04


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.integers(1, 8))
def test_inverting_a_picture_does_not_change_the_image_of_its_digit(label, pen):
    sheet = np.rint(draw_on_paper(DRAWN_DIGITS[label], pen))
    assert np.abs(image(sheet) - image(255 - sheet)).max() < 1e-6


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.floats(0.4, 1.1))
def test_the_strength_of_the_light_hardly_changes_the_image(label, light):
    sheet = draw_on_paper(DRAWN_DIGITS[label], 6)
    assert np.abs(image(sheet) - image(sheet * light)).max() < 0.1


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.integers(-5, 5), st.integers(-5, 5))
def test_the_position_of_the_digit_hardly_changes_the_image(label, x, y):
    still, moved = (
        draw_on_paper(DRAWN_DIGITS[label], 6, 3 * dx, 3 * dy) for dx, dy in ((0, 0), (x, y))
    )
    assert np.abs(image(still) - image(moved)).max() < 0.1


def test_the_box_of_the_digit_is_found():
    left, top, right, bottom = find(picture(draw_on_paper(DRAWN_DIGITS["1"], 4, x=20))).box
    assert (left, right) == (pytest.approx(78, abs=2), pytest.approx(84, abs=2))
    assert (top, bottom) == (pytest.approx(28, abs=2), pytest.approx(92, abs=2))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([(0.64, 0.22), (0.45, 0.21)], [(0.37, 0.24), *DRAWN_DIGITS["5"][0][2:]]),
        ([(0.42, 0.2), (0.3, 0.55), (0.5, 0.55)], [(0.6, 0.3), (0.58, 0.8)]),
        (DRAWN_DIGITS["9"][0][:6], [(0.61, 0.41), (0.55, 0.8)]),
    ],
    ids=["the bar of a 5", "an open 4", "the stem of a 9"],
)
def test_both_parts_of_a_broken_digit_are_found_and_a_speck_is_ignored(first, second):
    sheet = draw_on_paper([first, second], 6)
    undisturbed, box = image(sheet), find(picture(sheet)).box
    sheet[10:13, 100:103] = 40
    assert np.abs(image(sheet) - undisturbed).max() < 0.02
    left, top, right, bottom = find(picture(draw_on_paper([first + second], 6))).box
    assert box == pytest.approx((left, top, right, bottom), abs=2)


SHAPES = {**DRAWN_DIGITS, "1": [[(0.36, 0.4), (0.52, 0.2), (0.5, 0.8)]]}
"""The drawn digits. The 1 has a flag, because a picture cropped tightly to a plain vertical line
would contain no paper."""


@settings(max_examples=5, phases=[Phase.generate], derandomize=True)
@given(
    st.lists(st.sampled_from([0, 1, 2, 3, 40]), min_size=4, max_size=4),
    st.sampled_from([4, 7]),
    st.booleans(),
)
def test_at_most_one_of_the_digits_cropped_tightly_is_misread(read, margins, pen, is_inverted):
    found = []
    for strokes in SHAPES.values():
        sheet = on_paper(with_margins(ink_of(strokes, pen, 100), *margins))
        found.append(find(picture(255 - sheet if is_inverted else sheet)))
    wrong = [a for a, b in zip(read(found), SHAPES, strict=True) if a != b]
    assert len(wrong) <= 1, wrong


def ink_of_several(digits, pen, gap, is_stacked):
    """Return the ink of digits beside each other, or one above the other.

    Args:
        digits: the label of each digit, and its scale: see `ink_of`.
        pen: the width of the pen in pixels.
        gap: the space after each digit, as a fraction of the height of the largest digit; of the
            width of the widest one if the digits are stacked.
        is_stacked: whether the digits are one above the other.
    """
    inks = [ink_of(SHAPES[label], pen, scale) for label, scale in digits]
    if is_stacked:
        inks = [ink.T for ink in inks]
    height = max(len(ink) for ink in inks)
    padded = [with_margins(ink, 0, height - len(ink), round(gap * height), 0) for ink in inks]
    line = with_margins(np.concatenate(padded, axis=1), 20, 15, 10, 15)
    return line.T if is_stacked else line


@settings(max_examples=10, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SHAPES)), st.sampled_from([60, 100])),
        min_size=2,
        max_size=3,
    ),
    st.sampled_from([4, 8]),
    st.floats(0.25, 0.6),
    st.booleans(),
)
def test_several_digits_are_found(digits, pen, gap, is_stacked):
    sheet = on_paper(ink_of_several(digits, pen, gap, is_stacked))
    found = find(picture(sheet))
    assert len(found.components) >= len(digits)
    left, top, right, bottom = found.box
    assert max(right - left, bottom - top) > 0.5 * max(sheet.shape)


def picture_without_digit(kind):
    """Return the brightness of a picture without a digit. kind: a key of the dictionary below."""
    rows, columns = np.indices((120, 120))
    noise = np.random.default_rng(1).normal(0, 10, (120, 120))
    return {
        "white": np.full((120, 120), 255.0),
        "black": np.zeros((120, 120)),
        "gradient": 100 + rows * 0.5 + columns * 0.5,
        "noise": 200 + noise,
        "shadow": 220 - 90 / (1 + np.exp((rows - columns) / 3.0)),
        "speck": np.where((abs(rows - 60) < 3) & (abs(columns - 50) < 3), 30.0, 220.0),
        "spot": np.where(np.hypot(rows - 60, columns - 50) < 16, 30.0, 220.0),
        "edge": np.where(rows < 6, 30.0, 220.0),
        "corner": np.where((rows < 6) | (columns > 111), 30.0, 220.0),
        "frame": np.where(np.maximum(abs(rows - 59.5), abs(columns - 59.5)) > 55, 30.0, 220.0),
        "tiny": np.full((2, 2), 9.0),
        "line": np.full((1, 120), 9.0),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("white", "picture_no_ink"),
        ("black", "picture_no_ink"),
        ("gradient", "picture_at_edge"),
        ("noise", "picture_no_ink"),
        ("shadow", "picture_at_edge"),
        ("tiny", "picture_no_ink"),
        ("line", "picture_no_ink"),
        ("speck", "picture_small"),
        ("spot", "picture_spot"),
        ("edge", "picture_at_edge"),
        ("corner", "picture_at_edge"),
        ("frame", "picture_at_edge"),
    ],
)
def test_no_digit_is_found_in_a_picture_without_a_digit_and_the_reason_is_reported(kind, reason):
    with pytest.raises(NothingToRead) as error:
        find(picture(picture_without_digit(kind)))
    assert error.value.reason == reason


def test_a_frame_and_the_edge_of_a_desk_do_not_hide_the_digit():
    sheet = draw_on_paper(DRAWN_DIGITS["3"], 6)
    undisturbed = image(sheet)
    for inset in (0, 2):
        framed = np.full((120, 120), 60.0)
        framed[4 + inset : 116 - inset, 4 + inset : 116 - inset] = 230
        framed[:inset] = framed[120 - inset :] = framed[:, :inset] = framed[:, 120 - inset :] = 230
        assert np.abs(image(np.minimum(sheet, framed)) - undisturbed).max() < 0.1
    sheet[:9] = sheet[:, 112:] = 60
    assert np.abs(image(sheet) - undisturbed).max() < 0.1
