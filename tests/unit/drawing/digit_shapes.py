"""Digits in many ways of writing, most of them with several strokes.

Points are (x, y); y increases downwards. Each digit is about 1 high.
"""

import math


def arc(x, y, rx, ry, start, stop):
    """Return the points of an arc of an ellipse.

    Args:
        x: the x of the centre.
        y: the y of the centre.
        rx: the horizontal radius.
        ry: the vertical radius.
        start: the angle of the first point, in degrees clockwise from the right.
        stop: the angle of the last point.
    """
    angles = [math.radians(start + (stop - start) * i / 24) for i in range(25)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


BOWL = arc(0.2, 0.7, 0.34, 0.3, -110, 140)
"""The bowl of a 5."""
SHAPES = {
    "0 plain": ("0", [arc(0.3, 0.5, 0.3, 0.5, -90, 270)]),
    "0 slashed": ("0", [arc(0.3, 0.5, 0.3, 0.5, -90, 270), [(0.6, 0), (0.02, 0.98)]]),
    "1 plain": ("1", [[(0, 0), (0.02, 1)]]),
    "1 with a flag": ("1", [[(0, 0), (0, 1)], [(-0.24, 0.28), (-0.02, 0)]]),
    "1 with a flag and a foot": (
        "1",
        [[(0, 0), (0, 1)], [(-0.24, 0.28), (-0.04, 0)], [(-0.25, 1.03), (0.27, 1)]],
    ),
    "2 plain": ("2", [[*arc(0.3, 0.27, 0.3, 0.27, -170, 30), (0, 1), (0.6, 1)]]),
    "2 with its own foot": (
        "2",
        [[*arc(0.3, 0.27, 0.3, 0.27, -170, 30), (0, 0.95)], [(-0.04, 1), (0.62, 1)]],
    ),
    "3 of two arcs": (
        "3",
        [arc(0.22, 0.25, 0.28, 0.25, -150, 80), arc(0.22, 0.75, 0.32, 0.25, -80, 150)],
    ),
    "4 closed": ("4", [[(0.5, 1), (0.5, 0), (0, 0.65), (0.72, 0.65)]]),
    "4 open": ("4", [[(0.15, 0), (0, 0.56), (0.6, 0.56)], [(0.48, 0.2), (0.45, 1)]]),
    "4 whose stem stands just beside the bar": (
        "4",
        [[(0.1, 0), (0, 0.56), (0.5, 0.56)], [(0.52, 0), (0.52, 1)]],
    ),
    "4 of three strokes": (
        "4",
        [[(0.1, 0), (0, 0.5)], [(0.02, 0.55), (0.6, 0.53)], [(0.46, 0.15), (0.45, 1)]],
    ),
    "5 plain": ("5", [[(0.55, 0), (0.1, 0), (0.08, 0.42), *BOWL]]),
    "5 with a hat": ("5", [[(0.1, 0), (0.08, 0.42), *BOWL], [(0.1, 0), (0.62, -0.02)]]),
    "5 with a hat that floats": (
        "5",
        [[(0.1, 0.05), (0.08, 0.42), *BOWL], [(0.2, -0.04), (0.68, -0.08)]],
    ),
    "6 plain": ("6", [[(0.42, 0), (0.08, 0.45), *arc(0.26, 0.73, 0.25, 0.27, 170, -190)]]),
    "7 plain": ("7", [[(0, 0.02), (0.6, 0), (0.25, 1)]]),
    "7 crossed": ("7", [[(0, 0.02), (0.6, 0), (0.25, 1)], [(0.12, 0.5), (0.68, 0.48)]]),
    "7 of two strokes": ("7", [[(0, 0), (0.58, 0.01)], [(0.6, 0.02), (0.25, 1)]]),
    "8 of two loops": (
        "8",
        [arc(0.28, 0.24, 0.23, 0.22, -90, 270), arc(0.3, 0.76, 0.28, 0.23, -90, 270)],
    ),
    "8 of two curves": (
        "8",
        [
            [*arc(0.3, 0.25, 0.25, 0.25, -40, -270), *arc(0.3, 0.75, 0.28, 0.25, -90, 90)],
            [*arc(0.3, 0.25, 0.25, 0.25, -40, 90), *arc(0.3, 0.75, 0.28, 0.25, -90, -270)],
        ],
    ),
    "9 of a loop and a stem": (
        "9",
        [arc(0.25, 0.27, 0.25, 0.27, -20, -370), [(0.5, 0.05), (0.47, 1)]],
    ),
}
"""By name, the label and the strokes of each shape."""


def moved(strokes, right=0.0, down=0.0, scale=1.0):
    """Return strokes that are scaled, and then moved to the right and down."""
    return [[(x * scale + right, y * scale + down) for x, y in stroke] for stroke in strokes]


def slanted(strokes, slant):
    """Return strokes that are slanted to the right. slant: the shift of the top, per height."""
    return [[(x + (1 - y) * slant, y) for x, y in stroke] for stroke in strokes]
