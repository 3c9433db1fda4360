"""What of its ink a reading hangs on: pieces are erased, and what is left is read again.

It is occlusion sensitivity (Zeiler and Fergus, "Visualizing and Understanding Convolutional
Networks", 2014) with paper in place of a grey square. All that is told has been read: nothing is
guessed from the network's inside.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from digits.drawing.raster import BOX, SIDE, centre_of_mass
from digits.reading.squares import cover, erased, inked, pixels_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digits.drawing.raster import Image
    from digits.reading.recogniser import Reading, Recogniser
    from digits.reading.squares import Square

MATTERS = 0.05
"""The least change of a chance that is worth telling."""
KEPT = 0.5
"""The part of the ink that has to stay: without most of it, anything is another digit."""


@dataclass(frozen=True)
class Piece:
    """The ink in a square. chance: of the label that was read, once the piece is erased."""

    square: Square
    chance: float


@dataclass(frozen=True)
class Change:
    """Ink that decides. image: what is left without it. reading: what that is read as."""

    image: Image
    reading: Reading


@dataclass(frozen=True)
class Explanation:
    """Why an image that has ink is read as it is.

    pieces: of its ink; they overlap. change: the least of the ink, as far as was tried, without
    which the answer is another one: another digit, or if there is none, no answer.
    """

    image: Image
    reading: Reading
    pieces: Sequence[Piece]
    change: Change | None

    @property
    def runner_up(self) -> float:
        """The chance of the label that comes next."""
        return sorted(self.reading.chances)[-2]

    @property
    def speaks_for(self) -> Piece | None:
        """The piece that matters most on the map, if the chance falls without it."""
        piece = max(self.pieces, key=self._weight)
        return piece if self.reading.sureness - piece.chance >= MATTERS else None

    @property
    def speaks_against(self) -> Piece | None:
        """The piece that matters least on the map, if the chance rises without it."""
        piece = min(self.pieces, key=self._weight)
        return piece if piece.chance - self.reading.sureness >= MATTERS else None

    def place(self, rest: Image) -> tuple[int, int]:
        """Tell in which third of the digit's height and of its width the ink was that `rest` lacks.

        0 is the top, or the left; 2 is the bottom, or the right.
        """
        lacking = array("f", (was - left for was, left in zip(self.image, rest, strict=True)))
        x, y = centre_of_mass(lacking)
        ink = [pixel for pixel, value in enumerate(self.image) if value > 0]
        rows, columns = [pixel // SIDE for pixel in ink], [pixel % SIDE for pixel in ink]
        return _third(y, rows), _third(x, columns)

    @cached_property
    def map(self) -> Sequence[float]:
        """How much each of the 784 pixels matters: how far the label's chance falls without it.

        It is the mean over all squares that hold the pixel. Below zero, the ink speaks against the
        label.
        """
        falls = [0.0] * (SIDE * SIDE)
        for piece in self.pieces:
            for pixel in pixels_in(piece.square):
                falls[pixel] += self.reading.sureness - piece.chance
        return [fall / count for fall, count in zip(falls, cover(), strict=True)]

    def _weight(self, piece: Piece) -> float:
        """Sum up how much the ink of a piece matters."""
        return sum(self.image[pixel] * self.map[pixel] for pixel in pixels_in(piece.square))


async def explain(recogniser: Recogniser, image: Image) -> Explanation:
    """Find out why an image is read as it is, in two runs of the model. Raises SessionError."""
    squares = inked(image)
    images = [erased(image, square) for square in squares]
    reading, *readings = await recogniser.read([image, *images])
    label = recogniser.model.labels.index(reading.label)
    pieces = [
        Piece(square, each.chances[label]) for square, each in zip(squares, readings, strict=True)
    ]
    tried = [Change(*each) for each in zip(images, readings, strict=True)]
    more = list(_more_and_more(image, reading, pieces))
    if more:
        tried += [Change(*each) for each in zip(more, await recogniser.read(more), strict=True)]
    return Explanation(image, reading, pieces, _least(image, reading, tried))


def _more_and_more(image: Image, reading: Reading, pieces: Iterable[Piece]) -> Iterator[Image]:
    """Erase the pieces that speak for the label one after the other, what matters most first."""
    speaking = [piece for piece in pieces if piece.chance < reading.sureness]
    squares = [piece.square for piece in sorted(speaking, key=lambda piece: piece.chance)]
    rest = image
    for number, left in enumerate(accumulate(squares, erased, initial=image)):
        if not _keeps_enough(image, left):
            return
        if number > 1 and left != rest:  # the first piece alone was read already
            yield left
        rest = left


def _keeps_enough(image: Image, left: Image) -> bool:
    return sum(left) >= KEPT * sum(image)


def _least(image: Image, reading: Reading, tried: Iterable[Change]) -> Change | None:
    """Choose the change that erases least. One to another digit goes before one to no answer."""
    changes = [
        change
        for change in tried
        if _answer(change.reading) != _answer(reading) and _keeps_enough(image, change.image)
    ]
    return min(changes, key=lambda each: (not each.reading.sure, -sum(each.image)), default=None)


def _answer(reading: Reading) -> str:
    return reading.label if reading.sure else ""


def _third(place: float, lines: Sequence[int]) -> int:
    """Tell in which third of the lines a place is. A digit as narrow as a 1 is all middle."""
    first, last = min(lines), max(lines) + 1
    length = max(last - first, BOX / 2)
    return min(max(int(3 * ((place - (first + last) / 2) / length + 0.5)), 0), 2)
