"""Correct uneven light: compare the brightness of each pixel with that of the paper around it.

The brightness of the paper in a photo varies: a lamp lights one corner, a hand casts a shadow. A
morphological closing estimates the paper's brightness at every pixel (J. Serra: "Image Analysis and
Mathematical Morphology", 1982): it computes the maximum within a window around each pixel, and then
the minimum of these maxima within the same window. This removes all dark areas that are narrower
than the window, such as the lines of a digit, and does not move the edges of shadows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type Rows = list[list[float]]
"""Values of pixels, row by row."""

CELL = 3
"""The side of a cell in pixels. The closing uses the means of cells, to reduce noise and time."""
WINDOW = 0.3
"""The window's side, as a fraction of the picture's shorter side: wider than any stroke."""
NARROW_WINDOW = 0.15
"""In a narrow picture, such as a cropped 1, the window's side is at least this fraction of the
picture's longer side."""
CLEAR_BORDER = 0.5
"""If the balance of the picture's border is above this value, or below minus this value, the border
decides whether the paper is light, with two exceptions. `_balance` explains the balance."""
MAX_CONTRARY = 0.4
"""If the balance of the whole picture is at most minus this, the paper is dark even if the border
is light."""
MAX_CONTRARY_DARK = 0.2
"""If the balance of the whole picture is above this, the paper is light even if the border is dark.
This is less than MAX_CONTRARY, because a dark border may be a desk around the paper."""


class GreyPicture(NamedTuple):
    """A grey picture. grey: one byte per pixel, row by row; 0 is black, 255 is white."""

    width: int
    height: int
    grey: bytes


def darkness(picture: GreyPicture) -> Rows:
    """Return the strength of the ink at each pixel, row by row: 0 is paper, 1 is black ink.

    A picture of light ink on dark paper is inverted first. The result has a whole number of cells:
    up to CELL - 1 pixels at the right and the bottom are dropped. If the picture is less than CELL
    pixels wide or high, the result is empty.
    """
    width, height = (side // CELL * CELL for side in picture[:2])
    if not width or not height:
        return []
    starts = range(0, height * picture.width, picture.width)
    rows: Rows = [list(picture.grey[start : start + width]) for start in starts]
    cells = [_means(rows[y : y + CELL]) for y in range(0, height, CELL)]
    window = max(WINDOW * min(width, height), NARROW_WINDOW * max(width, height))
    reach = max(round(window / CELL / 2), 1)
    brightest, darkest = _extremes(cells, reach, max), _extremes(cells, reach, min)
    if not _is_light(cells, brightest, darkest):
        rows = [[255 - value for value in row] for row in rows]
        brightest = [[255 - value for value in row] for row in darkest]
    paper = _extremes(brightest, reach, min)
    smooth = map(_smooth, [rows[0], *rows], rows, [*rows[1:], rows[-1]])
    return [_compare(row, paper[y // CELL]) for y, row in enumerate(smooth)]


def _means(rows: Rows) -> list[float]:
    """Return the mean of each cell in CELL rows."""
    columns = [sum(column) for column in zip(*rows, strict=True)]
    return [sum(columns[x : x + CELL]) / CELL**2 for x in range(0, len(columns), CELL)]


def _is_light(cells: Rows, brightest: Rows, darkest: Rows) -> bool:
    """Return whether the paper is lighter than the ink.

    Around any line there is more paper than ink. So if the values are mostly nearer to the maximum
    of their window than to its minimum, the paper is light. This rule fails if thick lines are
    cropped tightly. So if the border of the picture gives a clear result, the border decides,
    because lines touch it in few places. MAX_CONTRARY and MAX_CONTRARY_DARK are exceptions.
    """
    rows = [list(zip(*row, strict=True)) for row in zip(cells, brightest, darkest, strict=True)]
    balance = _balance([cell for row in rows for cell in row])
    sides = [cell for row in rows[1:-1] for cell in (row[0], row[-1])]
    border = _balance([*rows[0], *sides, *rows[-1]])
    if border > CLEAR_BORDER:
        return balance > -MAX_CONTRARY
    if border < -CLEAR_BORDER:
        return balance > MAX_CONTRARY_DARK
    return balance >= 0


def _balance(cells: Sequence[tuple[float, float, float]]) -> float:
    """Return 1 if all values are the maximum of their window, -1 if all are the minimum.

    Other values are in between. A window counts more if its maximum and minimum differ more.

    Args:
        cells: For each cell its value, and the maximum and the minimum of the window around it.

    """
    weight = sum((high - low) ** 2 for _, high, low in cells)
    total = sum((2 * value - high - low) * (high - low) for value, high, low in cells)
    return total / (weight or 1)


def _extremes(rows: Rows, reach: int, max_or_min: Callable[[float, float], float]) -> Rows:
    """Return the maximum or minimum within a square of side 2 * reach + 1 around each value."""
    for _ in ("across", "down"):  # each pass also transposes the rows
        rows = [
            list(row)
            for row in zip(*(_extremes_in_row(row, reach, max_or_min) for row in rows), strict=True)
        ]
    return rows


def _extremes_in_row(
    row: list[float], reach: int, max_or_min: Callable[[float, float], float]
) -> Sequence[float]:
    row = [row[0]] * reach + row + [row[-1]] * reach
    length, window = 1, 2 * reach + 1
    while length < window:  # each item of `row` is the extreme of `length` consecutive values
        step = min(length, window - length)
        row = list(map(max_or_min, row, row[step:]))
        length += step
    return row


def _smooth(above: list[float], row: list[float], below: list[float]) -> list[float]:
    """Average each pixel with its eight neighbours, with the weights 1, 2, 1 across and down."""
    down = [a + 2 * b + c for a, b, c in zip(above, row, below, strict=True)]
    sides = zip([down[0], *down], down, [*down[1:], down[-1]], strict=False)
    return [(a + 2 * b + c) / 16 for a, b, c in sides]


def _compare(row: list[float], paper: list[float]) -> list[float]:
    """Return the strength of the ink in a row. paper: the brightness of the paper in each cell."""
    papers = (value for value in paper for _ in range(CELL))
    return [
        1 - value / white if value < white else 0.0
        for value, white in zip(row, papers, strict=True)
    ]
