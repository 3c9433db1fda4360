"""The hand in which the page writes results, until it knows how the user writes."""

from __future__ import annotations

import json

from digits.reading.contract import SYMBOLS
from model.writing.handwriting import curve_through, templates_of
from tools.env.venv import ROOT

FILE = ROOT / "py" / "digits" / "writing" / "template_hand.json"
TEMPLATE = {"1": 4, "4": 8}
"""The index of the chosen template of a symbol; for all others, the first one is chosen."""
POINTS_PER_SEGMENT = 5
"""Number of points from one control point to the next."""


def template_hand() -> str:
    """Return the symbols as JSON: for each, its strokes, in percent of the height of a digit.

    x begins at 0. y is 0 in the middle of the line, and points down.
    """
    symbols = {}
    for symbol in SYMBOLS:
        template = templates_of(symbol)[TEMPLATE.get(symbol, 0)]
        curves = [curve_through(*stroke, POINTS_PER_SEGMENT) for stroke in template]
        left = min(curve[:, 0].min() for curve in curves)
        symbols[symbol] = [
            [[round(100 * (x - left)), round(100 * y - 50)] for x, y in curve] for curve in curves
        ]
    return json.dumps(symbols, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_template_hand() -> None:
    """Write the file that the page reads."""
    FILE.write_text(template_hand(), "utf-8")
