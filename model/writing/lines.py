"""Synthetic lines of numbers and sums, each as one person would write it.

The unit of length is the mean height of a digit. y points down, and the baseline is at 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from digits.reading.contract import DIGITS
from model.writing import handwriting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digits.drawing.ink import Stroke

MAX_SIZE_CHANGE = 0.15
"""Largest difference between the height of a digit and 1."""
MAX_BASELINE_OFFSET = 0.08
"""Largest distance between the lower end of a digit and the baseline."""
MAX_SLOPE = 4.0
"""Largest slope of the baseline, in degrees."""
MAX_WAVE = 0.08
"""Largest distance of a wavy baseline from a straight one."""
MEDIAN_GAP = 0.25
"""Median gap between a symbol and the symbols before it.

In each row, the distance is measured from the right end of the earlier ink, in this row and in the
_MARGIN rows above and below it, to the left end of the symbol's ink. The gap is the smallest of
these distances. Ink is here the centre line of a stroke: the drawn stroke is wider, so neighbouring
symbols can touch.
"""
GAP_LOG_STDDEV = 0.35
"""Standard deviation of the logarithm of a gap.

Each line has a typical gap, which is chosen around MEDIAN_GAP. Each gap in the line is chosen
around the typical gap. Both choices have this standard deviation.
"""
MIN_GAP = 0.03
"""Smallest gap that is chosen, measured as for MEDIAN_GAP."""
MAX_BOX_OVERLAP = 0.15
"""Largest overlap of the bounding boxes of two neighbours."""
LINE_SPACING = 1.45, 2.2
"""Smallest and largest distance between two baselines."""
SAME_SHAPE = 0.85
"""Probability that a person keeps the template of a symbol. Otherwise, a template is chosen at
random, possibly the same one."""
DOT_FOR_TIMES = 0.12
"""Share of persons who write × as a dot at half height."""

_ROW_HEIGHT = 0.04
"""Gaps are measured in rows of this height, which are parallel to the baseline."""
_MARGIN = 2
"""Number of rows above and below a stroke in which the gap to the next symbol is kept, too."""
_ROWS, _BASELINE_ROW = 75, 50
"""The number of rows, and the index of the first row below the baseline. The rows are enough for
symbols of all heights."""


def write_text(text: str, rng: np.random.Generator) -> list[Stroke]:
    """Write one or more lines in one random hand; return the strokes in the order of writing."""
    return [stroke for symbol in write_symbols(text, rng) for stroke in symbol]


def write_symbols(text: str, rng: np.random.Generator) -> list[list[Stroke]]:
    """Write one or more lines in one random hand; return the strokes of each symbol.

    Args:
        text: Lines of symbols of `digits.reading.contract`.
        rng: The random generator.
    """
    write = _writer(rng)
    symbols: list[list[Stroke]] = []
    baseline = 0.0
    for line in text.split("\n"):
        indent = rng.uniform(-0.3, 0.3)
        placed = place_side_by_side([write(symbol) for symbol in line], rng)
        symbols += [moved(symbol, indent, baseline) for symbol in placed]
        baseline += rng.uniform(*LINE_SPACING)
    return symbols


def random_text(rng: np.random.Generator) -> str:
    """Return the text of a random number, sum or time, of 1 to 19 symbols."""

    def number(digits: int = 3) -> str:
        value = str(rng.integers(10 ** rng.integers(1, digits + 1)))
        kind = rng.random()
        if kind < 0.12:
            mark = rng.choice([".", ","])
            return f"{value}{mark}{rng.integers(10 ** rng.integers(1, 3))}"
        return value

    def operator(signs: str = "+-×÷") -> str:
        return signs[rng.integers(len(signs))]

    end = "=" if rng.random() < 0.7 else ""
    kind = rng.random()
    if kind < 0.55:
        return f"{number()}{operator()}{number()}{end}"
    if kind < 0.65:
        return f"{number(2)}{operator()}{number(2)}{operator()}{number(2)}{end}"
    if kind < 0.75:
        return f"({number(2)}{operator('+-')}{number(2)}){operator('×÷')}{number(1)}{end}"
    if kind < 0.82:
        return f"{number(2)}/{number(2)}{end}"
    if kind < 0.88:
        return f"{number(2)}:{number(2)}{end}"
    if kind < 0.93:
        return f"-{number()}"
    return number(4)


def place_side_by_side(
    symbols: Sequence[list[Stroke]], rng: np.random.Generator
) -> list[list[Stroke]]:
    """Place symbols, whose baseline is at 0, on a line with random gaps.

    Returns:
        The strokes of each symbol.
    """
    log_gap = math.log(MEDIAN_GAP) + rng.normal(0, GAP_LOG_STDDEV)
    slope = math.tan(math.radians(rng.uniform(-MAX_SLOPE, MAX_SLOPE)))
    wave, length, phase = rng.uniform(0, MAX_WAVE), rng.uniform(3, 8), rng.uniform(0, 6.3)
    line: list[list[Stroke]] = []
    ink_ends, line_end = np.full(_ROWS, -np.inf), 0.0
    for symbol in symbols:
        gap = max(math.exp(log_gap + rng.normal(0, GAP_LOG_STDDEV)), MIN_GAP)
        left, right = _edges(symbol)
        x = max(float((_with_margin(ink_ends) - left).max()) + gap, line_end - MAX_BOX_OVERLAP)
        x = x if line else -float(left.min())
        y = x * slope + wave * math.sin(6.3 * x / length + phase)
        line.append(moved(symbol, x, y))
        ink_ends = np.maximum(ink_ends, right + x)
        line_end = float(ink_ends.max())
    return line


def moved(strokes: Sequence[Stroke], dx: float, dy: float) -> list[Stroke]:
    """Return the strokes, moved to the right by `dx` and down by `dy`."""
    return [[(x + dx, y + dy) for x, y in stroke] for stroke in strokes]


def on_baseline(digit: Sequence[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Scale a digit to a random height of about 1; put it near the baseline, its left end at 0.

    A digit that is more than twice as wide as high, such as a 1 that lies flat, gets twice the
    random height as its width.
    """
    height = rng.uniform(1 - MAX_SIZE_CHANGE, 1 + MAX_SIZE_CHANGE)
    offset = rng.uniform(-MAX_BASELINE_OFFSET, MAX_BASELINE_OFFSET)
    xs, ys = zip(*(point for stroke in digit for point in stroke), strict=True)
    scale = height / (max(max(ys) - min(ys), (max(xs) - min(xs)) / 2) or 1.0)
    left, bottom = min(xs), max(ys)
    return [
        [((x - left) * scale, (y - bottom) * scale + offset) for x, y in stroke] for stroke in digit
    ]


