"""Finding numbers in pictures: tilted, small, touching or at the edge; and their boxes."""

import asyncio
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.drawing.ink import box_around
from digits.picture.components import NothingToRead
from digits.picture.search import MAX_PIXELS, SYMBOL_HEIGHT, find_writing
from digits.picture.source import Area
from digits.reading.line_reader import read_lines
from model.evaluation.photos import NumpyPicture
from tests.support.photos import draw_on_paper
from tests.support.strokes import DRAWN_DIGITS, write_neatly
from tests.unit.picture.conftest import picture

SIDE = 400
"""The side of a picture in pixels."""


def number(text, angle=0.0, scale=1.0):
    """Return the strokes of a number in the middle of a sheet, each coordinate in 0..1.

    Args:
        text: the digits of the number.
        angle: how far the number is turned clockwise, in radians.
        scale: how many times as large as DRAWN_DIGITS its digits are.
    """
    strokes, x = [], 0.0
    for label in text:
        left, _, right, _ = box_around(DRAWN_DIGITS[label])
        strokes += [[(x + a - left, b - 0.5) for a, b in stroke] for stroke in DRAWN_DIGITS[label]]
        x += right - left + 0.15
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    return [
        [(0.5 + (a - x / 2) * cos - b * sin, 0.5 + (a - x / 2) * sin + b * cos) for a, b in stroke]
        for stroke in strokes
    ]


def photo(strokes, pen=8.0):
    """Return a picture of strokes on paper."""
    return NumpyPicture(picture(draw_on_paper(strokes, pen, side=SIDE, scale=SIDE)))


def text_of(recogniser, source):
    """Return the text that is read, with a line break between lines."""
    read = asyncio.run(read_lines(recogniser, source))
    return "\n".join("".join(symbol.reading.label for symbol in line) for line in read)


@pytest.mark.parametrize("degrees", [-15, -8, 0, 8, 15])
def test_a_number_is_read_at_any_angle_up_to_15_degrees(recogniser, degrees):
    strokes = number("3620", math.radians(degrees), 0.45)
    assert text_of(recogniser, find_writing(photo(strokes))) == "3620"


@pytest.mark.parametrize("scale", [0.15, 0.3, 0.5])
def test_a_number_of_any_size_is_read(recogniser, scale):
    strokes = number("853", scale=scale)
    assert text_of(recogniser, find_writing(photo(strokes, pen=40 * scale))) == "853"


def test_two_lines_are_read_as_two_lines(recogniser):
    strokes = [
        [(x, y + move) for x, y in stroke]
        for text, move in (("36", -0.2), ("825", 0.2))
        for stroke in number(text, scale=0.4)
    ]
    assert text_of(recogniser, find_writing(photo(strokes))) == "36\n825"


@pytest.mark.parametrize("degrees", [0, 12])
def test_the_box_of_a_digit_lies_around_the_digit_on_the_sheet(recogniser, degrees):
    angle = math.radians(degrees)
    strokes = number("362", angle, 0.45)
    source = find_writing(photo(strokes))
    ((first, *_),) = asyncio.run(read_lines(recogniser, source))
    expected = box_around([strokes[0]])
    assert source.on_sheet(first.box) == pytest.approx(expected, abs=0.03)


def test_the_boxes_of_a_wide_picture_are_in_the_middle_of_the_square_sheet():
    sheet = draw_on_paper(number("36", scale=0.4), 8, side=SIDE, scale=SIDE)
    wide = NumpyPicture(picture(np.pad(sheet, ((0, 0), (SIDE, SIDE)), mode="edge")))
    source = find_writing(wide)
    left, top, right, bottom = source.on_sheet(source.box([0, 1]))
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.02)
    assert (top + bottom) / 2 == pytest.approx(0.5, abs=0.02)
    assert bottom - top == pytest.approx(0.4 * 0.6 / 3, abs=0.03)


