"""A drawing as the source of a reading: its parts are gestures.

It implements `digits.app.Source`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around
from digits.drawing.lean import lean_of
from digits.drawing.overlap import one_group_each
from digits.drawing.raster import rasterise
from digits.drawing.segment import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box, Point, Stroke
    from digits.drawing.lean import Lean
    from digits.drawing.overlap import Group
    from digits.drawing.raster import Image

MAX_REMEMBERED = 128
"""The maximum number of images in the cache."""


class DrawingSource:
    """The gestures of a drawing. All strokes of a gesture belong to the same symbol."""

    max_joint_probability = 1.0
    """Joined gestures can be surely one symbol."""

    def __init__(self, gestures: Sequence[Sequence[Stroke]]) -> None:
        """Read from gestures.

        Args:
            gestures: What the pen drew from pen down to pen up, at any scale; y points down. Each
                has several strokes if the pen left the sheet meanwhile, and at least one.

        """
        self._gestures = gestures

    def groups(self) -> dict[Group, Candidate]:
        """Return each gesture as a group."""
        joined = [[point for stroke in gesture for point in stroke] for gesture in self._gestures]
        return {group: Candidate([index]) for index, group in enumerate(one_group_each(joined))}

    def box(self, parts: Sequence[int]) -> Box:
        """Return the box around some gestures."""
        return box_around(self._strokes(parts))

    def lean(self, parts: Sequence[int]) -> Lean:
        """Return how some gestures lean."""
        return lean_of(self._strokes(parts))

    def image(self, parts: Sequence[int], line_height: float) -> Image:
        """Return the 28x28 image of some gestures. line_height: as for `rasterise`."""
        return _image(tuple(map(tuple, self._strokes(parts))), line_height)

    def on_sheet(self, box: Box) -> Box:
        """Return the same box: a drawing has the coordinates of the sheet."""
        return box

    @property
    def newest(self) -> int:
        """The index of the newest gesture."""
        return len(self._gestures) - 1

    def _strokes(self, parts: Sequence[int]) -> list[Stroke]:
        return [stroke for index in parts for stroke in self._gestures[index]]


@lru_cache(maxsize=MAX_REMEMBERED)
def _image(strokes: tuple[tuple[Point, ...], ...], line_height: float) -> Image:
    """Return the image of some strokes. The cache spares drawing it again after each new stroke."""
    return rasterise(strokes, line_height=line_height)