def _writer(rng: np.random.Generator) -> Callable[[str], list[Stroke]]:
    """Return a function that writes a symbol as one person would, on a baseline at 0."""
    hand = handwriting.random_hand(rng)
    multiplies_by_dot = rng.random() < DOT_FOR_TIMES
    chosen: dict[str, int] = {}

    def write(symbol: str) -> list[Stroke]:
        if symbol == "×" and multiplies_by_dot:
            return moved(write("."), 0, -rng.uniform(0.42, 0.55))
        templates = handwriting.templates_of(symbol)
        if symbol not in chosen or rng.random() > SAME_SHAPE:
            chosen[symbol] = int(rng.integers(len(templates)))
        template = templates[chosen[symbol]]
        if symbol in DIGITS:
            return on_baseline(handwriting.write_template(template, rng, hand), rng)
        return moved(handwriting.write_sign(template, hand, rng), 0, -1)

    return write


def _edges(strokes: Sequence[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    """Return the left and the right end of the ink in each row; inf and -inf in empty rows."""
    left, right = np.full(_ROWS, np.inf), np.full(_ROWS, -np.inf)
    for stroke in strokes:
        for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
            steps = 2 + math.ceil(2 * math.dist(start, end) / _ROW_HEIGHT)
            xs, ys = np.linspace(start, end, steps).T
            rows = np.floor(ys / _ROW_HEIGHT).astype(int) + _BASELINE_ROW
            rows = np.clip(rows, 0, _ROWS - 1)
            np.minimum.at(left, rows, xs)
            np.maximum.at(right, rows, xs)
    return left, right


def _with_margin(ink_ends: np.ndarray) -> np.ndarray:
    """Return for each row the right end of the ink in this row and _MARGIN rows on both sides."""
    padded = np.pad(ink_ends, _MARGIN, constant_values=-np.inf)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _MARGIN + 1).max(axis=1)
