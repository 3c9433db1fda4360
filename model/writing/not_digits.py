"""Synthetic drawings that are not symbols: letters, spoilt digits, scribbles and the like.

Letters and symbols come from A. V. Hershey's stroke fonts (1967). Training and evaluation use
different fonts. Only the training uses spoilt digits, pairs of symbols and scribbles; only the
evaluation uses filled areas.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from HersheyFonts import HersheyFonts

from digits.reading.contract import DIGITS, SYMBOLS
from model.writing import handwriting, lines

if TYPE_CHECKING:
    from digits.drawing.ink import Stroke
    from model.writing.handwriting import Points, Template

TRAINING_FONTS = ("futural", "scripts", "greek", "symbolic", "japanese")
EVALUATION_FONTS = ("rowmans", "cursive", "cyrillic")
SIGN_CHARACTERS = "+-xX*=.,/:()_~|\\[]{};!i'`\""
"""Characters that are signs, or look like signs or parts of them, and are therefore not used."""
SIGNS_IN_FONTS = {"greek": "Ccjv", "symbolic": "#$%&BCMNOjqrst"}
"""Other characters that look like signs in some fonts, by font. They are not used either."""
LOOKALIKES = "OoIl"
"""Characters that look like a handwritten 0 or 1, and are therefore not used for training."""
CORNER_ANGLE = math.radians(50)
"""A point is a corner if the line turns there by more than this angle."""


def draw_for_training(rng: np.random.Generator) -> list[Stroke]:
    """Draw a training example that is not a symbol; return its strokes of (x, y), with y down."""
    while _looks_like_a_one(strokes := _draw_for_training(rng)):
        pass
    return strokes


def draw_for_evaluation(rng: np.random.Generator) -> list[Stroke]:
    """Draw a test example that is not a symbol, possibly a lookalike; return its strokes."""
    kind = rng.random()
    if kind < 0.8:
        template = _choose(_glyphs(EVALUATION_FONTS, DIGITS + SIGN_CHARACTERS), rng)
        return handwriting.write_template(template, rng)
    return handwriting.write_template(_filled_area(rng), rng)


def _looks_like_a_one(strokes: list[Stroke]) -> bool:
    """Return whether the drawing is a single stroke that is narrow and upright."""
    width, height = np.ptp([point for stroke in strokes for point in stroke], axis=0)
    return len(strokes) == 1 and bool(width < 0.35 * height)


def _draw_for_training(rng: np.random.Generator) -> list[Stroke]:
    """Draw a character, a spoilt digit, a pair of symbols or a scribble; it may look like a 1."""
    kind = rng.random()
    if kind < 0.55:
        template = _choose(_glyphs(TRAINING_FONTS, DIGITS + SIGN_CHARACTERS + LOOKALIKES), rng)
        return handwriting.write_template(template, rng)
    if kind < 0.7:
        return _neighbours(rng)
    if kind < 0.85:
        return _spoilt_digit(rng)
    return handwriting.write_template(_scribble(rng), rng)


def _choose(templates: list[Template], rng: np.random.Generator) -> Template:
    return templates[rng.integers(len(templates))]


@cache
def _glyphs(fonts: tuple[str, ...], excluded: str) -> list[Template]:
    """Return the characters of fonts as templates, in which a capital letter is 1 high."""
    glyphs = []
    for name in fonts:
        font = HersheyFonts()
        font.load_default_font(name)
        for code in range(ord("!"), ord("~") + 1):
            if chr(code) in excluded + SIGNS_IN_FONTS.get(name, ""):
                continue
            # Capital letters of these fonts are 21 units high.
            lines = [np.array(line, float) / 21 for line in font.strokes_for_text(chr(code))]
            if lines := [line for line in lines if len(line)]:
                origin = np.min([line.min(0) for line in lines], 0)
                glyphs.append([(line - origin, _corners(line)) for line in lines])
    return glyphs


def _corners(line: Points) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each point of a line whether it is a corner."""
    sharp = np.zeros(len(line), bool)
    steps = np.diff(line, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angles) + math.pi) % (2 * math.pi) - math.pi)
    sharp[1:-1] = turns > CORNER_ANGLE
    return sharp


def _neighbours(rng: np.random.Generator) -> list[Stroke]:
    """Write two symbols side by side, at least one of them a digit: together they are no symbol."""
    digit = DIGITS[rng.integers(len(DIGITS))]
    other = SYMBOLS[rng.integers(len(SYMBOLS))]
    text = digit + other if rng.random() < 0.5 else other + digit
    return lines.write_text(text, rng)


def _spoilt_digit(rng: np.random.Generator) -> list[Stroke]:
    """Mirror a digit, or write another digit over it or beside it."""
    kind = rng.integers(3)
    if kind == 0:  # the mirror image of each of these digits is not a digit
        strokes = handwriting.write_symbol(_choose_label("234579", rng), rng)
        return [[(-x, y) for x, y in stroke] for stroke in strokes]
    # Without 1 and 7: their few lines could look like a part of the other digit.
    first, second = (
        handwriting.write_symbol(_choose_label("02345689", rng), rng) for _ in range(2)
    )
    if kind == 1:
        return [*first, *second]
    return [*first, *([(x + rng.uniform(0.7, 0.9), y) for x, y in stroke] for stroke in second)]


def _choose_label(labels: str, rng: np.random.Generator) -> str:
    return labels[rng.integers(len(labels))]


def _scribble(rng: np.random.Generator) -> Template:
    """Return strokes through random points, with random corners."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        count = rng.integers(3, 12)
        strokes.append((rng.uniform(0, 1, (count, 2)), rng.random(count) < rng.random()))
    return strokes


def _filled_area(rng: np.random.Generator) -> Template:
    """Return a stroke that fills an area with a zigzag or with circles."""
    count = int(rng.integers(8, 24))
    progress = np.linspace(0, 1, count)
    if rng.random() < 0.5:
        points = np.stack([np.arange(count) % 2 + rng.normal(0, 0.1, count), progress], 1)
    else:
        angle = progress * rng.uniform(12, 30)
        points = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.3, 1, (count, 1))
    return [(points, np.zeros(count, bool))]
