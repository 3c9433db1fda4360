"""Finding a digit in a picture: light, pens, position, and pictures without a digit."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.drawing.raster import SIDE, rasterise
from digits.picture.components import NoDigitFound
from digits.picture.find import close_up, find
from digits.picture.light import Picture
from model.data import mnist
from model.evaluation import photos
from model.evaluation.readings import load_recogniser
from tests.support.photos import draw_on_paper
from tests.support.strokes import DRAWN_DIGITS
from tools.site.bundle import MODEL

COUNT = 10
"""How many test images of MNIST to read for each kind of photo."""


@pytest.fixture(scope="module")
def recogniser():
    """Return a recogniser with the released model."""
    return load_recogniser(MODEL)


def picture(brightness):
    """Return a Picture. brightness: the pixels as [height, width], 0 to 255."""
    height, width = brightness.shape
    return Picture(width, height, np.rint(np.clip(brightness, 0, 255)).astype(np.uint8).tobytes())


def image(brightness):
    """Find the digit in a picture; return its image as an array [SIDE, SIDE]."""
    return np.array(find(picture(brightness)).image).reshape(SIDE, SIDE)


@pytest.mark.parametrize("kind", photos.KINDS)
def test_at_least_90_percent_of_photos_are_read_correctly(recogniser, kind):
    digits = mnist.load()[1][:COUNT]
    assert photos.photo_accuracy(recogniser, digits, kind, seed=7) >= 0.9


@pytest.mark.parametrize("pen", [1, 3, 6, 12])
def test_digits_of_fine_and_thick_pens_are_read(recogniser, pen):
    images = [find(picture(draw_on_paper(strokes, pen))).image for strokes in DRAWN_DIGITS.values()]
    labels = [reading.label for reading in asyncio.run(recogniser.read(images))]
    assert labels == list(DRAWN_DIGITS)


def test_a_digit_of_a_fine_pen_looks_like_the_same_strokes_on_the_sheet():
    found, drawn = image(draw_on_paper(DRAWN_DIGITS["2"], 1.5)), rasterise(DRAWN_DIGITS["2"])
    assert found.sum() == pytest.approx(sum(drawn), rel=0.15)
    assert np.abs(found - np.array(drawn).reshape(SIDE, SIDE)).mean() < 0.04


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.integers(1, 8))
def test_an_inverted_picture_has_the_same_image(label, pen):
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


def test_both_parts_of_a_broken_digit_are_found_and_a_speck_is_ignored():
    sheet = draw_on_paper([[(0.3, 0.2), (0.3, 0.8)], [(0.5, 0.2), (0.5, 0.8)]], 6)
    whole = image(sheet)
    sheet[10:13, 100:103] = 40
    assert np.abs(image(sheet) - whole).max() < 0.02
    assert min(whole[:, :13].max(), whole[:, 15:].max()) > 0.5


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
        "edge": np.where(rows < 6, 30.0, 220.0),
        "tiny": np.full((2, 2), 9.0),
        "line": np.full((1, 120), 9.0),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["white", "black", "gradient", "noise", "shadow", "speck", "edge", "tiny", "line"]
)
def test_no_digit_is_found_in_a_picture_without_a_digit(kind):
    with pytest.raises(NoDigitFound):
        find(picture(picture_without_digit(kind)))


def test_the_area_around_a_small_digit_is_searched_again_in_a_close_up_with_a_margin():
    assert close_up((70, 60, 80, 80), 160, 120) == (60, 50, 90, 90)
    assert close_up((0, 5, 10, 25), 160, 120) == (0, 0, 20, 35)
    assert close_up((140, 100, 160, 120), 160, 120) == (130, 90, 160, 120)
    assert close_up((40, 20, 100, 80), 160, 120) is None
