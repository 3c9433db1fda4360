"""Synthetic pen digits: a way of writing, bent as hands differ, sampled as devices do.

The page's strokes are no scans. These are made in code from `templates`, so that no real stroke is
needed for training: control points tremble, loops close too early or too late, the whole is
stretched, slanted, turned and warped, and the pen is sampled coarsely and on a grid.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.data.templates import DIGITS, WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke

type Points = NDArray[np.float64]
type Way = list[tuple[Points, NDArray[np.bool_]]]
"""The strokes of a way: control points [N, 2] in heights of the box, and which are corners."""

STEPS = 12  # samples of the curve between two control points


def ways(label: str) -> list[Way]:
    """Give every way to write a digit."""
    return [parse(way, WIDTH) for way in DIGITS[label]]


def digit(label: str, rng: np.random.Generator) -> list[Stroke]:
    """Write a digit in one of its ways, as one hand would: strokes of (x, y), y down, any scale."""
    several = ways(label)
    return write(several[rng.integers(len(several))], rng)


def parse(way: str, width: float) -> Way:
    """Read a way, see `templates`. width: of its box, in heights."""
    strokes = []
    for stroke in way.split(" / "):
        points = [point.rstrip("!").split(",") for point in stroke.split()]
        corners = [point.endswith("!") for point in stroke.split()]
        strokes.append((np.array(points, float) / 100 * (width, 1), np.array(corners)))
    return strokes


def write(way: Way, rng: np.random.Generator) -> list[Stroke]:
    """Write what a way describes, otherwise each time."""
    tremble = 0.03 * rng.lognormal(0, 0.4)
    curves = [_curve(_trembling(points, tremble, rng), corners) for points, corners in way]
    curves = [_ends(curve, rng) for curve in curves]
    if len(curves) > 1 and rng.random() < 0.06:
        curves = _joined(curves)
    bend = _bending(rng)
    return _sampled([bend(curve) for curve in curves], rng)


def _trembling(points: Points, tremble: float, rng: np.random.Generator) -> Points:
    """Move each control point a little, and the whole stroke too: turned, scaled, shifted."""
    middle = points.mean(0)
    angle, scale = rng.normal(0, 0.07), np.exp(rng.normal(0, 0.05, 2))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = (points - middle) @ turn * scale + middle + rng.normal(0, 0.025, 2)
    return np.asarray(moved + rng.normal(0, tremble, points.shape))


def _curve(points: Points, corners: NDArray[np.bool_]) -> Points:
    """Run through the points: centripetal tangents of Catmull and Rom (1974), none at corners."""
    if len(points) == 1:
        return points
    gaps = np.maximum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)), 1e-3)
    tangents = np.zeros_like(points)
    for i in range(1, len(points) - 1):
        before, after = gaps[i - 1], gaps[i]
        slopes = (points[i] - points[i - 1]) / before, (points[i + 1] - points[i]) / after
        tangents[i] = (slopes[0] * after + slopes[1] * before) / (before + after)
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, np.newaxis]
    pieces = []
    for i, gap in enumerate(gaps):
        start, end = points[i], points[i + 1]
        chord = (end - start) / gap
        leave = chord if corners[i] or i == 0 else tangents[i]
        arrive = chord if corners[i + 1] or i + 2 == len(points) else tangents[i + 1]
        a, b = 2 * t**3 - 3 * t**2, t**3 - 2 * t**2 + t
        pieces.append((1 + a) * start - a * end + gap * (b * leave + (t**3 - t**2) * arrive))
    return np.concatenate([*pieces, points[-1:]])


def _ends(curve: Points, rng: np.random.Generator) -> Points:
    """Begin and end a little early or late, now and then with the tick of a pen that lands."""
    if len(curve) < 2 * STEPS:
        return curve
    cut = np.maximum(rng.normal(0, 0.03, 2) * len(curve), 0).astype(int)
    curve = curve[cut[0] : len(curve) - cut[1]]
    ticks = [rng.normal(0, 0.035, (1, 2)) if rng.random() < 0.12 else None for _ in range(2)]
    first = [] if ticks[0] is None else [curve[:1] + ticks[0]]
    last = [] if ticks[1] is None else [curve[-1:] + ticks[1]]
    return np.concatenate([*first, curve, *last])


def _joined(curves: Sequence[Points]) -> list[Points]:
    """Leave the pen on the paper between the first two strokes."""
    return [np.concatenate(curves[:2]), *curves[2:]]


def _bending(rng: np.random.Generator) -> Callable[[Points], Points]:
    """Choose how a hand stretches, slants, turns and warps all that it writes."""
    stretch = math.exp(np.clip(rng.normal(0, 0.22), -0.4, 0.5))
    slant, turn = rng.normal(0.1, 0.18), rng.normal(0, 0.07)
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = np.array([[stretch, 0], [-slant, 1]]) @ np.array([[cos, sin], [-sin, cos]])
    waves = rng.normal(0, 0.03, (2, 2)), rng.uniform(2, 5, (2, 2)), rng.uniform(0, 6.3, (2, 2))
    bulge = rng.normal(0, 0.07, (2, 2))

    def bend(points: Points) -> Points:
        moved = points - (WIDTH / 2, 0.5)
        x, y = moved.T
        size, rate, phase = waves
        dx = bulge[0, 0] * y * y + bulge[0, 1] * x * y
        dy = bulge[1, 0] * x * x + bulge[1, 1] * x * y
        for i, along in enumerate((x, y)):
            dx = dx + size[0, i] * np.sin(rate[0, i] * along + phase[0, i])
            dy = dy + size[1, i] * np.sin(rate[1, i] * along + phase[1, i])
        return np.asarray((moved + np.stack([dx, dy], 1)) @ matrix)

    return bend


def _sampled(curves: Sequence[Points], rng: np.random.Generator) -> list[Stroke]:
    """Sample the pen as a device does: some points a height, on a grid of pixels, trembling."""
    every = rng.uniform(0.015, 0.09)
    pixel = 1 / rng.uniform(40, 500)
    noise = rng.exponential(0.004)
    strokes: list[Stroke] = []
    for curve in curves:
        steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        places = np.linspace(0, along[-1], max(2, round(along[-1] / every) + 1))
        places[1:-1] += rng.uniform(-0.4, 0.4, len(places) - 2) * every
        points = np.stack([np.interp(places, along, curve[:, axis]) for axis in range(2)], 1)
        points = np.round((points + rng.normal(0, noise, points.shape)) / pixel) * pixel
        strokes.append([(float(x), float(y)) for x, y in points])
    return strokes
