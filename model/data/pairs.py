"""Pairs of groups of strokes in synthetic lines, and whether they are one symbol.

The strokes of a line are joined step by step, as `digits.drawing.segment` does when it makes no
mistake. All pairs of near groups that occur on the way are examples.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from digits.drawing.overlap import join, one_group_each
from digits.drawing.same_symbol import are_near, measures
from model.data.processes import process_pool
from model.writing import lines
from tools.console import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from digits.drawing.overlap import Group

CHUNK = 100
"""Number of drawings that a process writes at a time."""
NUMBERS, TWO_LINES = 0.3, 0.1
"""The share of drawings whose first line is a random whole number (in the others it is
`lines.random_text`), and the share of drawings that have a second line. All of the latter are among
the former."""


def pairs(count: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the measures of pairs in synthetic lines, and whether each pair is one symbol.

    For the measures, see `digits.drawing.same_symbol`.

    Args:
        count: Number of drawings of one or two lines.
        seed: Seed of the random generator.

    Returns:
        float64 [N, number of measures] and bool [N].
    """
    say(f"Writing {count} lines of numbers and sums ...")
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with process_pool() as pool:
        parts = [pair for part in pool.map(partial(_pairs, seed), chunks) for pair in part]
    inputs, same = zip(*parts, strict=True)
    return np.array(inputs), np.array(same)


def _pairs(seed: int, indices: range) -> list[tuple[list[float], bool]]:
    """Return the pairs of the drawings at some indices."""
    found = []
    for index in indices:
        rng = np.random.default_rng([seed, index])
        kind = rng.random()
        text = str(rng.integers(10 ** rng.integers(1, 6)))
        if kind >= NUMBERS:
            text = lines.random_text(rng)
        if kind < TWO_LINES:
            text += "\n" + lines.random_text(rng)
        symbols = lines.write_symbols(text, rng)
        strokes = [stroke for symbol in symbols for stroke in symbol]
        symbol_of = [index for index, symbol in enumerate(symbols) for _ in symbol]
        found += _pairs_while_joining(one_group_each(strokes), symbol_of)
    return found


def _pairs_while_joining(
    groups: list[Group], symbol_of: list[int]
) -> list[tuple[list[float], bool]]:
    """Join groups of the same symbol; return all pairs of near groups that occur.

    Args:
        groups: The groups of one stroke each.
        symbol_of: For each stroke, the number of its symbol.
    """
    symbols = dict(zip(groups, symbol_of, strict=True))
    found = []
    to_compare = [(a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
    while True:
        same = []
        for a, b in to_compare:
            if are_near(a, b):
                is_same = symbols[a] == symbols[b]
                found.append((measures(a, b), is_same))
                same += [(a, b)] if is_same else []
        to_join = (
            same
            or [  # none among the new pairs: look at all
                (a, b)
                for i, a in enumerate(groups)
                for b in groups[i + 1 :]
                if symbols[a] == symbols[b] and are_near(a, b)
            ]
        )
        if not to_join:
            return found
        first, second = to_join[0]
        joined = join(first, second)
        symbols[joined] = symbols[first]
        groups = [group for group in groups if group not in (first, second)]
        to_compare = [(group, joined) for group in groups]
        groups.append(joined)
