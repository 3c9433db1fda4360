"""Explain a reading: erase patches of the ink, and read the remaining ink again.

This is occlusion sensitivity (Zeiler and Fergus, "Visualizing and Understanding Convolutional
Networks", 2014), with blank paper instead of a grey square. All numbers come from runs of the
model; the model's weights are not used.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from digits.drawing.raster import BOX, SIDE, centre_of_mass
from digits.reading.recogniser import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading, Recogniser, Weights

type Square = tuple[int, int]
"""The left column and the top row of a square of SIZE x SIZE pixels."""

SIZE = 6
"""The side of a square in pixels: large enough to cut through a line."""
STRIDE = 2
"""The distance between neighbouring squares in pixels. Every pixel lies in at least one square."""
STARTS = range(0, SIDE - SIZE + 1, STRIDE)
"""The left columns, and also the top rows, of all squares."""
NOTICEABLE = 0.05
"""The smallest change of a probability that is reported."""
MIN_REMAINING_INK = 0.5
"""The fraction of the ink that must remain. With less ink, any symbol turns into another one."""
_PAPER = array("f", bytes(4 * SIZE))
"""A row of pixels of a square without ink."""


@dataclass(frozen=True)
class Patch:
    """The ink in a square, and what happens if it is erased.

    Attributes:
        square: The square.
        probability: The joint probability of the original reading's label after the patch is
            erased.

    """

    square: Square
    probability: float


@dataclass(frozen=True)
class Erasure:
    """An image of which some ink was erased, and the reading of the remaining ink.

    Attributes:
        remaining: The image with the remaining ink.
        reading: The reading of the remaining ink.

    """

    remaining: Image
    reading: Reading


@dataclass(frozen=True)
class Explanation:
    """The explanation of a reading.

    Attributes:
        image: The image, which has ink.
        reading: The reading of the image.
        patches: The patches of the ink, which overlap.
        decisive_erasure: Of the erasures that `explain` tried, the smallest that leads to another
            answer; if there is none, the smallest that leads to no answer. None if no erasure
            changes the answer.

    """

    image: Image
    reading: Reading
    patches: Sequence[Patch]
    decisive_erasure: Erasure | None

    @property
    def runner_up_probability(self) -> float:
        """The probability of the second most probable label."""
        return self.reading.probability_of(self.reading.second)

    @property
    def strongest_support(self) -> Patch | None:
        """The patch with the largest sum, over its pixels, of ink times importance.

        None if erasing this patch does not lower the confidence noticeably.
        """
        patch = max(self.patches, key=self._weight)
        return patch if self.reading.confidence - patch.probability >= NOTICEABLE else None

    @property
    def strongest_opposition(self) -> Patch | None:
        """The patch with the smallest sum, over its pixels, of ink times importance.

        None if erasing this patch does not raise the confidence noticeably.
        """
        patch = min(self.patches, key=self._weight)
        return patch if patch.probability - self.reading.confidence >= NOTICEABLE else None

    def location_of_erased_ink(self, remaining: Image) -> tuple[int, int]:
        """Return where ink was erased: in which third of the symbol's height, and of its width.

        Args:
            remaining: The image with the remaining ink.

        Returns:
            The row and the column of the third: 0 is the top or left, 2 is the bottom or right.

        """
        lost = array(
            "f", (before - after for before, after in zip(self.image, remaining, strict=True))
        )
        x, y = centre_of_mass(lost)
        ink = [pixel for pixel, value in enumerate(self.image) if value > 0]
        rows, columns = [pixel // SIDE for pixel in ink], [pixel % SIDE for pixel in ink]
        return _third(y, rows), _third(x, columns)

    @cached_property
    def importance(self) -> Sequence[float]:
        """The importance of each of the 784 pixels.

        A pixel's importance is the mean loss of confidence over all squares that contain the pixel.
        Ink with negative importance is evidence against the label.
        """
        losses = [0.0] * (SIDE * SIDE)
        for patch in self.patches:
            for pixel in pixels_in(patch.square):
                losses[pixel] += self.reading.confidence - patch.probability
        return [loss / count for loss, count in zip(losses, _squares_per_pixel(), strict=True)]

    def _weight(self, patch: Patch) -> float:
        """Return the sum of ink times importance over the pixels of a patch."""
        return sum(self.image[pixel] * self.importance[pixel] for pixel in pixels_in(patch.square))


async def explain(recogniser: Recogniser, image: Image, weights: Weights = ALONE) -> Explanation:
    """Explain the reading of an image, in at most two runs of the model.

    Args:
        recogniser: Reads the image.
        image: The image.
        weights: The weights that the image was read with.

    Raises:
        SessionError: The model can't run.

    """
    squares = squares_with_ink(image)
    images = [erase(image, square) for square in squares]
    reading, *readings = await recogniser.read([image, *images], weights)
    patches = [
        Patch(square, each.probability_of(reading.label))
        for square, each in zip(squares, readings, strict=True)
    ]
    tried = [Erasure(*each) for each in zip(images, readings, strict=True)]
    larger = list(_larger_erasures(image, reading, patches))
    if larger:
        tried += [
            Erasure(*each)
            for each in zip(larger, await recogniser.read(larger, weights), strict=True)
        ]
    return Explanation(image, reading, patches, _decisive_erasure(image, reading, tried))


def squares_with_ink(image: Image) -> list[Square]:
    """Return the squares of an image that contain ink."""
    return [
        (left, top)
        for top in STARTS
        for left in STARTS
        if any(any(image[start : start + SIZE]) for start in _row_starts((left, top)))
    ]


def erase(image: Image, square: Square) -> Image:
    """Return a copy of the image without the ink in a square."""
    remaining = image[:]
    for start in _row_starts(square):
        remaining[start : start + SIZE] = _PAPER
    return remaining


def pixels_in(square: Square) -> list[int]:
    """Return the indices of a square's pixels."""
    return [start + column for start in _row_starts(square) for column in range(SIZE)]


