"""Even out the light: measure how dark each pixel is, compared with the paper around it.

The paper in a photo has more than one grey: a lamp lights one corner, a hand casts a shadow. A
morphological closing estimates the paper's brightness at every place (J. Serra: "Image Analysis and
Mathematical Morphology", 1982): it takes the maximum within a window, then the minimum of those
maxima. This fills in everything narrower than the window, which is the ink, and leaves the edges of
shadows where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type Rows = list[list[float]]

CELL = 3
"""The side in pixels of the squares whose mean is used: it averages out noise and saves time."""
WINDOW = 0.3
"""The window's side, as a fraction of the picture's shorter side: wider than any stroke."""


class Picture(NamedTuple):
    """A grey picture. grey: one byte per pixel, row by row; 0 is black, 255 is white."""

    width: int
    height: int
    grey: bytes


def darkness(picture: Picture) -> Rows:
    """Return the strength of the ink, row by row: 0 is paper, 1 is black ink.

    A picture of light ink on dark paper is inverted first. Up to CELL - 1 pixels at the right and
    the bottom are dropped. A picture less than CELL pixels wide or high has no rows.
    """
    width, height = (side // CELL * CELL for side in picture[:2])
    if not width or not height:
        return []
    starts = range(0, height * picture.width, picture.width)
    rows: Rows = [list(picture.grey[start : start + width]) for start in starts]
    cells = [_means(rows[y : y + CELL]) for y in range(0, height, CELL)]
    reach = max(round(WINDOW * min(width, height) / CELL / 2), 1)
    brightest, darkest = _extremes(cells, reach, max), _extremes(cells, reach, min)
    if not _is_light(cells, brightest, darkest):
        rows = [[255 - value for value in row] for row in rows]
        brightest = [[255 - value for value in row] for row in darkest]
    paper = _extremes(brightest, reach, min)
    smooth = map(_smooth, [rows[0], *rows], rows, [*rows[1:], rows[-1]])
    return [_compare(row, paper[y // CELL]) for y, row in enumerate(smooth)]


def _means(rows: Rows) -> list[float]:
    columns = [sum(column) for column in zip(*rows, strict=True)]
    return [sum(columns[x : x + CELL]) / CELL**2 for x in range(0, len(columns), CELL)]


def _is_light(cells: Rows, brightest: Rows, darkest: Rows) -> bool:
    """Return whether the paper is lighter than the ink: there is more paper around any stroke."""
    return (
        sum(
            (2 * value - high - low) * (high - low)
            for row in zip(cells, brightest, darkest, strict=True)
            for value, high, low in zip(*row, strict=True)
        )
        >= 0
    )


def _extremes(rows: Rows, reach: int, pick: Callable[[float, float], float]) -> Rows:
    """Return the maximum or minimum within a square of side 2 * reach + 1 around each place."""
    for _ in ("across", "down"):
        rows = [
            list(row) for row in zip(*(_extreme(row, reach, pick) for row in rows), strict=True)
        ]
    return rows


def _extreme(
    row: list[float], reach: int, pick: Callable[[float, float], float]
) -> Sequence[float]:
    row = [row[0]] * reach + row + [row[-1]] * reach
    seen, length = 1, 2 * reach + 1
    while seen < length:  # each value is now the extreme of the next `seen` values
        step = min(seen, length - seen)
        row = list(map(pick, row, row[step:]))
        seen += step
    return row


def _smooth(above: list[float], row: list[float], below: list[float]) -> list[float]:
    """Average each pixel with its eight neighbours, with the weights 1, 2, 1 across and down."""
    down = [a + 2 * b + c for a, b, c in zip(above, row, below, strict=True)]
    sides = zip([down[0], *down], down, [*down[1:], down[-1]], strict=False)
    return [(a + 2 * b + c) / 16 for a, b, c in sides]


def _compare(row: list[float], paper: list[float]) -> list[float]:
    papers = (value for value in paper for _ in range(CELL))
    return [
        1 - value / white if value < white else 0.0
        for value, white in zip(row, papers, strict=True)
    ]