def test_several_digits_are_searched_again_at_the_resolution_that_grouping_needs():
    strokes = number("36", scale=0.15)
    source = find_writing(photo(strokes, pen=4))
    _, top, _, bottom = source.box([0, 1])
    assert bottom - top == pytest.approx(SYMBOL_HEIGHT, rel=0.35)
    assert source.found.grid.width * source.found.grid.height <= MAX_PIXELS


def test_a_long_line_is_read(recogniser):
    text = "36208" * 4
    strokes = number(text, scale=0.06)
    sheet = draw_on_paper(strokes, 3, side=900, scale=900)
    rows = np.nonzero((sheet < 200).any(1))[0]
    columns = np.nonzero((sheet < 200).any(0))[0]
    strip = sheet[rows[0] - 20 : rows[-1] + 20, max(columns[0] - 20, 0) : columns[-1] + 20]
    assert text_of(recogniser, find_writing(NumpyPicture(picture(strip)))) == text


@pytest.mark.parametrize("text", ["28", "36", "20"])
def test_neighbours_that_touch_are_read(recogniser, text, monkeypatch):
    monkeypatch.setattr("tests.support.strokes.GAP", 0.06)  # 6 pixels: less than the pen
    strokes = write_neatly("5", height=0.25) + write_neatly(text, height=0.25, left=0.4)
    assert text_of(recogniser, find_writing(photo(strokes, pen=9.0))) == f"5{text}"


def test_two_digits_that_touch_are_read_even_if_the_picture_shows_nothing_else(
    recogniser, monkeypatch
):
    monkeypatch.setattr("tests.support.strokes.GAP", 0.06)
    assert text_of(recogniser, find_writing(photo(write_neatly("36", height=0.25)))) == "36"


@pytest.mark.parametrize("width", [3, 20])
def test_the_edge_of_a_desk_beside_a_number_is_no_digit(recogniser, width):
    sheet = draw_on_paper(number("59", scale=0.45), 10, side=SIDE, scale=SIDE)
    rows, columns = np.indices(sheet.shape)
    sheet[(columns < width - rows / 40) & (rows < 200)] = 60
    assert text_of(recogniser, find_writing(NumpyPicture(picture(sheet)))) == "59"


@pytest.mark.parametrize("margin", [0, 1, 3, 8])
def test_a_digit_at_the_edge_of_a_picture_is_not_lost(recogniser, margin):
    sheet = draw_on_paper(number("362", scale=0.4), 8, side=SIDE, scale=SIDE)
    left = np.nonzero((sheet < 200).any(0))[0][0]
    cropped = NumpyPicture(picture(sheet[:, left - margin :]))
    assert text_of(recogniser, find_writing(cropped)) == "362"


def test_flat_signs_are_neither_enlarged_without_limit_nor_cut():
    bars = [[(0.3, y), (0.7, y)] for y in (0.45, 0.55)]
    source = find_writing(photo(bars, pen=20))
    assert source.scale <= 1
    assert all(not candidate.splits for candidate in source.groups().values())


def test_a_picture_with_too_many_marks_is_refused():
    rows, columns = np.indices((600, 600))
    inside = (np.minimum(rows, columns) > 60) & (np.maximum(rows, columns) < 540)
    marks = 180.0 * ((rows % 60 < 44) & (columns % 36 < 8) & inside)
    with pytest.raises(NothingToRead) as error:
        find_writing(NumpyPicture(picture(230 - marks)))
    assert error.value.reason == "picture_crowded"


coordinates = st.floats(-50, 50)


@given(coordinates, coordinates, st.floats(1, 90), st.floats(1, 90), st.floats(-0.4, 0.4))
def test_a_turned_area_keeps_its_middle_and_its_distances(x, y, width, height, angle):
    area = Area(x, y, width, height, angle)
    assert area.position(width / 2, height / 2) == pytest.approx((x, y))
    corner, opposite = area.position(0, 0), area.position(width, height)
    assert math.dist(corner, opposite) == pytest.approx(math.hypot(width, height))
