"""Digits in colour: ink on transparent paper, and ink that is as bright as its paper."""

import colorsys

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from digits.picture.colour import ColourPicture, grey_pictures, is_light_on_transparent
from digits.picture.components import NothingToRead
from digits.picture.find import find_in_colour
from tests.support.strokes import DRAWN_DIGITS
from tests.unit.picture.conftest import coloured, ink_of, with_margins

WEIGHTS = np.array([77, 150, 29]) / 256
"""The weights of red, green and blue in the brightness of a colour."""
INKS = {label: with_margins(ink_of(DRAWN_DIGITS[label]), 30, 20, 25, 20) for label in "2356"}
"""The ink of some digits with paper around it, by label: see `ink_of`."""


def read_all(read, to_pixels):
    """Return the labels that are read. to_pixels: a function that colours each ink of INKS."""
    return read([find_in_colour(to_pixels(ink)) for ink in INKS.values()])


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (250, 220, 30)])
@pytest.mark.parametrize("hidden", [0, 255])
def test_ink_of_any_colour_on_transparency_is_read(read, colour, hidden):
    """`hidden` is the brightness of the transparent pixels, which must not matter."""
    paper = (hidden, hidden, hidden, 0)
    assert read_all(read, lambda ink: coloured(ink, paper, (*colour, 255))) == "2356"


def test_a_transparent_digit_in_an_opaque_card_is_read(read):
    assert read_all(read, lambda ink: coloured(ink, (90, 90, 200, 255), (0, 0, 0, 0))) == "2356"


@pytest.mark.parametrize("colours", [((250,) * 3, (20,) * 3), ((20,) * 3, (250,) * 3)])
def test_an_opaque_card_with_transparent_corners_is_read(read, colours):
    def card(ink):
        width, height, rgba = coloured(ink, *((*colour, 255) for colour in colours))
        pixels = np.frombuffer(rgba, np.uint8).reshape(height, width, 4).copy()
        rows, columns = np.indices((height, width))
        pixels[rows + columns < 25] = pixels[height - rows + columns < 25] = 0
        return ColourPicture(width, height, pixels.tobytes())

    assert read_all(read, card) == "2356"


def of_brightness(hue, brightness):
    """Return the most saturated colour of this hue with this brightness."""
    pure, white = np.array(colorsys.hsv_to_rgb(hue, 1, 1)) * 255, np.full(3, 255.0)
    pure_brightness = WEIGHTS @ pure
    if pure_brightness > brightness:
        return pure * brightness / pure_brightness
    return pure + (white - pure) * (brightness - pure_brightness) / (255 - pure_brightness)


@settings(max_examples=5, phases=[Phase.generate])
@given(st.floats(0, 1), st.floats(0.15, 0.85), st.floats(60, 170), st.integers(0, 8))
def test_digits_in_colours_of_one_brightness_are_read(read, hue, shift, brightness, noise):
    paper, colour = of_brightness(hue, brightness), of_brightness((hue + shift) % 1, brightness)
    assume(np.abs(paper - colour).max() > 90)
    rng = np.random.default_rng(0)

    def noisy(ink):
        pixels = coloured(ink, (*paper, 255), (*colour, 255))
        values = np.frombuffer(pixels.rgba, np.uint8).reshape(-1, 4).astype(float)
        values[:, :3] += rng.normal(0, noise, (len(values), 3))
        return pixels._replace(rgba=np.clip(np.rint(values), 0, 255).astype(np.uint8).tobytes())

    assert read_all(read, noisy) == "2356"


def test_several_digits_in_colours_of_one_brightness_are_found():
    ink = np.concatenate([INKS["2"], INKS["6"][: len(INKS["2"])]], axis=1)
    red, blue = of_brightness(0, 76), of_brightness(0.66, 76)
    found = find_in_colour(coloured(ink, (*blue, 255), (*red, 255)))
    assert len(found.components) == 2


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 255), min_size=4, max_size=4), st.integers(1, 40), st.integers(1, 40)
)
def test_a_picture_of_one_colour_has_no_ink(colour, width, height):
    pixels = ColourPicture(width, height, bytes(colour) * width * height)
    with pytest.raises(NothingToRead) as error:
        find_in_colour(pixels)
    assert error.value.reason == "picture_no_ink"


@settings(max_examples=30)
@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_grey_pictures_have_the_size_of_the_picture(width, height, data):
    size = 4 * width * height
    pixels = ColourPicture(width, height, data.draw(st.binary(min_size=size, max_size=size)))
    for picture in grey_pictures(pixels):
        assert picture[:2] == (width, height)
        assert len(picture.grey) == width * height


def test_an_opaque_grey_picture_is_searched_by_its_brightness_alone():
    (grey,) = grey_pictures(coloured(INKS["2"], (230, 230, 230, 255), (50, 50, 50, 255)))
    assert {grey.grey[0], min(grey.grey)} == {230, 50}


def test_light_ink_on_transparency_is_noticed():
    light, dark = (250, 250, 240, 255), (20, 20, 60, 255)
    assert is_light_on_transparent(coloured(INKS["2"], (0, 0, 0, 0), light))
    assert not is_light_on_transparent(coloured(INKS["2"], (0, 0, 0, 0), dark))
    assert not is_light_on_transparent(coloured(INKS["2"], dark, light))
