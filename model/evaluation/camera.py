"""What light, paper and a camera do to a sheet with a digit: the parts of `model.photos`.

A scene is a plane of brightness, 0 is black, 255 is white.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    type Plane = NDArray[np.float64]


def light(shape: tuple[int, int], does: set[str], rng: Generator) -> Plane:
    """Give light that falls off to a side or from a lamp, and the shadow of a hand."""
    rows, columns = np.indices(shape) / max(shape)
    light = np.ones(shape)
    angle = rng.uniform(0, 2 * np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    if "gradient" in does:
        lamp = np.hypot(rows - rng.uniform(0, 1), columns - rng.uniform(0, 1))
        ramp = (along - along.min()) / np.ptp(along)
        light *= 1 - rng.uniform(0.4, 0.65) * (ramp if rng.random() < 0.5 else lamp / lamp.max())
    if "shadow" in does:
        angle = rng.uniform(0, 2 * np.pi)
        along = rows * np.sin(angle) + columns * np.cos(angle)
        border = rng.uniform(0.2, 0.8) * np.ptp(along) + along.min()
        light *= 1 - rng.uniform(0.25, 0.45) / (
            1 + np.exp(-(along - border) / rng.uniform(0.008, 0.03))
        )
    return light


def texture(shape: tuple[int, int], rng: Generator) -> Plane:
    """Give the grain of paper, from fine to coarse: about 4 % of its brightness."""
    grain = sum(
        weight * _normal(blur(rng.normal(0, 1, shape), radius))
        for radius, weight in ((1, 0.02), (3, 0.02), (9, 0.025))
    )
    return np.asarray(grain)


def _normal(plane: Plane) -> Plane:
    result: Plane = plane / plane.std()
    return result


def specks(scene: Plane, rng: Generator) -> None:
    """Add crumbs and dots, dark and light."""
    height, width = scene.shape
    for _ in range(rng.integers(4, 12)):
        y, x = rng.integers(0, height - 3), rng.integers(0, width - 3)
        scene[y : y + rng.integers(1, 4), x : x + rng.integers(1, 4)] *= rng.uniform(0.3, 1.1)


def desk(scene: Plane, rng: Generator) -> None:
    """Show a desk beside the sheet, on one side or two, at a slant."""
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
    """Draw a line about the sheet, as of a form's box, near the picture's border."""
    inset, thick = int(rng.integers(0, 4)), int(rng.integers(1, 4))
    inside = np.zeros(scene.shape, bool)
    inside[inset : -inset or None, inset : -inset or None] = True
    inside[inset + thick : -inset - thick, inset + thick : -inset - thick] = False
    scene[inside] = rng.uniform(20, 110)


def blur(plane: Plane, radius: int) -> Plane:
    """Blur with a triangle of this radius, in pixels, across and down."""
    weights = np.convolve(np.ones(radius + 1), np.ones(radius + 1)) / (radius + 1) ** 2
    for axis in (0, 1):
        around = [(radius, radius) if axis == other else (0, 0) for other in (0, 1)]
        padded = np.pad(plane, around, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis)
        plane = windows @ weights
    return plane


def blocks(scene: Plane, step: float) -> Plane:
    """Do what JPEG does: cosines in blocks of 8 pixels, the finer rounded more."""
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
