"""Drawing strokes as images: the format of MNIST, and the thickness of its lines."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digits.drawing.raster import BOX, SIDE, rasterise
from model.data import mnist

coordinate = st.floats(0, 1, width=32)
points = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=12)
drawings = st.lists(points, min_size=1, max_size=4)


def pixels(strokes):
    """Return the image of strokes as an array [SIDE, SIDE]."""
    return np.array(rasterise(strokes)).reshape(SIDE, SIDE)


def extent(strokes):
    """Return the longer side of the box around strokes."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    return max(max(xs) - min(xs), max(ys) - min(ys))


def arc(x, y, rx, ry, start, stop):
    """Return the points of an arc around (x, y), from one angle to another, in degrees."""
    angles = np.radians(np.linspace(start, stop, 30))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


SHAPES = {
    "0": [arc(0, 0, 0.6, 1, 0, 360)],
    "1": [[(0, 0), (0.1, 1)]],
    "2": [[*arc(0, -0.5, 0.5, 0.5, -160, 40), (-0.5, 1), (0.6, 1)]],
    "3": [[*arc(0, -0.5, 0.4, 0.5, -110, 90), *arc(0, 0.5, 0.45, 0.5, -90, 110)]],
    "7": [[(0, 0), (0.7, 0), (0.3, 1)]],
}
"""The strokes of some digits, by label."""


@given(drawings, st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(1e-2, 1e3))
def test_position_and_scale_of_the_drawing_do_not_change_the_image(strokes, dx, dy, scale):
    assume(extent(strokes) == 0 or extent(strokes) > 1e-3)
    moved = [[(x * scale + dx, y * scale + dy) for x, y in stroke] for stroke in strokes]
    assume(extent(strokes) == 0 or extent(moved) > 0)
    assert np.abs(pixels(strokes) - pixels(moved)).max() <= 0.02


@given(drawings)
def test_pixels_are_in_0_to_1(strokes):
    image = pixels(strokes)
    assert image.min() >= 0
    assert image.max() == pytest.approx(1, abs=0.3)
    assert image.max() <= 1


@pytest.mark.parametrize("name", SHAPES)
def test_the_centre_of_mass_is_the_centre_of_the_image(name):
    image = pixels(SHAPES[name])
    rows, columns = np.indices(image.shape) + 0.5
    centre = ((rows * image).sum() / image.sum(), (columns * image).sum() / image.sum())
    assert centre == pytest.approx((SIDE / 2, SIDE / 2), abs=0.1)


@pytest.mark.parametrize("name", SHAPES)
def test_the_longer_side_has_20_pixels_and_the_aspect_ratio_is_unchanged(name):
    image = pixels(SHAPES[name])
    height, width = (np.ptp(np.flatnonzero(image.max(axis) > 0.5)) + 1 for axis in (1, 0))
    assert height == pytest.approx(BOX, abs=1.01)
    xs, ys = zip(*SHAPES[name][0], strict=True)
    thickness = mean_thickness(image[np.newaxis])
    expected = (BOX - thickness) * np.ptp(xs) / np.ptp(ys) + thickness
    assert width == pytest.approx(expected, abs=1.5)


def mean_thickness(images):
    """Return the mean thickness of the lines: twice the area divided by the perimeter.

    The perimeter is the total variation of the images (the coarea formula).
    """
    across = np.diff(images, axis=2, prepend=0, append=0)[:, :, 1:]
    down = np.diff(images, axis=1, prepend=0, append=0)[:, 1:, :]
    perimeters = np.hypot(across, down).sum((1, 2))
    return float((2 * images.sum((1, 2)) / perimeters).mean())


def test_lines_are_as_thick_as_those_of_mnist():
    training, _ = mnist.load()
    mnist_thickness = mean_thickness(training[:6_000].images / 255)
    thickness = mean_thickness(np.array([pixels(strokes) for strokes in SHAPES.values()]))
    assert thickness == pytest.approx(mnist_thickness, rel=0.03)


def test_order_and_direction_of_strokes_do_not_change_the_image():
    strokes = [[(0, 0), (4, 1), (2, 9)], [(0, 5), (4, 5)]]
    reversed_strokes = [stroke[::-1] for stroke in strokes[::-1]]
    assert np.abs(pixels(strokes) - pixels(reversed_strokes)).max() < 1e-6


def test_a_single_point_is_a_dot_in_the_centre():
    image = pixels([[(17.0, 4.0)]])
    assert image[13:15, 13:15].min() == image.max() > 0.8
    assert image[:10].max() == image[18:].max() == 0
    assert np.array_equal(image, image.T)


@pytest.mark.parametrize("strokes", [[], [[]]])
def test_the_image_is_blank_without_points(strokes):
    assert not pixels(strokes).any()


def test_more_points_on_the_same_line_do_not_change_the_image():
    few = [[(0, 0), (10, 10)]]
    many = [[(i / 10, i / 10) for i in range(101)]]
    assert np.abs(pixels(few) - pixels(many)).max() < 1e-6
