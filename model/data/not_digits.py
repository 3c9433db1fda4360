"""Synthetic drawings that are not digits: letters, symbols, spoilt digits, scribbles and dots.

Letters and symbols come from A. V. Hershey's stroke fonts (1967). Training and evaluation use
different fonts.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from HersheyFonts import HersheyFonts

from digits.reading.contract import DIGITS
from model.data import handwriting

if TYPE_CHECKING:
    from digits.drawing.ink import Stroke
    from model.data.handwriting import Points, Template

TRAINING_FONTS = ("futural", "scripts", "greek", "symbolic", "japanese")
EVALUATION_FONTS = ("rowmans", "cursive", "cyrillic")
LOOKALIKES = "OoIl|/\\(),'`\""
"""Characters that look like a handwritten 0 or 1, and are therefore not used for training."""
CORNER = math.radians(50)
"""Smallest change of a line's direction that counts as a corner."""


def for_training(rng: np.random.Generator) -> list[Stroke]:
    """Draw a training example that is not a digit: strokes of (x, y), y down, at any scale."""
    while _looks_like_a_one(strokes := _any_kind(rng)):
        pass
    return strokes


def for_evaluation(rng: np.random.Generator) -> list[Stroke]:
    """Draw a test example that is not a digit, lookalikes included: strokes as `for_training`."""
    kind = rng.random()
    if kind < 0.8:
        return handwriting.write(_one_of(_glyphs(EVALUATION_FONTS, DIGITS), rng), rng)
    return handwriting.write(_zigzag(rng) if kind < 0.95 else _dots(rng), rng)


def _looks_like_a_one(strokes: list[Stroke]) -> bool:
    """Return whether this is a single thin upright stroke."""
    width, height = np.ptp([point for stroke in strokes for point in stroke], axis=0)
    return len(strokes) == 1 and bool(width < 0.35 * height)


def _any_kind(rng: np.random.Generator) -> list[Stroke]:
    kind = rng.random()
    if kind < 0.6:
        return handwriting.write(_one_of(_glyphs(TRAINING_FONTS, DIGITS + LOOKALIKES), rng), rng)
    if kind < 0.8:
        return _spoilt_digit(rng)
    if kind < 0.95:
        return handwriting.write(_scribble(rng), rng)
    return handwriting.write(_dots(rng), rng)


def _one_of(templates: list[Template], rng: np.random.Generator) -> Template:
    return templates[rng.integers(len(templates))]


@cache
def _glyphs(fonts: tuple[str, ...], excluded: str) -> list[Template]:
    """Return the fonts' characters as templates, scaled to a capital letter's height of 1."""
    glyphs = []
    for name in fonts:
        font = HersheyFonts()
        font.load_default_font(name)
        for code in range(ord("!"), ord("~") + 1):
            if chr(code) in excluded:
                continue
            lines = [np.array(line, float) / 21 for line in font.strokes_for_text(chr(code))]
            if lines := [line for line in lines if len(line)]:
                corner = np.min([line.min(0) for line in lines], 0)
                glyphs.append([(line - corner, _corners(line)) for line in lines])
    return glyphs


def _corners(line: Points) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each point of a line whether the line turns there by more than CORNER."""
    sharp = np.zeros(len(line), bool)
    steps = np.diff(line, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angles) + math.pi) % (2 * math.pi) - math.pi)
    sharp[1:-1] = turns > CORNER
    return sharp


def _spoilt_digit(rng: np.random.Generator) -> list[Stroke]:
    """Mirror a digit, or write another digit over it or beside it."""
    kind = rng.integers(3)
    if kind == 0:  # mirrored, these are another character or none
        strokes = handwriting.write_digit(_any_of("234579", rng), rng)
        return [[(-x, y) for x, y in stroke] for stroke in strokes]
    first, second = (handwriting.write_digit(_any_of("02345689", rng), rng) for _ in range(2))
    if kind == 1:
        return [*first, *second]
    return [*first, *([(x + rng.uniform(0.7, 0.9), y) for x, y in stroke] for stroke in second)]


def _any_of(labels: str, rng: np.random.Generator) -> str:
    return labels[rng.integers(len(labels))]


def _scribble(rng: np.random.Generator) -> Template:
    """Return strokes through random points, smooth or jagged."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        count = rng.integers(3, 12)
        strokes.append((rng.uniform(0, 1, (count, 2)), rng.random(count) < rng.random()))
    return strokes


def _zigzag(rng: np.random.Generator) -> Template:
    """Return a stroke that fills an area, in a zigzag or in circles."""
    count = int(rng.integers(8, 24))
    along = np.linspace(0, 1, count)
    if rng.random() < 0.5:
        points = np.stack([np.arange(count) % 2 + rng.normal(0, 0.1, count), along], 1)
    else:
        angle = along * rng.uniform(12, 30)
        points = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.3, 1, (count, 1))
    return [(points, np.zeros(count, bool))]


def _dots(rng: np.random.Generator) -> Template:
    """Return one to three dots, or a nearly horizontal line."""
    if rng.random() < 0.4:
        y = rng.uniform(-0.25, 0.25)
        return [(np.array([[0, 0.5], [0.5, 0.5 + y / 2], [1, 0.5 + y]]), np.zeros(3, bool))]
    return [
        (rng.uniform(0, 1, (1, 2)) + rng.normal(0, 0.004, (2, 2)), np.zeros(2, bool))
        for _ in range(rng.choice([1, 1, 2, 3]))
    ]
