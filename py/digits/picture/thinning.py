"""Thin the ink of a line to its middle, one pixel wide.

T. Y. Zhang, C. Y. Suen: "A fast parallel algorithm for thinning digital patterns", 1984.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def thin(pixels: Iterable[int], stride: int) -> list[int]:
    """Return the pixels in the middle of some ink, at least one. Connected ink stays connected.

    Args:
        pixels: The indices of the ink's pixels, row by row; at least one.
        stride: The number of pixels in a row.

    """
    # The eight neighbours, clockwise from the one above.
    steps = (-stride, 1 - stride, 1, stride + 1, stride, stride - 1, -1, -stride - 1)
    ink = set(pixels)
    to_check = ink
    while to_check:
        removed: set[int] = set()
        # In each of two passes, a pixel stays if all three neighbours of a group are ink.
        for never_together in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            border = {
                pixel
                for pixel in to_check
                if pixel in ink and _is_removable(pixel, ink, steps, never_together)
            }
            ink -= border
            removed |= border
        to_check = {pixel + step for pixel in removed for step in steps} & ink
        if not ink:  # a square of two by two pixels vanishes at once
            return [min(removed)]
    return sorted(ink)


def _is_removable(
    pixel: int,
    ink: set[int],
    steps: tuple[int, ...],
    never_together: tuple[tuple[int, ...], tuple[int, ...]],
) -> bool:
    """Return whether a pixel is on the border, and no line is cut or shortened without it.

    Args:
        pixel: The pixel.
        ink: All pixels of ink.
        steps: The steps to the eight neighbours, in a circle.
        never_together: Two groups of numbers of neighbours, which must not all be ink.

    """
    around = [pixel + step in ink for step in steps]
    if not 2 <= sum(around) <= 6:
        return False
    changes = sum(
        not here and after for here, after in zip(around, around[1:] + around[:1], strict=True)
    )
    return changes == 1 and not any(all(around[each] for each in three) for three in never_together)
