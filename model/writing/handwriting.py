"""Synthetic handwriting: templates, randomly distorted and sampled like the path of a pen.

Symbols that users draw in the page look different from MNIST's scans, so the training also needs
symbols that consist of strokes. These are synthetic; no real strokes are used for training. A
symbol is written from a template in these steps:

1. The control points of each stroke are moved a little, and a smooth curve is drawn through them.
2. Strokes start late, end early or too late, begin or end with a hook, are joined, interrupted or
   drawn twice.
3. The drawing is stretched, slanted, rotated and warped: the proportions of its parts change.
4. Corners are rounded and small loops shrink, as in fast writing.
5. Points are sampled along the curves, with noise, and rounded to a grid of pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from digits.reading.contract import DIGITS
from model.writing.sign_templates import SIGN_TEMPLATES
from model.writing.templates import BOX_WIDTH, TEMPLATES

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
STEP = 0.01
"""Distance between the points of a curve that is smoothed: in heights of a digit; for a sign, in
multiples of its size."""
RETRACED = 0.03
"""Share of symbols of which a stroke is drawn a second time."""
MIN_SIGN = 0.15
"""The distortion of a sign is proportional to its size. A sign smaller than this, in heights of a
digit, is distorted as if it had this size."""
MAX_DOT = 0.15
"""A stroke that is smaller than this, as a fraction of its sign's size, is a dot."""


@dataclass(frozen=True)
class Hand:
    """How a person writes at one time: all that the symbols of a line have in common.

    Lengths are in heights of a digit. For a sign, `tremor`, `rounding` and `apart` are in multiples
    of the sign's size.

    Attributes:
        tremor: Standard deviation of the movement of a control point.
        stretch: Width of the symbols, as a multiple of the template's.
        slant: Movement to the right for each unit of height.
        angle: Rotation in radians.
        rounding: Standard deviation of the smoothing along a stroke.
        hooks: Probability that an end of a stroke has a hook.
        joins: Probability that the pen is not lifted between two strokes.
        apart: Standard deviation of the distance between a stroke and its place in the template.
        breaks: Probability that the pen leaves a gap in a stroke.
        spacing: Distance between two points of a stroke.
        pixel: Size of a pixel of the pen's grid.
        noise: Standard deviation of a point's noise.
    """

    tremor: float
    stretch: float
    slant: float
    angle: float
    rounding: float
    hooks: float
    joins: float
    apart: float
    breaks: float
    spacing: float
    pixel: float
    noise: float


def random_hand(rng: np.random.Generator) -> Hand:
    """Return the hand of a random person."""
    return Hand(
        tremor=0.028 * rng.lognormal(0, 0.45),
        stretch=math.exp(np.clip(rng.normal(0, 0.22), -0.45, 0.5)),
        slant=rng.normal(0.1, 0.18),
        angle=rng.normal(0, 0.06),
        rounding=min(float(rng.exponential(0.014)), 0.05),
        hooks=float(rng.choice([0.02, 0.1, 0.3], p=[0.5, 0.3, 0.2])),
        joins=float(rng.choice([0.0, 0.08, 0.35], p=[0.5, 0.35, 0.15])),
        apart=min(float(rng.exponential(0.03)), 0.09),
        breaks=float(rng.choice([0.0, 0.08], p=[0.8, 0.2])),
        spacing=rng.uniform(0.015, 0.09),
        pixel=1 / rng.uniform(40, 500),
        noise=rng.exponential(0.004),
    )


@cache
def templates_of(label: str) -> list[Template]:
    """Return all templates of a digit or sign."""
    if label in DIGITS:
        return [parse(text, BOX_WIDTH) for text in TEMPLATES[label]]
    return [parse(text, 1) for text in SIGN_TEMPLATES[label]]


def write_symbol(label: str, rng: np.random.Generator) -> list[Stroke]:
    """Write a digit or sign from a random template in a random hand.

    Returns:
        Its strokes, with y pointing down. A digit is about 1 high, and begins at about (0, 0). A
        sign has the size and the height above the line that it has beside such a digit.
    """
    templates = templates_of(label)
    template = templates[rng.integers(len(templates))]
    if label in DIGITS:
        return write_template(template, rng)
    return write_sign(template, random_hand(rng), rng)


