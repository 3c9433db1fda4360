"""Effects of light, paper and camera on an image of a sheet of paper, for synthetic photos.

A scene is a plane of brightness values: 0 is black, 255 is white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    type Plane = NDArray[np.float64]


def light_map(shape: tuple[int, int], effects: set[str], rng: Generator) -> Plane:
    """Return the brightness of the light at each pixel of a sheet, in 0..1.

    Args:
        shape: Height and width.
        effects: "gradient" for light that fades towards one side or with the distance from a lamp,
            "shadow" for a soft shadow over one side, like that of a hand. Other words are ignored.
        rng: The random generator.
    """
    rows, columns = np.indices(shape) / max(shape)
    light = np.ones(shape)
    angle = rng.uniform(0, 2 * np.pi)
    position = rows * np.sin(angle) + columns * np.cos(angle)
    if "gradient" in effects:
        lamp_distance = np.hypot(rows - rng.uniform(0, 1), columns - rng.uniform(0, 1))
        ramp = (position - position.min()) / np.ptp(position)
        depth = rng.uniform(0.4, 0.65)
        darkness = ramp if rng.random() < 0.5 else lamp_distance / lamp_distance.max()
        light *= 1 - depth * darkness
    if "shadow" in effects:
        angle = rng.uniform(0, 2 * np.pi)
        position = rows * np.sin(angle) + columns * np.cos(angle)
        border = rng.uniform(0.2, 0.8) * np.ptp(position) + position.min()
        light *= 1 - rng.uniform(0.25, 0.45) / (
            1 + np.exp(-(position - border) / rng.uniform(0.008, 0.03))
        )
    return light


def paper_texture(shape: tuple[int, int], rng: Generator) -> Plane:
    """Return the texture of paper: relative changes of brightness, about 4% (standard deviation).

    It is a sum of fine, medium and coarse noise.
    """
    grain = sum(
        weight * _normalised(blur(rng.normal(0, 1, shape), radius))
        for radius, weight in ((1, 0.02), (3, 0.02), (9, 0.025))
    )
    return np.asarray(grain)


def _normalised(plane: Plane) -> Plane:
    """Divide by the standard deviation."""
    result: Plane = plane / plane.std()
    return result


def add_specks(scene: Plane, rng: Generator) -> None:
    """Add small specks that are darker or lighter than the scene."""
    height, width = scene.shape
    for _ in range(rng.integers(4, 12)):
        y, x = rng.integers(0, height - 3), rng.integers(0, width - 3)
        scene[y : y + rng.integers(1, 4), x : x + rng.integers(1, 4)] *= rng.uniform(0.3, 1.1)


def add_desk(scene: Plane, rng: Generator) -> None:
    """Replace strips along one or two sides of the sheet by a dark desk; the edges are slanted."""
    height, width = scene.shape
    rows, columns = np.indices(scene.shape)
    brightness = rng.uniform(20, 110)
    for _ in range(rng.integers(1, 3)):
        depth, slant = rng.uniform(0.02, 0.07), rng.uniform(-0.05, 0.05)
        side = rng.integers(0, 4)
        from_side = (rows, height - 1 - rows, columns, width - 1 - columns)[side]
        along_side = (columns, columns, rows, rows)[side]
        scene[from_side < depth * height + slant * along_side] = brightness


def add_frame(scene: Plane, rng: Generator) -> None:
    """Draw a dark rectangular frame near the border, like the box of a form."""
    inset, thickness = int(rng.integers(0, 4)), int(rng.integers(1, 4))
    inner = inset + thickness
    is_frame = np.zeros(scene.shape, bool)
    is_frame[inset : -inset or None, inset : -inset or None] = True
    is_frame[inner:-inner, inner:-inner] = False
    scene[is_frame] = rng.uniform(20, 110)


def blur(plane: Plane, radius: int) -> Plane:
    """Blur with a triangular kernel. radius: in pixels."""
    weights = np.convolve(np.ones(radius + 1), np.ones(radius + 1)) / (radius + 1) ** 2
    for axis in (0, 1):
        padding = [(radius, radius) if axis == other else (0, 0) for other in (0, 1)]
        padded = np.pad(plane, padding, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis)
        plane = windows @ weights
    return plane


def with_jpeg_artefacts(scene: Plane, step: float) -> Plane:
    """Quantise the cosine transform of blocks of 8x8 pixels, as JPEG compression does.

    Args:
        scene: The image.
        step: Scale of the quantisation. The coefficient of vertical frequency i and horizontal
            frequency j, both in 0..7, is rounded to a multiple of step * (1 + i + j) / 4.
    """
    height, width = scene.shape
    i = np.arange(8)
    basis = (
        np.cos(np.pi * (2 * i[None] + 1) * i[:, None] / 16) * np.where(i, 0.5, 0.125**0.5)[:, None]
    )
    padded = np.pad(scene, ((0, -height % 8), (0, -width % 8)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // 8, 8, -1, 8).transpose(0, 2, 1, 3)
    steps = step * (1 + i[:, None] + i[None]) / 4
    coarse = np.rint(basis @ blocks @ basis.T / steps) * steps
    restored = (basis.T @ coarse @ basis).transpose(0, 2, 1, 3).reshape(padded.shape)
    result: Plane = restored[:height, :width]
    return result
