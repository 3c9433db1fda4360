"""Explain a reading: erase patches of the ink, and read again what is left.

This is occlusion sensitivity (Zeiler and Fergus, "Visualizing and Understanding Convolutional
Networks", 2014), with blank paper in place of a grey square. Every number comes from a run of the
model; nothing is derived from its weights.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from digits.drawing.raster import BOX, SIDE, centre_of_mass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading, Recogniser

type Square = tuple[int, int]
"""The left column and the top row of a square of SIZE x SIZE pixels."""

SIZE = 6
"""The side of a square in pixels: enough to cut through a stroke."""
STEP = 2
"""The distance between neighbouring squares in pixels. Every pixel lies in at least one."""
STARTS = range(0, SIDE - SIZE + 1, STEP)
NOTICEABLE = 0.05
"""The smallest change of a probability that is reported."""
MIN_INK_LEFT = 0.5
"""The share of the ink that must remain: with less, any digit turns into another one."""
_PAPER = array("f", bytes(4 * SIZE))


@dataclass(frozen=True)
class Patch:
    """The ink in a square. probability: of the label that was read, once the patch is erased."""

    square: Square
    probability: float


@dataclass(frozen=True)
class Change:
    """What would change the answer. image: the ink that is left. reading: how that is read."""

    image: Image
    reading: Reading


@dataclass(frozen=True)
class Explanation:
    """Why an image is read as it is.

    Attributes:
        image: The image, which has ink.
        reading: How it is read.
        patches: All patches of its ink. They overlap.
        change: The least ink, of all that was tried, whose loss changes the answer: to another
            digit, or to no answer if no other digit was found. None if nothing changes it.

    """

    image: Image
    reading: Reading
    patches: Sequence[Patch]
    change: Change | None

    @property
    def runner_up(self) -> float:
        """The probability of the second most probable label."""
        return sorted(self.reading.joint_probabilities)[-2]

    @property
    def strongest_support(self) -> Patch | None:
        """The most important patch of the map, if erasing it noticeably lowers the confidence."""
        patch = max(self.patches, key=self._weight)
        return patch if self.reading.confidence - patch.probability >= NOTICEABLE else None

    @property
    def strongest_opposition(self) -> Patch | None:
        """The most negative patch of the map, if erasing it noticeably raises the confidence."""
        patch = min(self.patches, key=self._weight)
        return patch if patch.probability - self.reading.confidence >= NOTICEABLE else None

    def location_of_loss(self, rest: Image) -> tuple[int, int]:
        """Return where the ink was that `rest` has lost, as thirds of the digit: (row, column).

        0 is the top or the left, 2 is the bottom or the right.
        """
        lost = array("f", (before - after for before, after in zip(self.image, rest, strict=True)))
        x, y = centre_of_mass(lost)
        ink = [pixel for pixel, value in enumerate(self.image) if value > 0]
        rows, columns = [pixel // SIDE for pixel in ink], [pixel % SIDE for pixel in ink]
        return _third(y, rows), _third(x, columns)

    @cached_property
    def importance(self) -> Sequence[float]:
        """How much each of the 784 pixels matters: the mean loss of confidence without it.

        The mean is over all squares that contain the pixel. Ink with a negative value speaks
        against the label.
        """
        losses = [0.0] * (SIDE * SIDE)
        for patch in self.patches:
            for pixel in pixels_in(patch.square):
                losses[pixel] += self.reading.confidence - patch.probability
        return [loss / count for loss, count in zip(losses, _squares_per_pixel(), strict=True)]

    def _weight(self, patch: Patch) -> float:
        """Return the importance of a patch: the sum over its ink."""
        return sum(self.image[pixel] * self.importance[pixel] for pixel in pixels_in(patch.square))


async def explain(recogniser: Recogniser, image: Image) -> Explanation:
    """Find out why an image is read as it is, in two runs of the model. Raises SessionError."""
    squares = squares_with_ink(image)
    images = [erase(image, square) for square in squares]
    reading, *readings = await recogniser.read([image, *images])
    label = recogniser.model.labels.index(reading.label)
    patches = [
        Patch(square, each.joint_probabilities[label])
        for square, each in zip(squares, readings, strict=True)
    ]
    tried = [Change(*each) for each in zip(images, readings, strict=True)]
    larger = list(_larger_losses(image, reading, patches))
    if larger:
        tried += [Change(*each) for each in zip(larger, await recogniser.read(larger), strict=True)]
    return Explanation(image, reading, patches, _smallest(image, reading, tried))


def squares_with_ink(image: Image) -> list[Square]:
    """Return the squares that contain ink."""
    return [
        (left, top)
        for top in STARTS
        for left in STARTS
        if any(any(image[start : start + SIZE]) for start in _row_starts((left, top)))
    ]


def erase(image: Image, square: Square) -> Image:
    """Return a copy of the image without the ink in a square."""
    rest = image[:]
    for start in _row_starts(square):
        rest[start : start + SIZE] = _PAPER
    return rest


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


def _larger_losses(image: Image, reading: Reading, patches: Iterable[Patch]) -> Iterator[Image]:
    """Erase one patch after the other, starting with the one that supports the label most."""
    supporting = [patch for patch in patches if patch.probability < reading.confidence]
    squares = [patch.square for patch in sorted(supporting, key=lambda patch: patch.probability)]
    rest = image
    for number, left in enumerate(accumulate(squares, erase, initial=image)):
        if not _has_enough_ink(image, left):
            return
        if number > 1 and left != rest:  # the first patch alone was read already
            yield left
        rest = left


def _has_enough_ink(image: Image, left: Image) -> bool:
    return sum(left) >= MIN_INK_LEFT * sum(image)


def _smallest(image: Image, reading: Reading, tried: Iterable[Change]) -> Change | None:
    """Return the change that erases least. One to another digit beats one to no answer."""
    changes = [
        change
        for change in tried
        if _answer(change.reading) != _answer(reading) and _has_enough_ink(image, change.image)
    ]
    return min(
        changes,
        key=lambda change: (not change.reading.is_confident, -sum(change.image)),
        default=None,
    )


def _answer(reading: Reading) -> str:
    return reading.label if reading.is_confident else ""


def _third(place: float, lines: Sequence[int]) -> int:
    """Return in which third of the lines a place is. A digit as narrow as a 1 is all middle."""
    first, last = min(lines), max(lines) + 1
    length = max(last - first, BOX / 2)
    return min(max(int(3 * ((place - (first + last) / 2) / length + 0.5)), 0), 2)