def parse(text: str, width: float) -> Template:
    """Parse a template, in the format that `model.writing.templates` describes.

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


def write_template(
    template: Template, rng: np.random.Generator, hand: Hand | None = None
) -> list[Stroke]:
    """Write a template of about a digit's size; return its strokes, points (x, y) with y down.

    Args:
        template: The template, about 1 high and BOX_WIDTH wide.
        rng: The random generator.
        hand: The hand; by default a random one.
    """
    hand = hand or random_hand(rng)
    curves = _curves(template, hand, rng)
    distort = _random_distortion(hand, rng)
    middle = np.array([BOX_WIDTH / 2, 0.5])
    placed = [distort(curve - middle) + middle for curve in curves]
    return _sampled([_rounded(curve, hand.rounding) for curve in placed], hand, rng)


def write_sign(template: Template, hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Write a sign in the size and at the height that its template says, both varied a little."""
    every = np.concatenate([points for points, _ in template])
    centre = (every.min(0) + every.max(0)) / 2
    size = max(float(np.ptp(every, axis=0).max()), MIN_SIGN)
    unit = [((points - centre) / size, corners) for points, corners in template]
    distort = _random_distortion(hand, rng)
    has_dots = any(np.ptp(points, axis=0).max() < MAX_DOT for points, _ in unit)
    separate = replace(hand, joins=0.0, breaks=0.0) if has_dots else hand
    curves = [_rounded(distort(curve), hand.rounding) for curve in _curves(unit, separate, rng)]
    scale, moved = size * rng.lognormal(0, 0.16), centre + rng.normal(0, 0.04, 2)
    return _sampled([curve * scale + moved for curve in curves], hand, rng)


def _curves(template: Template, hand: Hand, rng: np.random.Generator) -> list[Points]:
    """Draw curves through moved control points, with random ends, some of them joined."""
    tremor = hand.tremor * rng.lognormal(0, 0.25)
    curves = [
        curve_through(_jittered(points, tremor, hand.apart, rng), corners, SAMPLES)
        for points, corners in template
    ]
    curves = [_with_random_ends(curve, hand, rng) for curve in curves]
    joined = curves[:1]
    for curve in curves[1:]:
        if rng.random() < hand.joins:
            joined[-1] = np.concatenate([joined[-1], curve])
        else:
            joined.append(curve)
    drawn = [part for curve in joined for part in _broken(curve, hand.breaks, rng)]
    if rng.random() < RETRACED:
        drawn.append(_retraced(drawn[rng.integers(len(drawn))], rng))
    return drawn


def _retraced(curve: Points, rng: np.random.Generator) -> Points:
    """Return a part of a curve, or all of it, moved a little: it is drawn a second time."""
    start, end = (rng.uniform(0, 0.3), rng.uniform(0.6, 1)) if rng.random() < 0.5 else (0, 1)
    part = curve[int(start * len(curve)) : max(int(end * len(curve)), int(start * len(curve)) + 2)]
    return np.asarray(part + rng.normal(0, 0.02, 2))


def _broken(curve: Points, probability: float, rng: np.random.Generator) -> list[Points]:
    """Return the parts of a curve: two, with a small gap between them, or the whole curve."""
    if len(curve) < 3 * SAMPLES or rng.random() >= probability:
        return [curve]
    end = int(len(curve) * rng.uniform(0.25, 0.75))
    return [curve[:end], curve[end + int(rng.integers(0, 4)) :]]


def _jittered(points: Points, tremor: float, apart: float, rng: np.random.Generator) -> Points:
    """Rotate, scale and shift a stroke at random, then move each of its control points a little.

    Args:
        points: The control points.
        tremor: Standard deviation of the movement of a control point, in the unit of `points`.
        apart: The same for the movement of the whole stroke.
        rng: The random generator.
    """
    middle = points.mean(0)
    angle, scale = rng.normal(0, 0.07), np.exp(rng.normal(0, 0.06, 2))
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = (points - middle) @ rotation * scale + middle + rng.normal(0, apart, 2)
    return np.asarray(moved + rng.normal(0, tremor, points.shape))


def curve_through(points: Points, corners: NDArray[np.bool_], samples: int) -> Points:
    """Return points on a centripetal Catmull-Rom spline through control points, sharp at corners.

    E. Catmull, R. Rom: "A class of local interpolating splines", 1974.

    Args:
        points: The control points, [N, 2].
        corners: Whether each is a corner, [N].
        samples: Number of points from one control point to the next.
    """
    if len(points) == 1:
        return points
    gaps = np.maximum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)), 1e-3)
    tangents = np.zeros_like(points)
    for i in range(1, len(points) - 1):
        before, after = gaps[i - 1], gaps[i]
        slopes = (points[i] - points[i - 1]) / before, (points[i + 1] - points[i]) / after
        tangents[i] = (slopes[0] * after + slopes[1] * before) / (before + after)
    t = np.linspace(0, 1, samples, endpoint=False)[:, np.newaxis]
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


def _with_random_ends(curve: Points, hand: Hand, rng: np.random.Generator) -> Points:
    """Cut off or extend the ends; sometimes add a hook where the pen lands or lifts."""
    if len(curve) < 2 * SAMPLES:
        return curve
    cut = rng.normal(0, 0.03, 2)
    first, last = np.maximum(cut * len(curve), 0).astype(int)
    curve = curve[first : len(curve) - last]
    for backwards in (True, False):
        ordered = curve[::-1] if backwards else curve
        tail = _hook(ordered, hand, rng)
        ordered = np.concatenate([ordered, tail])
        curve = ordered[::-1] if backwards else ordered
    return curve


