"""Synthetic handwriting: templates distorted as hands differ, and sampled as devices sample a pen.

Strokes drawn in the page differ from MNIST's scans, and no real strokes are used for training.
These are generated from `templates`: control points are moved a little, strokes start and end too
early or too late, the drawing is stretched, slanted, rotated and warped, and the pen's path is
sampled coarsely on a grid of pixels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.data.templates import BOX_WIDTH, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from digits.drawing.ink import Stroke

type Points = NDArray[np.float64]
type Template = list[tuple[Points, NDArray[np.bool_]]]
"""Strokes: control points [N, 2], in units of the box's height, and which of them are corners."""

SAMPLES = 12
"""Samples of the curve between two control points."""


def templates_of(label: str) -> list[Template]:
    """Return all templates of a digit."""
    return [parse(text, BOX_WIDTH) for text in TEMPLATES[label]]


def write_digit(label: str, rng: np.random.Generator) -> list[Stroke]:
    """Write a digit from a random template: strokes of (x, y), y down, at any scale."""
    templates = templates_of(label)
    return write(templates[rng.integers(len(templates))], rng)


def parse(text: str, width: float) -> Template:
    """Parse a template; `model.data.templates` describes the format.

    Args:
        text: The template.
        width: Width of its box, as a fraction of the box's height.
    """
    strokes = []
    for stroke in text.split(" / "):
        points = [point.rstrip("!").split(",") for point in stroke.split()]
        corners = [point.endswith("!") for point in stroke.split()]
        strokes.append((np.array(points, float) / 100 * (width, 1), np.array(corners)))
    return strokes


def write(template: Template, rng: np.random.Generator) -> list[Stroke]:
    """Write a template with random distortions: strokes of (x, y), y down."""
    tremor = 0.03 * rng.lognormal(0, 0.4)
    curves = [_curve(_moved(points, tremor, rng), corners) for points, corners in template]
    curves = [_with_other_ends(curve, rng) for curve in curves]
    if len(curves) > 1 and rng.random() < 0.06:
        curves = _first_two_joined(curves)
    distort = _random_distortion(rng)
    return _sampled([distort(curve) for curve in curves], rng)


def _moved(points: Points, tremor: float, rng: np.random.Generator) -> Points:
    """Move each control point a little; rotate, scale and shift the stroke as a whole."""
    middle = points.mean(0)
    angle, scale = rng.normal(0, 0.07), np.exp(rng.normal(0, 0.05, 2))
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = (points - middle) @ rotation * scale + middle + rng.normal(0, 0.025, 2)
    return np.asarray(moved + rng.normal(0, tremor, points.shape))


def _curve(points: Points, corners: NDArray[np.bool_]) -> Points:
    """Return a centripetal Catmull-Rom spline (1974) through the points, sharp at corners."""
    if len(points) == 1:
        return points
    gaps = np.maximum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)), 1e-3)
    tangents = np.zeros_like(points)
    for i in range(1, len(points) - 1):
        before, after = gaps[i - 1], gaps[i]
        slopes = (points[i] - points[i - 1]) / before, (points[i + 1] - points[i]) / after
        tangents[i] = (slopes[0] * after + slopes[1] * before) / (before + after)
    t = np.linspace(0, 1, SAMPLES, endpoint=False)[:, np.newaxis]
    segments = []
    for i, gap in enumerate(gaps):
        start, end = points[i], points[i + 1]
        chord = (end - start) / gap
        leave = chord if corners[i] or i == 0 else tangents[i]
        arrive = chord if corners[i + 1] or i + 2 == len(points) else tangents[i + 1]
        a, b = 2 * t**3 - 3 * t**2, t**3 - 2 * t**2 + t
        segments.append((1 + a) * start - a * end + gap * (b * leave + (t**3 - t**2) * arrive))
    return np.concatenate([*segments, points[-1:]])


def _with_other_ends(curve: Points, rng: np.random.Generator) -> Points:
    """Start late and end early, and sometimes add the tick of a pen that lands or lifts."""
    if len(curve) < 2 * SAMPLES:
        return curve
    cut = np.maximum(rng.normal(0, 0.03, 2) * len(curve), 0).astype(int)
    curve = curve[cut[0] : len(curve) - cut[1]]
    ticks = [rng.normal(0, 0.035, (1, 2)) if rng.random() < 0.12 else None for _ in range(2)]
    first = [] if ticks[0] is None else [curve[:1] + ticks[0]]
    last = [] if ticks[1] is None else [curve[-1:] + ticks[1]]
    return np.concatenate([*first, curve, *last])


def _first_two_joined(curves: Sequence[Points]) -> list[Points]:
    """Join the first two strokes, as a pen does that is not lifted between them."""
    return [np.concatenate(curves[:2]), *curves[2:]]


def _random_distortion(rng: np.random.Generator) -> Callable[[Points], Points]:
    """Return a function that stretches, slants, rotates and warps points, at random."""
    stretch = math.exp(np.clip(rng.normal(0, 0.22), -0.4, 0.5))
    slant, angle = rng.normal(0.1, 0.18), rng.normal(0, 0.07)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = np.array([[stretch, 0], [-slant, 1]]) @ np.array([[cos, sin], [-sin, cos]])
    waves = rng.normal(0, 0.03, (2, 2)), rng.uniform(2, 5, (2, 2)), rng.uniform(0, 6.3, (2, 2))
    bulge = rng.normal(0, 0.07, (2, 2))

    def distort(points: Points) -> Points:
        moved = points - (BOX_WIDTH / 2, 0.5)
        x, y = moved.T
        amplitude, frequency, phase = waves
        dx = bulge[0, 0] * y * y + bulge[0, 1] * x * y
        dy = bulge[1, 0] * x * x + bulge[1, 1] * x * y
        for i, along in enumerate((x, y)):
            dx = dx + amplitude[0, i] * np.sin(frequency[0, i] * along + phase[0, i])
            dy = dy + amplitude[1, i] * np.sin(frequency[1, i] * along + phase[1, i])
        return np.asarray((moved + np.stack([dx, dy], 1)) @ matrix)

    return distort


def _sampled(curves: Sequence[Points], rng: np.random.Generator) -> list[Stroke]:
    """Sample the curves as a device samples a pen: at a random density, on a grid, with noise."""
    spacing = rng.uniform(0.015, 0.09)
    pixel = 1 / rng.uniform(40, 500)
    noise = rng.exponential(0.004)
    strokes: list[Stroke] = []
    for curve in curves:
        lengths = np.linalg.norm(np.diff(curve, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(lengths)])
        places = np.linspace(0, along[-1], max(2, round(along[-1] / spacing) + 1))
        places[1:-1] += rng.uniform(-0.4, 0.4, len(places) - 2) * spacing
        points = np.stack([np.interp(places, along, curve[:, axis]) for axis in range(2)], 1)
        points = np.round((points + rng.normal(0, noise, points.shape)) / pixel) * pixel
        strokes.append([(float(x), float(y)) for x, y in points])
    return strokes
