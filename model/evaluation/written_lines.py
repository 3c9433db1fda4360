"""Read whole lines as the page does, and count what is right: lines, all symbols, each symbol."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing.source import DrawingSource
from digits.reading.contract import SYMBOLS
from digits.reading.line_reader import read_lines
from model.writing import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Stroke
    from digits.reading.recogniser import Recogniser

COUNT = 1_000
"""Number of synthetic lines."""
SEED = 9_998
"""Reserved for evaluation: training must use other seeds."""
NEW_LINE = "\n"


@dataclass(frozen=True)
class LineResult:
    """How well lines are read.

    Attributes:
        count: Number of drawings, each of one or more lines.
        accuracy: Share of drawings that are read exactly right.
        symbols: 1 minus the ratio of mistakes to symbols. Wrong, missing and additional
            symbols count as mistakes. Line breaks count as symbols.
        by_symbol: The share of each symbol's occurrences that are read correctly.
        confusions: (true symbol, read symbol, count) of the (at most ten) commonest confusions.
    """

    count: int
    accuracy: float
    symbols: float
    by_symbol: dict[str, float]
    confusions: list[tuple[str, str, int]]


def synthetic_lines() -> list[tuple[str, list[Stroke]]]:
    """Return COUNT synthetic numbers and sums, each with its text."""
    drawn = []
    for index in range(COUNT):
        rng = np.random.default_rng([SEED, index])
        text = lines.random_text(rng)
        drawn.append((text, lines.write_text(text, rng)))
    return drawn


def read_text(recogniser: Recogniser, strokes: Sequence[Stroke]) -> str:
    """Return the text that is read in a drawing, a line of text for each line."""
    read = asyncio.run(read_lines(recogniser, DrawingSource([[stroke] for stroke in strokes])))
    return NEW_LINE.join("".join(each.reading.label for each in line) for line in read)


def measure_lines(
    recogniser: Recogniser, drawings: Sequence[tuple[str, list[Stroke]]]
) -> LineResult:
    """Read drawings of lines, at least one, and compare them with their texts."""
    texts = [text for text, _ in drawings]
    found = [read_text(recogniser, strokes) for _, strokes in drawings]
    total, right = Counter[str](), Counter[str]()
    confused = Counter[tuple[str, str]]()
    mistakes = 0
    for text, read in zip(texts, found, strict=True):
        total.update(text.replace(NEW_LINE, ""))
        matcher = SequenceMatcher(None, text, read, autojunk=False)
        for kind, start, end, read_start, read_end in matcher.get_opcodes():
            if kind == "equal":
                right.update(text[start:end].replace(NEW_LINE, ""))
                continue
            mistakes += max(end - start, read_end - read_start)
            if end - start == read_end - read_start:
                confused.update(zip(text[start:end], read[read_start:read_end], strict=True))
    return LineResult(
        count=len(texts),
        accuracy=sum(map(str.__eq__, texts, found)) / len(texts),
        symbols=1 - mistakes / max(sum(map(len, texts)), 1),
        by_symbol={each: right[each] / total[each] for each in SYMBOLS if total[each]},
        confusions=[(*pair, count) for pair, count in confused.most_common(10)],
    )
