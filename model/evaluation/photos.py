"""Synthetic photos of MNIST's digits: a digit on paper, with effects of pen, light and camera.

Photos of the kind "dark on light" have no effect, photos of the kind "several effects" have four or
five, and all others have one. A digit's longer side is 20 pixels in MNIST; it is enlarged to
25 to 128 pixels. The digit is rotated in some kinds, and placed at random on a sheet whose sides
have 112 to 160 pixels. The project has no real photos of digits.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from digits.picture.colour import ColourPicture
from digits.picture.components import NothingToRead
from digits.picture.light import GreyPicture
from digits.picture.search import find_writing
from digits.reading.line_reader import read_lines
from model.evaluation import camera

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from digits.picture.source import Area
    from digits.reading.recogniser import Recogniser
    from model.data.mnist import LabelledImages

    type Plane = NDArray[np.float64]

KINDS: Final = (
    "dark on light",
    "light on dark",
    "gradient",
    "shadow",
    "noise",
    "blur",
    "texture",
    "rotated",
    "small digit",
    "large digit",
    "fine pen",
    "marker",
    "faint",
    "dark desk",
    "dark frame",
    "specks",
    "JPEG blocks",
    "several effects",
)
"""The kinds of photos. The index of a kind is part of the random seed of its photos."""
SAMPLES = 3
"""A pixel of a scaled picture is the mean of SAMPLES x SAMPLES samples."""


class NumpyPicture:
    """A grey picture whose areas can be turned and scaled, as on the page's canvas."""

    def __init__(self, picture: GreyPicture) -> None:
        self.width, self.height = picture.width, picture.height
        pixels = np.frombuffer(picture.grey, np.uint8).reshape(self.height, self.width)
        self._padded = np.pad(pixels.astype(np.float64), 1, mode="edge")

    def pixels(self, area: Area, width: int, height: int) -> ColourPicture:
        """Return an area of the picture, turned upright and scaled."""
        down, across = (np.arange(side * SAMPLES) + 0.5 for side in (height, width))
        x, y = np.meshgrid(
            across / SAMPLES * area.width / width - area.width / 2,
            down / SAMPLES * area.height / height - area.height / 2,
        )
        cos, sin = math.cos(area.angle), math.sin(area.angle)
        sampled = self._sample(area.x + x * cos - y * sin, area.y + x * sin + y * cos)
        mean = sampled.reshape(height, SAMPLES, width, SAMPLES).mean((1, 3))
        grey = np.rint(mean).astype(np.uint8)
        opaque = np.full_like(grey, 255)
        return ColourPicture(width, height, np.stack([grey, grey, grey, opaque], 2).tobytes())

    def _sample(self, x: Plane, y: Plane) -> Plane:
        x = np.clip(x + 0.5, 0, self.width + 0.999)
        y = np.clip(y + 0.5, 0, self.height + 0.999)
        left, top = x.astype(int), y.astype(int)
        u, v = x - left, y - top
        upper = self._padded[top, left] * (1 - u) + self._padded[top, left + 1] * u
        lower = self._padded[top + 1, left] * (1 - u) + self._padded[top + 1, left + 1] * u
        result: Plane = upper * (1 - v) + lower * v
        return result


