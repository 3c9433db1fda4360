"""Synthetic handwriting: templates, randomly distorted and sampled like the path of a pen.

Digits that users draw in the page look different from MNIST's scans, so the training also needs
digits that consist of strokes. These digits are synthetic; no real strokes are used for training.
They are generated from `templates`: the control points are moved a little, the ends of strokes are
cut or extended, the drawing is stretched, slanted, rotated and warped, and points on the pen's path
are rounded to a grid of pixels.
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
"""For each stroke, its control points [N, 2], in units of the height of the digit's box, and for
each of them whether it is a corner."""

SAMPLES = 12
"""Number of points at which the curve between two control points is computed."""


def templates_of(label: str) -> list[Template]:
    """Return all templates of a digit."""
    return [parse(text, BOX_WIDTH) for text in TEMPLATES[label]]


def write_digit(label: str, rng: np.random.Generator) -> list[Stroke]:
    """Write a digit from a random template; return its strokes, about 1 high, with y down."""
    templates = templates_of(label)
    return write_template(templates[rng.integers(len(templates))], rng)


def parse(text: str, width: float) -> Template:
    """Parse a template, in the format that `model.data.templates` describes.

    Args:
        text: The template.
        width: Width of the digit's box, as a fraction of its height.
    """
    strokes = []
    for stroke in text.split(" / "):
        points = [point.rstrip("!").split(",") for point in stroke.split()]
        corners = [point.endswith("!") for point in stroke.split()]
        strokes.append((np.array(points, float) / 100 * (width, 1), np.array(corners)))
    return strokes


def write_template(template: Template, rng: np.random.Generator) -> list[Stroke]:
    """Distort a template at random; return its strokes, which are points (x, y); y points down."""
    tremor = 0.03 * rng.lognormal(0, 0.4)
    curves = [_curve(_jittered(points, tremor, rng), corners) for points, corners in template]
    curves = [_with_random_ends(curve, rng) for curve in curves]
    if len(curves) > 1 and rng.random() < 0.06:
        curves = _first_two_joined(curves)
    distort = _random_distortion(rng)
    return _sampled([distort(curve) for curve in curves], rng)


def _jittered(points: Points, tremor: float, rng: np.random.Generator) -> Points:
    """Rotate, scale and shift a stroke at random, then move each of its control points.

    Args:
        points: The control points.
        tremor: Standard deviation of the movement of a control point, in units of the box's height.
        rng: The random generator.
    """
    middle = points.mean(0)
    angle, scale = rng.normal(0, 0.07), np.exp(rng.normal(0, 0.05, 2))
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = (points - middle) @ rotation * scale + middle + rng.normal(0, 0.025, 2)
    return np.asarray(moved + rng.normal(0, tremor, points.shape))


def _curve(points: Points, corners: NDArray[np.bool_]) -> Points:
    """Return points on a centripetal Catmull-Rom spline through control points, sharp at corners.

    E. Catmull, R. Rom: "A class of local interpolating splines", 1974.
    """
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
        start_slope = chord if corners[i] or i == 0 else tangents[i]
        end_slope = chord if corners[i + 1] or i + 2 == len(points) else tangents[i + 1]
        a, b = 2 * t**3 - 3 * t**2, t**3 - 2 * t**2 + t
        bend = gap * (b * start_slope + (t**3 - t**2) * end_slope)
        segments.append((1 + a) * start - a * end + bend)
    return np.concatenate([*segments, points[-1:]])


def _with_random_ends(curve: Points, rng: np.random.Generator) -> Points:
    """Cut off some points at the ends; sometimes add a short line where the pen lands or lifts."""
    if len(curve) < 2 * SAMPLES:
        return curve
    cut = np.maximum(rng.normal(0, 0.03, 2) * len(curve), 0).astype(int)
    curve = curve[cut[0] : len(curve) - cut[1]]
    ticks = [rng.normal(0, 0.035, (1, 2)) if rng.random() < 0.12 else None for _ in range(2)]
    first = [] if ticks[0] is None else [curve[:1] + ticks[0]]
    last = [] if ticks[1] is None else [curve[-1:] + ticks[1]]
    return np.concatenate([*first, curve, *last])


def _first_two_joined(curves: Sequence[Points]) -> list[Points]:
    """Join the first two strokes, as if the pen was not lifted between them."""
    return [np.concatenate(curves[:2]), *curves[2:]]


def _random_distortion(rng: np.random.Generator) -> Callable[[Points], Points]:
    """Choose a random distortion; return a function that stretches, slants, rotates and warps."""
    stretch = math.exp(np.clip(rng.normal(0, 0.22), -0.4, 0.5))
    slant, angle = rng.normal(0.1, 0.18), rng.normal(0, 0.07)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = np.array([[stretch, 0], [-slant, 1]]) @ np.array([[cos, sin], [-sin, cos]])
    waves = rng.normal(0, 0.03, (2, 2)), rng.uniform(2, 5, (2, 2)), rng.uniform(0, 6.3, (2, 2))
    bulge = rng.normal(0, 0.07, (2, 2))

    def distort(points: Points) -> Points:
        centred = points - (BOX_WIDTH / 2, 0.5)
        x, y = centred.T
        amplitude, frequency, phase = waves
        dx = bulge[0, 0] * y * y + bulge[0, 1] * x * y
        dy = bulge[1, 0] * x * x + bulge[1, 1] * x * y
        for i, position in enumerate((x, y)):
            dx = dx + amplitude[0, i] * np.sin(frequency[0, i] * position + phase[0, i])
            dy = dy + amplitude[1, i] * np.sin(frequency[1, i] * position + phase[1, i])
        return np.asarray((centred + np.stack([dx, dy], 1)) @ matrix)

    return distort


def _sampled(curves: Sequence[Points], rng: np.random.Generator) -> list[Stroke]:
    """Sample curves like the path of a pen: at random distances, with noise, on a pixel grid."""
    spacing = rng.uniform(0.015, 0.09)
    pixel = 1 / rng.uniform(40, 500)
    noise = rng.exponential(0.004)
    strokes: list[Stroke] = []
    for curve in curves:
        lengths = np.linalg.norm(np.diff(curve, axis=0), axis=1)
        arc_lengths = np.concatenate([[0.0], np.cumsum(lengths)])
        count = max(2, round(arc_lengths[-1] / spacing) + 1)
        sampled_at = np.linspace(0, arc_lengths[-1], count)
        sampled_at[1:-1] += rng.uniform(-0.4, 0.4, count - 2) * spacing
        points = np.stack(
            [np.interp(sampled_at, arc_lengths, curve[:, axis]) for axis in range(2)], 1
        )
        points = np.round((points + rng.normal(0, noise, points.shape)) / pixel) * pixel
        strokes.append([(float(x), float(y)) for x, y in points])
    return strokes