def _row_starts(square: Square) -> range:
    """Return the index of the first pixel of each row of a square."""
    left, top = square
    return range(top * SIDE + left, (top + SIZE) * SIDE + left, SIDE)


def _squares_per_pixel() -> list[int]:
    """Return for each pixel the number of squares that contain it."""
    lines = [sum(start <= line < start + SIZE for start in STARTS) for line in range(SIDE)]
    return [rows * columns for rows in lines for columns in lines]


def _larger_erasures(image: Image, reading: Reading, patches: Iterable[Patch]) -> Iterator[Image]:
    """Erase patches one after another, and yield the remaining ink after each erasure.

    Start with the patch whose erasure lowers the confidence most. Stop before too little ink
    remains. Do not yield the result of the first erasure: `explain` has already read it.
    """
    supporting = [patch for patch in patches if patch.probability < reading.confidence]
    squares = [patch.square for patch in sorted(supporting, key=lambda patch: patch.probability)]
    previous = image
    for erased, remaining in enumerate(accumulate(squares, erase, initial=image)):
        if not _has_enough_ink(image, remaining):
            return
        if erased > 1 and remaining != previous:
            yield remaining
        previous = remaining


def _has_enough_ink(image: Image, remaining: Image) -> bool:
    return sum(remaining) >= MIN_REMAINING_INK * sum(image)


def _decisive_erasure(image: Image, reading: Reading, tried: Iterable[Erasure]) -> Erasure | None:
    """Return the smallest erasure that changes the answer; None if nothing changes the answer.

    A change to another answer is preferred to a change to no answer.
    """
    decisive = [
        each
        for each in tried
        if _answer(each.reading) != _answer(reading) and _has_enough_ink(image, each.remaining)
    ]
    return min(
        decisive,
        key=lambda each: (not each.reading.is_confident, -sum(each.remaining)),
        default=None,
    )


def _answer(reading: Reading) -> str:
    """Return the answer of a reading: its label, or "" if it is not confident."""
    return reading.label if reading.is_confident else ""


def _third(position: float, lines: Sequence[int]) -> int:
    """Return in which third of the symbol's height or width a position is: 0, 1 or 2.

    A height or width of less than half of BOX counts as half of BOX, so that all ink of a narrow 1
    is in the middle third.

    Args:
        position: The position in pixels from the top or left of the image.
        lines: The rows or columns of the image that contain ink.

    """
    first, last = min(lines), max(lines) + 1
    length = max(last - first, BOX / 2)
    return min(max(int(3 * ((position - (first + last) / 2) / length + 0.5)), 0), 2)
