"""Effects of light, paper and camera on an image of a sheet, for `model.evaluation.photos`.

A scene is a plane of brightness values: 0 is black, 255 is white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    type Plane = NDArray[np.float64]


def light(shape: tuple[int, int], effects: set[str], rng: Generator) -> Plane:
    """Return the light on a sheet, in 0..1.

    Args:
        shape: Height and width.
        effects: "gradient" for light that fades to one side or with the distance from a lamp,
            "shadow" for the soft shadow of a hand.
        rng: The random generator.
    """
    rows, columns = np.indices(shape) / max(shape)
    light = np.ones(shape)
    angle = rng.uniform(0, 2 * np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    if "gradient" in effects:
        lamp = np.hypot(rows - rng.uniform(0, 1), columns - rng.uniform(0, 1))
        ramp = (along - along.min()) / np.ptp(along)
        light *= 1 - rng.uniform(0.4, 0.65) * (ramp if rng.random() < 0.5 else lamp / lamp.max())
    if "shadow" in effects:
        angle = rng.uniform(0, 2 * np.pi)
        along = rows * np.sin(angle) + columns * np.cos(angle)
        border = rng.uniform(0.2, 0.8) * np.ptp(along) + along.min()
        light *= 1 - rng.uniform(0.25, 0.45) / (
            1 + np.exp(-(along - border) / rng.uniform(0.008, 0.03))
        )
    return light


def texture(shape: tuple[int, int], rng: Generator) -> Plane:
    """Return the grain of paper, from fine to coarse: about 4 % of its brightness."""
    grain = sum(
        weight * _normalised(blur(rng.normal(0, 1, shape), radius))
        for radius, weight in ((1, 0.02), (3, 0.02), (9, 0.025))
    )
    return np.asarray(grain)


def _normalised(plane: Plane) -> Plane:
    result: Plane = plane / plane.std()
    return result


def specks(scene: Plane, rng: Generator) -> None:
    """Add small dark and light specks."""
    height, width = scene.shape
    for _ in range(rng.integers(4, 12)):
        y, x = rng.integers(0, height - 3), rng.integers(0, width - 3)
        scene[y : y + rng.integers(1, 4), x : x + rng.integers(1, 4)] *= rng.uniform(0.3, 1.1)


def desk(scene: Plane, rng: Generator) -> None:
    """Show the desk along one or two sides of the sheet, at a slant."""
    height, width = scene.shape
    rows, columns = np.indices(scene.shape)
    brightness = rng.uniform(20, 110)
    for _ in range(rng.integers(1, 3)):
        depth, slant = rng.uniform(0.02, 0.07), rng.uniform(-0.05, 0.05)
        side = rng.integers(0, 4)
        away = (rows, height - 1 - rows, columns, width - 1 - columns)[side]
        across = (columns, columns, rows, rows)[side]
        scene[away < depth * height + slant * across] = brightness


def frame(scene: Plane, rng: Generator) -> None:
    """Draw a rectangle near the border, like the box of a form."""
    inset, thick = int(rng.integers(0, 4)), int(rng.integers(1, 4))
    inside = np.zeros(scene.shape, bool)
    inside[inset : -inset or None, inset : -inset or None] = True
    inside[inset + thick : -inset - thick, inset + thick : -inset - thick] = False
    scene[inside] = rng.uniform(20, 110)


def blur(plane: Plane, radius: int) -> Plane:
    """Blur with a triangular kernel of this radius, in pixels."""
    weights = np.convolve(np.ones(radius + 1), np.ones(radius + 1)) / (radius + 1) ** 2
    for axis in (0, 1):
        around = [(radius, radius) if axis == other else (0, 0) for other in (0, 1)]
        padded = np.pad(plane, around, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis)
        plane = windows @ weights
    return plane


def blocks(scene: Plane, step: float) -> Plane:
    """Quantise the cosine transform of blocks of 8x8 pixels, as JPEG does.

    Args:
        scene: The image.
        step: Quantisation step; higher frequencies use larger steps.
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
