"""Find the ink of digits and signs in a picture, and convert it to images in MNIST's format.

The strength of a pixel is 0 for paper and 1 for black ink: see `digits.picture.light.darkness`.

1. `digits.picture.light` corrects uneven light.
2. A threshold separates ink from paper.
3. `digits.picture.choose` separates the digits and signs from all other ink.
4. If the ink is a single component, it is scaled into MNIST's box. Each pixel is the average of an
   area of the picture, so a small hole in the ink stays visible as a grey pixel. Lines that would
   be finer than MNIST's are redrawn with a thicker pen instead, by `digits.drawing.raster`. Of
   several components, the middles of the lines are drawn, as thick as MNIST's lines.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING

from digits.drawing.raster import BOX, RADIUS, SIDE, SMALLEST, rasterise
from digits.picture.choose import choose_components
from digits.picture.colour import grey_pictures
from digits.picture.components import Component, NothingToRead, PixelGrid
from digits.picture.light import darkness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digits.drawing.raster import Image
    from digits.picture.colour import ColourPicture
    from digits.picture.components import Box
    from digits.picture.light import GreyPicture, Rows

MIN_CONTRAST = 0.1
"""The minimum difference in strength between paper and the threshold, if the paper has no noise."""
NOISE_FACTOR = 13.0
"""This factor times the noise of the paper is added to the minimum difference. The noise is the
difference between the 60th and the 50th percentile of the pixels that `_count_paper` counts: higher
percentiles may be ink."""
ENOUGH_PAPER = 0.65
"""If more than this fraction of all pixels is paper, the 50th and the 60th percentile of all pixels
are values of paper. So all pixels can be used to measure the paper."""
CLEAR_SPLIT = 0.78
"""If the pixels form two groups, ink and paper, more than this fraction of their variance is
between the groups. For mere noise, it is 0.64 (normal distribution) or 0.75 (uniform)."""
WEAK_FRACTION = 0.6
"""A pixel that is connected to ink counts as ink, too, if its strength is more than this fraction
of the way from paper to the threshold (hysteresis)."""
WEAK_CONTRAST = 0.3
"""If the contrast of a grey picture is less than this, the next of `grey_pictures` is searched,
too: ink may differ from paper in hue instead of brightness."""
PREFERENCE_RATIO = 1.5
"""The next grey picture is preferred if its contrast is more than this many times as large."""
MIN_LENGTH = 0.07
"""The minimum length of a digit, as a fraction of the picture's longer side."""
MIN_THICKNESS = 1.6
"""The lines of a single component that would be thinner than this in the 28x28 image, in pixels,
are redrawn as thick as the lines of MNIST."""
FADE_START, FADE_END = 0.4, 1.6
"""The edge of the ink fades from paper to full ink between these multiples of the difference
between paper and threshold."""