def _hook(curve: Points, hand: Hand, rng: np.random.Generator) -> Points:
    """Return points to add at the end of a curve: a hook, a short line, or none."""
    kind = rng.random()
    if kind < hand.hooks:  # the pen turns back on its way to the next stroke
        turn = float(rng.choice([-1, 1]) * rng.uniform(1.2, 2.9))
        length = float(min(0.05 * rng.lognormal(0.2, 0.5), 0.18))
    elif kind < hand.hooks + 0.12:  # the pen goes on too far
        turn, length = rng.normal(0, 0.35), abs(rng.normal(0, 0.06))
    elif kind < hand.hooks + 0.2:
        return np.asarray(curve[-1:] + rng.normal(0, 0.03, (1, 2)))
    else:
        return curve[:0]
    along = curve[-1] - curve[-4]
    direction = math.atan2(along[1], along[0]) + turn
    return np.asarray(curve[-1:] + length * np.array([[math.cos(direction), math.sin(direction)]]))


def _random_distortion(hand: Hand, rng: np.random.Generator) -> Callable[[Points], Points]:
    """Choose a random distortion; return a function that stretches, slants, rotates and warps.

    The function takes points around (0, 0), from about -0.5 to 0.5.
    """
    stretch = hand.stretch * rng.lognormal(0, 0.06)
    slant, angle = hand.slant + rng.normal(0, 0.04), hand.angle + rng.normal(0, 0.03)
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = np.array([[stretch, 0], [-slant, 1]]) @ np.array([[cos, sin], [-sin, cos]])
    waves = rng.normal(0, 0.03, (2, 2)), rng.uniform(2, 5, (2, 2)), rng.uniform(0, 6.3, (2, 2))
    bulge = rng.normal(0, 0.07, (2, 2))
    # Move the waist up or down, and the middle to a side: the proportions of the parts change.
    middle = np.clip(rng.normal(0, (0.15, 0.22)), -0.5, 0.5)

    def distort(points: Points) -> Points:
        x, y = points.T
        amplitude, frequency, phase = waves
        dx = bulge[0, 0] * y * y + bulge[0, 1] * x * y + middle[0] * np.maximum(0.1 - x * x, 0)
        dy = bulge[1, 0] * x * x + bulge[1, 1] * x * y + middle[1] * np.maximum(0.25 - y * y, 0)
        for i, position in enumerate((x, y)):
            dx = dx + amplitude[0, i] * np.sin(frequency[0, i] * position + phase[0, i])
            dy = dy + amplitude[1, i] * np.sin(frequency[1, i] * position + phase[1, i])
        return np.asarray((points + np.stack([dx, dy], 1)) @ matrix)

    return distort


def _rounded(curve: Points, deviation: float) -> Points:
    """Smooth a curve along its length: fast hands round corners and shrink loops.

    Args:
        curve: The curve.
        deviation: Standard deviation of the Gaussian, in units of the curve's coordinates.
    """
    lengths = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    arc_lengths = np.concatenate([[0.0], np.cumsum(lengths)])
    count = int(arc_lengths[-1] / STEP) + 1
    if deviation < STEP / 2 or count < 4:
        return curve
    even = _at(curve, arc_lengths, np.linspace(0, arc_lengths[-1], count))
    reach = min(math.ceil(3 * deviation / STEP), count - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * STEP / deviation) ** 2)
    # Extend the curve beyond each end by its point reflection there, so that smoothing does not
    # move the end.
    before, after = 2 * even[0] - even[reach:0:-1], 2 * even[-1] - even[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, even, after])
    smooth = [np.convolve(column, weights / weights.sum(), "valid") for column in padded.T]
    return np.stack(smooth, 1)


def _sampled(curves: Sequence[Points], hand: Hand, rng: np.random.Generator) -> list[Stroke]:
    """Sample curves like the path of a pen: at random distances, with noise, on a pixel grid."""
    strokes: list[Stroke] = []
    for curve in curves:
        lengths = np.linalg.norm(np.diff(curve, axis=0), axis=1)
        arc_lengths = np.concatenate([[0.0], np.cumsum(lengths)])
        count = max(2, round(arc_lengths[-1] / hand.spacing) + 1)
        sampled_at = np.linspace(0, arc_lengths[-1], count)
        sampled_at[1:-1] += rng.uniform(-0.4, 0.4, count - 2) * hand.spacing
        points = _at(curve, arc_lengths, sampled_at)
        noisy = points + rng.normal(0, hand.noise, points.shape)
        points = np.round(noisy / hand.pixel) * hand.pixel
        strokes.append([(float(x), float(y)) for x, y in points])
    return strokes


def _at(curve: Points, arc_lengths: Points, positions: Points) -> Points:
    """Return the points of a curve at some distances from its start."""
    return np.stack([np.interp(positions, arc_lengths, curve[:, axis]) for axis in range(2)], 1)
