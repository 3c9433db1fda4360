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

EACH = 10


@pytest.fixture(scope="module")
def reader():
    return load_recogniser(MODEL)


def picture(brightness):
    height, width = brightness.shape
    return Picture(width, height, np.rint(np.clip(brightness, 0, 255)).astype(np.uint8).tobytes())


def image(brightness):
    return np.array(find(picture(brightness)).image).reshape(SIDE, SIDE)


@pytest.mark.parametrize("kind", photos.KINDS)
def test_photos_are_read(reader, kind):
    digits = mnist.load()[1][:EACH]
    assert photos.photo_accuracy(reader, digits, kind, seed=7) >= 0.9


@pytest.mark.parametrize("pen", [1, 3, 6, 12])
def test_pens_of_any_thickness_are_read(reader, pen):
    images = [find(picture(draw_on_paper(strokes, pen))).image for strokes in DRAWN_DIGITS.values()]
    found = [each.label for each in asyncio.run(reader.read(images))]
    assert found == list(DRAWN_DIGITS)


def test_a_fine_pen_becomes_as_thick_as_ink():
    ours, theirs = image(draw_on_paper(DRAWN_DIGITS["2"], 1.5)), rasterise(DRAWN_DIGITS["2"])
    assert ours.sum() == pytest.approx(sum(theirs), rel=0.15)
    assert np.abs(ours - np.array(theirs).reshape(SIDE, SIDE)).mean() < 0.04


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.integers(1, 8))
def test_light_on_dark_is_the_same_as_dark_on_light(label, pen):
    sheet = np.rint(draw_on_paper(DRAWN_DIGITS[label], pen))
    assert np.abs(image(sheet) - image(255 - sheet)).max() < 1e-6


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.floats(0.4, 1.1))
def test_dimmer_light_leaves_the_image_nearly_the_same(label, light):
    sheet = draw_on_paper(DRAWN_DIGITS[label], 6)
    assert np.abs(image(sheet) - image(sheet * light)).max() < 0.1


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DRAWN_DIGITS)), st.integers(-5, 5), st.integers(-5, 5))
def test_moving_the_digit_leaves_the_image_nearly_the_same(label, x, y):
    still, moved = (
        draw_on_paper(DRAWN_DIGITS[label], 6, 3 * dx, 3 * dy) for dx, dy in ((0, 0), (x, y))
    )
    assert np.abs(image(still) - image(moved)).max() < 0.1


def test_the_box_is_where_the_digit_is():
    left, top, right, bottom = find(picture(draw_on_paper(DRAWN_DIGITS["1"], 4, x=20))).box
    assert (left, right) == (pytest.approx(78, abs=2), pytest.approx(84, abs=2))
    assert (top, bottom) == (pytest.approx(28, abs=2), pytest.approx(92, abs=2))


def test_the_parts_of_a_broken_digit_stay_and_specks_do_not():
    sheet = draw_on_paper([[(0.3, 0.2), (0.3, 0.8)], [(0.5, 0.2), (0.5, 0.8)]], 6)
    whole = image(sheet)
    sheet[10:13, 100:103] = 40
    assert np.abs(image(sheet) - whole).max() < 0.02
    assert min(whole[:, :13].max(), whole[:, 15:].max()) > 0.5


def blank(kind):
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
def test_nothing_is_found_where_nothing_is(kind):
    with pytest.raises(NoDigitFound):
        find(picture(blank(kind)))


def test_a_small_digit_gets_a_close_up_with_a_margin():
    assert close_up((70, 60, 80, 80), 160, 120) == (60, 50, 90, 90)
    assert close_up((0, 5, 10, 25), 160, 120) == (0, 0, 20, 35)
    assert close_up((140, 100, 160, 120), 160, 120) == (130, 90, 160, 120)
    assert close_up((40, 20, 100, 80), 160, 120) is None