@dataclass(frozen=True)
class FoundInk:
    """The ink of a picture: of a single digit, or of several symbols.

    Attributes:
        grid: The picture.
        components: The components of the ink, from left to right. A single digit is one component,
            and so are several digits that touch.
        paper: The strength of paper.
        threshold: The strength between paper and ink.

    """

    grid: PixelGrid
    components: Sequence[Component]
    paper: float
    threshold: float

    @property
    def contrast(self) -> float:
        """The difference in strength between ink and paper."""
        return 2 * (self.threshold - self.paper)

    @property
    def box(self) -> Box:
        """The smallest box around all components, in pixels."""
        lefts, tops, rights, bottoms = zip(*(each.box for each in self.components), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @cached_property
    def thickness(self) -> float:
        """The thickness of the lines in pixels: that of the largest component."""
        return max(self.components, key=lambda each: len(each.pixels)).thickness

    def image(self, parts: Sequence[Component], line_height: float = 0.0) -> Image:
        """Return the 28x28 image of some components or pieces of them, as one symbol.

        Args:
            parts: The components or pieces, at least one.
            line_height: As for `digits.drawing.raster.rasterise`, in pixels of the picture.

        """
        pixels = [pixel for part in parts for pixel in part.pixels]
        symbol = Component(self.grid, pixels)
        longer = max(symbol.length - self.thickness, SMALLEST * line_height)
        scale = (BOX - 2 * RADIUS) / max(longer, 1)
        if len(self.components) > 1:
            dots = [[point] for part in parts for point in part.middle_points]
            return rasterise(dots, line_height=line_height)
        if self.thickness * scale < MIN_THICKNESS:
            dots = [[self.grid.position(pixel)] for pixel in pixels]
            return rasterise(dots, RADIUS - self.thickness * scale / 2)
        min_length = SMALLEST * line_height + self.thickness if line_height else 0.0
        return _scale_to_box(self.grid, symbol, self.paper, self.threshold, min_length)


def find_in_colour(pixels: ColourPicture, min_length: float | None = None) -> FoundInk:
    """Find the ink of digits and signs in a colour picture: see `find` and `digits.picture.colour`.

    Raises:
        NothingToRead: No ink in the picture could be a digit.

    """
    best: FoundInk | None = None
    error = NothingToRead("picture_no_ink")
    for picture in grey_pictures(pixels):
        try:
            found = find(picture, min_length)
        except NothingToRead as failed:
            if error.reason == "picture_no_ink":  # any other reason is more specific
                error = failed
            continue
        if best is None or found.contrast > PREFERENCE_RATIO * best.contrast:
            best = found
        if best.contrast >= WEAK_CONTRAST:
            break
    if best is None:
        raise error
    return best


def find(picture: GreyPicture, min_length: float | None = None) -> FoundInk:
    """Find the ink of digits and signs in a grey picture: dark on light, or light on dark.

    Args:
        picture: The picture. Time and memory grow with the number of its pixels.
        min_length: The minimum length of a digit in pixels; by default MIN_LENGTH of the
            picture's longer side.

    Raises:
        NothingToRead: No ink in the picture could be a digit.

    """
    rows = darkness(picture)
    paper, threshold = _levels(rows)
    grid = PixelGrid(rows)
    weak = paper + WEAK_FRACTION * (threshold - paper)
    if min_length is None:
        min_length = MIN_LENGTH * max(grid.width, grid.height)
    components = choose_components(grid.components(weak, threshold), min_length)
    return FoundInk(grid, components, paper, threshold)


def _levels(rows: Rows) -> tuple[float, float]:
    """Return the strength of paper, and the threshold between paper and ink.

    The threshold is halfway between the strength of paper and the mean strength of the ink, or the
    minimum that MIN_CONTRAST and the noise of the paper require.

    T. W. Ridler and S. Calvard, "Picture thresholding using an iterative selection method", IEEE
    Transactions on Systems, Man and Cybernetics 8 (1978).
    """
    values = sorted(value for row in rows for value in row)
    if not values:
        raise NothingToRead("picture_no_ink")
    papers = values[: _count_paper(values)]
    paper, upper = papers[len(papers) // 2], papers[len(papers) * 6 // 10]
    min_threshold = paper + NOISE_FACTOR * (upper - paper) + MIN_CONTRAST
    threshold, previous = min_threshold, 0.0
    while abs(threshold - previous) > 0.005:
        ink = values[bisect(values, threshold) :]
        if not ink:
            raise NothingToRead("picture_no_ink")
        middle = (sum(ink) / len(ink) + paper) / 2
        threshold, previous = max(middle, min_threshold), threshold
    return paper, threshold


def _count_paper(values: list[float]) -> int:
    """Return how many of the sorted values to use to measure the paper: all, unless many are ink.

    In a picture that is cropped tightly, most pixels may be ink. In this case the values form two
    clear groups, with nearly all of their variance between the groups. Use the group of paper.

    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on
    Systems, Man and Cybernetics 9 (1979).
    """
    count, total = len(values), sum(values)
    if values[int(ENOUGH_PAPER * count)] < MIN_CONTRAST:
        return count
    mean = total / count
    variance = sum((value - mean) ** 2 for value in values) / count
    best, split = 0.0, count
    for below, sum_below in enumerate(islice(accumulate(values), int(ENOUGH_PAPER * count)), 1):
        between = (mean * below - sum_below) ** 2 / (below * (count - below))
        if between > best:
            best, split = between, below
    return split if best > CLEAR_SPLIT * variance else count


def _scale_to_box(
    grid: PixelGrid, digit: Component, paper: float, threshold: float, min_length: float
) -> Image:
    """Scale a symbol into MNIST's box by averaging, with its centre of mass in the middle.

    A symbol that is shorter than min_length is scaled as if it had this length.
    """
    contrast = threshold - paper
    zero, full = paper + FADE_START * contrast, paper + FADE_END * contrast
    steps = (0, 1, -1, grid.stride, -grid.stride)
    near = {pixel + step for pixel in digit.pixels for step in steps}
    values = {p: min(max((grid.values[p] - zero) / (full - zero), 0.0), 1.0) for p in near}
    solid = [pixel for pixel, value in values.items() if value > 0.5] or digit.pixels
    left, top, right, bottom = grid.box(solid)
    scale = max(right - left, bottom - top, min_length) / BOX
    left, top, right, bottom = grid.box(list(near))
    rows = [
        [values.get((y + 1) * grid.stride + x + 1, 0.0) for x in range(left, right)]
        for y in range(top, bottom)
    ]
    mass = sum(map(sum, rows))
    middle_y = sum(sum(row) * (y + 0.5) for y, row in enumerate(rows)) / mass
    columns = [sum(column) for column in zip(*rows, strict=True)]
    middle_x = sum(value * (x + 0.5) for x, value in enumerate(columns)) / mass
    across = [_average(row, middle_x, scale) for row in rows]
    down = [_average(column, middle_y, scale) for column in zip(*across, strict=True)]
    return array("f", (min(value, 1.0) for row in zip(*down, strict=True) for value in row))


def _average(values: Sequence[float], middle: float, scale: float) -> list[float]:
    """Return the means of SIDE consecutive intervals of length `scale`, around `middle`."""
    sums = [0.0, *accumulate(values)]
    borders = [min(max(middle + (i - SIDE / 2) * scale, 0.0), len(values)) for i in range(SIDE + 1)]
    sums_at_borders = [
        sums[int(b)] + (b - int(b)) * (values[int(b)] if int(b) < len(values) else 0.0)
        for b in borders
    ]
    return [(end - start) / scale for start, end in pairwise(sums_at_borders)]
