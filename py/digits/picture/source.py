"""A picture as the source of a reading: its parts are components of ink, or pieces of them.

It implements `digits.app.Source`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from digits.drawing.lean import lean_of_points
from digits.drawing.segment import Candidate
from digits.picture.groups import middle_line_box, one_group_each
from digits.picture.touching import Touching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.ink import Box, Point
    from digits.drawing.lean import Lean
    from digits.drawing.overlap import Group
    from digits.drawing.raster import Image
    from digits.picture.components import Component
    from digits.picture.find import FoundInk


class Area(NamedTuple):
    """A rectangle in a picture, upright or turned.

    Attributes:
        x: The middle, in pixels from the picture's left side.
        y: The middle, in pixels from the picture's upper side.
        width: The width in pixels, along the turned rows.
        height: The height in pixels.
        angle: How far it is turned clockwise around its middle, in radians.

    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def position(self, across: float, down: float) -> tuple[float, float]:
        """Return x and y in the picture of a point of the area.

        Args:
            across: The point's distance from the area's left side, in pixels.
            down: Its distance from the upper side.

        """
        dx, dy = across - self.width / 2, down - self.height / 2
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return self.x + dx * cos - dy * sin, self.y + dx * sin + dy * cos


class PictureSource:
    """The ink that was found in an area of a picture.

    Coordinates are those of the area, in pixels of the scaled copy in which the ink was found.

    Attributes:
        found: The ink.
        scale: The number of pixels of this copy for each pixel of the picture.

    """

    max_joint_probability = 0.95
    """See `digits.drawing.segment.segment`. It is below SURE, so joined components can always be
    split again: components are less exact than strokes."""
    newest = None
    """No part is newer than the others."""

    def __init__(self, found: FoundInk, area: Area, scale: float, size: tuple[int, int]) -> None:
        """Prepare found ink for reading. size: the picture's width and height in pixels."""
        self.found = found
        self.scale = scale
        self._area = area
        self._size = size
        self._parts: list[Component] = []
        touching = Touching(found.components, found.thickness)
        self._candidates = [self._candidate(each, touching) for each in found.components]

    def groups(self) -> dict[Group, Candidate]:
        """Return each component as a group; its candidate has splits where digits may touch."""
        return dict(
            zip(
                one_group_each(self.found.components, self.found.thickness),
                self._candidates,
                strict=True,
            )
        )

    def box(self, parts: Sequence[int]) -> Box:
        """Return the box around the centre lines of some parts.

        The strokes of a pen have no thickness, so both kinds of boxes can be compared.
        """
        thickness = self.found.thickness
        boxes = [middle_line_box(self._parts[index], thickness) for index in parts]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    def lean(self, parts: Sequence[int]) -> Lean:
        """Return how the lines of some parts lean."""
        grid = self.found.grid
        middle = [pixel for index in parts for pixel in self._parts[index].middle]
        return lean_of_points([grid.position(pixel) for pixel in middle])

    def image(self, parts: Sequence[int], line_height: float) -> Image:
        """Return the 28x28 image of some parts. line_height: as for `FoundInk.image`."""
        return self.found.image([self._parts[index] for index in parts], line_height)

    def in_picture(self, point: Point) -> Point:
        """Return x and y of a point in the whole picture, in its pixels."""
        return self._area.position(point[0] / self.scale, point[1] / self.scale)

    def on_sheet(self, box: Box) -> Box:
        """Return the place of a box on the sheet.

        The sheet shows the whole picture, as large as possible, in its middle.
        """
        left, top, right, bottom = box
        corners = [self.in_picture((x, y)) for x in (left, right) for y in (top, bottom)]
        width, height = self._size
        side = max(width, height)
        xs = [(x + (side - width) / 2) / side for x, _ in corners]
        ys = [(y + (side - height) / 2) / side for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _candidate(self, component: Component, touching: Touching) -> Candidate:
        """Return a component as a candidate; add it to the parts, cut where digits may touch."""
        pieces = touching.cut(component)
        start, count = len(self._parts), len(pieces)
        self._parts += pieces
        candidates: dict[tuple[int, int], Candidate] = {}
        """The candidates, by the number of their first piece and that after their last piece."""
        for length in range(1, count + 1):
            for first in range(count - length + 1):
                end = first + length
                if length < count and not touching.is_high_enough(pieces[first:end]):
                    continue
                splits = tuple(
                    (candidates[first, middle], candidates[middle, end])
                    for middle in range(first + 1, end)
                    if {(first, middle), (middle, end)} <= candidates.keys()
                )
                parts = list(range(start + first, start + end))
                probability = touching.probability_of_one_symbol(pieces[first:end])
                candidates[first, end] = Candidate(parts, probability if splits else 1.0, splits)
        return candidates[0, count]