def photos(images: NDArray[np.uint8], kind: str, seed: int) -> list[GreyPicture]:
    """Return a photo of each image.

    Args:
        images: uint8 [N, 28, 28]; 0 is paper, 255 is ink.
        kind: One of KINDS.
        seed: Seed of the random generator.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    return [_photo(image, kind, rng) for image in images]


def photo_accuracy(recogniser: Recogniser, digits: LabelledImages, kind: str, seed: int) -> float:
    """Return the accuracy on photos of digits, which are found and read as in the app."""
    found = [read_grey(recogniser, photo) for photo in photos(digits.images, kind, seed)]
    return sum(map(str.__eq__, found, map(str, digits.labels))) / len(found)


def read_grey(recogniser: Recogniser, photo: GreyPicture) -> str:
    """Return the text that the app reads in a photo; "" if it finds nothing."""
    try:
        source = find_writing(NumpyPicture(photo))
    except NothingToRead:
        return ""
    read = asyncio.run(read_lines(recogniser, source))
    return "\n".join("".join(each.reading.label for each in line) for line in read)


def _photo(image: NDArray[np.uint8], kind: str, rng: Generator) -> GreyPicture:
    """Return a photo of a digit: ink on a sheet of paper, with light and effects of the camera."""
    effects = effects_of(kind, rng)
    height, width = rng.integers(112, 161, 2)
    return photograph(_ink(image, (height, width), effects, rng), effects, rng)


def effects_of(kind: str, rng: Generator) -> set[str]:
    """Return the effects on a photo of one of KINDS; those of "several effects" are random."""
    effects = {kind}
    if kind == "several effects":
        light_and_noise = ("gradient", "shadow", "noise", "blur", "texture")
        several = (*light_and_noise, "rotated", "JPEG blocks", "specks")
        effects |= set(rng.choice(several, 4, replace=False))
        # "plain" stands for no further effect.
        effects |= {str(rng.choice(("light on dark", "dark desk", "faint", "plain")))}
    return effects


def photograph(ink: Plane, effects: set[str], rng: Generator) -> GreyPicture:
    """Return a photo of ink on a sheet of paper. ink: 0 is paper, 1 is ink."""
    height, width = ink.shape
    paper = rng.uniform(190, 245)
    contrast = rng.uniform(0.25, 0.4) if "faint" in effects else rng.uniform(0.55, 0.9)
    scene = paper * (1 - contrast * ink)
    if "texture" in effects:
        scene *= 1 + camera.paper_texture((height, width), rng)
    if "specks" in effects:
        camera.add_specks(scene, rng)
    if "dark desk" in effects:
        camera.add_desk(scene, rng)
    if "dark frame" in effects:
        camera.add_frame(scene, rng)
    scene *= camera.light_map((height, width), effects, rng)
    if "blur" in effects:
        scene = camera.blur(scene, int(rng.integers(2, 4)))
    if "light on dark" in effects:
        scene = 255 - scene
    if "noise" in effects:
        scene = scene + rng.normal(0, rng.uniform(8, 20), scene.shape)
    if "JPEG blocks" in effects:
        scene = camera.with_jpeg_artefacts(scene, rng.uniform(25, 50))
    pixels = np.clip(np.rint(scene), 0, 255).astype(np.uint8)
    return GreyPicture(int(width), int(height), pixels.tobytes())


def _ink(
    image: NDArray[np.uint8], shape: tuple[int, int], effects: set[str], rng: Generator
) -> Plane:
    """Enlarge, rotate and place a digit; sharpen its edges. 0 is paper, 1 is ink."""
    shorter = min(shape)
    low, high = 0.4, 0.62  # the range of the digit's size, as a fraction of the shorter side
    if "small digit" in effects:
        low, high = 0.22, 0.32
    if "large digit" in effects:
        low, high = 0.7, 0.8
    size = rng.uniform(low, high) * shorter  # of the digit, whose longer side is 20 pixels in MNIST
    scale = size / 20
    angle = np.radians(rng.uniform(6, 15) * rng.choice((-1, 1)) if "rotated" in effects else 0)
    margin = 0.01 if "large digit" in effects else 0.12
    max_shifts = [(side * (1 - 2 * margin) - size * 1.2) / 2 for side in shape]
    y0, x0 = (
        side / 2 + rng.uniform(-1, 1) * max(max_shift, 0)
        for side, max_shift in zip(shape, max_shifts, strict=True)
    )
    rows, columns = np.indices(shape)
    dy, dx = (rows + 0.5 - y0) / scale, (columns + 0.5 - x0) / scale
    y = 14 + dy * np.cos(angle) - dx * np.sin(angle)
    x = 14 + dy * np.sin(angle) + dx * np.cos(angle)
    plane = camera.blur(np.pad(image / 255.0, 3), 1)
    # Strokes end where the blurred ink falls below this level; a low level makes them thick.
    edge_level = 0.22 if "marker" in effects else 0.45
    if "fine pen" in effects:
        # A pixel divided by its local maximum is 1 only along the centre line of a stroke.
        maximum = _local_maximum(plane, 2)
        plane = np.where(maximum > 0.15, plane / np.maximum(maximum, 0.15), 0)
        edge_level = 0.8
    # The plane has 3 pixels of padding, and the centre of a pixel is half a pixel from its edge.
    soft = _sample(plane, y + 2.5, x + 2.5)
    return np.clip((soft - edge_level) * min(scale, 4) + 0.5, 0, 1)


def _local_maximum(plane: Plane, radius: int) -> Plane:
    """Return the maximum within a square around each pixel."""
    padded = np.pad(plane, radius)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * radius + 1,) * 2)
    result: Plane = windows.max((2, 3))
    return result


def _sample(plane: Plane, y: Plane, x: Plane) -> Plane:
    """Sample a plane bilinearly at the points (x, y); outside of the plane, the value is 0."""
    padded = np.pad(plane, 1)
    y = np.clip(y + 1, 0, padded.shape[0] - 1.001)
    x = np.clip(x + 1, 0, padded.shape[1] - 1.001)
    i, j = y.astype(int), x.astype(int)
    v, u = y - i, x - j
    upper = padded[i, j] * (1 - u) + padded[i, j + 1] * u
    lower = padded[i + 1, j] * (1 - u) + padded[i + 1, j + 1] * u
    result: Plane = upper * (1 - v) + lower * v
    return result
