"""Drawings that are no digit: letters and symbols of stroke fonts, broken digits, scribbles, dots.

The fonts are A. V. Hershey's (1967). One set of fonts is for training, another for measuring.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from HersheyFonts import HersheyFonts

from model.data import handwriting as pen

if TYPE_CHECKING:
    from digits.drawing.ink import Stroke
    from model.data.handwriting import Points, Way

TRAINING_FONTS = ("futural", "scripts", "greek", "symbolic", "japanese")
MEASURING_FONTS = ("rowmans", "cursive", "cyrillic")
DIGITS_THEMSELVES = "0123456789"
LOOKALIKES = "OoIl|/\\(),'`\""
"""Characters that a hand draws as it draws a 0 or a 1: nobody can tell, so nothing is learned."""
SHARP = math.radians(50)  # a turn of a font's line that is a corner


def training(rng: np.random.Generator) -> list[Stroke]:
    """Draw something to learn from that is no digit: strokes of (x, y), y down, any scale."""
    while _is_a_one(strokes := _drawing(rng)):
        pass
    return strokes


def _is_a_one(strokes: list[Stroke]) -> bool:
    """Tell a thin upright stroke, which is a 1 whatever was meant."""
    width, height = np.ptp([point for stroke in strokes for point in stroke], axis=0)
    return len(strokes) == 1 and bool(width < 0.35 * height)


def _drawing(rng: np.random.Generator) -> list[Stroke]:
    kind = rng.random()
    if kind < 0.6:
        return pen.write(_one_of(_glyphs(TRAINING_FONTS, DIGITS_THEMSELVES + LOOKALIKES), rng), rng)
    if kind < 0.8:
        return _broken_digit(rng)
    if kind < 0.95:
        return pen.write(_scribble(rng), rng)
    return pen.write(_dots(rng), rng)


def measuring(rng: np.random.Generator) -> list[Stroke]:
    """Draw something to measure with: other fonts, every letter, the lookalikes too."""
    kind = rng.random()
    if kind < 0.8:
        return pen.write(_one_of(_glyphs(MEASURING_FONTS, DIGITS_THEMSELVES), rng), rng)
    return pen.write(_zigzag(rng) if kind < 0.95 else _dots(rng), rng)


def _one_of(several: list[Way], rng: np.random.Generator) -> Way:
    return several[rng.integers(len(several))]


@cache
def _glyphs(fonts: tuple[str, ...], without: str) -> list[Way]:
    """Give every character of the fonts as a way to write it, in heights of a capital letter."""
    glyphs = []
    for name in fonts:
        font = HersheyFonts()
        font.load_default_font(name)
        for code in range(ord("!"), ord("~") + 1):
            if chr(code) in without:
                continue
            lines = [np.array(line, float) / 21 for line in font.strokes_for_text(chr(code))]
            if lines := [line for line in lines if len(line)]:
                corner = np.min([line.min(0) for line in lines], 0)
                glyphs.append([(line - corner, _corners(line)) for line in lines])
    return glyphs


def _corners(line: Points) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell where a line turns sharply."""
    sharp = np.zeros(len(line), bool)
    steps = np.diff(line, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angles) + math.pi) % (2 * math.pi) - math.pi)
    sharp[1:-1] = turns > SHARP
    return sharp


def _broken_digit(rng: np.random.Generator) -> list[Stroke]:
    """Spoil a digit: mirror it, cross it out, write over it or beside it."""
    kind = rng.integers(3)
    if kind == 0:  # those that mirrored are another character, or none
        return [[(-x, y) for x, y in stroke] for stroke in pen.digit(_any("234579", rng), rng)]
    first, second = (pen.digit(_any("02345689", rng), rng) for _ in range(2))
    if kind == 1:
        return [*first, *second]
    return [*first, *([(x + rng.uniform(0.7, 0.9), y) for x, y in stroke] for stroke in second)]


def _any(labels: str, rng: np.random.Generator) -> str:
    return labels[rng.integers(len(labels))]


def _scribble(rng: np.random.Generator) -> Way:
    """Wander about: some strokes through random points, smooth or jagged."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        count = rng.integers(3, 12)
        strokes.append((rng.uniform(0, 1, (count, 2)), rng.random(count) < rng.random()))
    return strokes


def _zigzag(rng: np.random.Generator) -> Way:
    """Fill an area by going to and fro, or in circles."""
    count = int(rng.integers(8, 24))
    along = np.linspace(0, 1, count)
    if rng.random() < 0.5:
        points = np.stack([np.arange(count) % 2 + rng.normal(0, 0.1, count), along], 1)
    else:
        angle = along * rng.uniform(12, 30)
        points = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.3, 1, (count, 1))
    return [(points, np.zeros(count, bool))]


def _dots(rng: np.random.Generator) -> Way:
    """Tap once or a few times, or draw a flat line."""
    if rng.random() < 0.4:
        y = rng.uniform(-0.25, 0.25)
        return [(np.array([[0, 0.5], [0.5, 0.5 + y / 2], [1, 0.5 + y]]), np.zeros(3, bool))]
    return [
        (rng.uniform(0, 1, (1, 2)) + rng.normal(0, 0.004, (2, 2)), np.zeros(2, bool))
        for _ in range(rng.choice([1, 1, 2, 3]))
    ]
