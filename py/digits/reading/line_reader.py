"""Read a drawing of one or more lines: choose the symbols, and what each of them is.

1. Geometry groups strokes into symbols, in lines. Where it is unsure, all groups are candidates.
2. The model reads the images of all candidates in one run.
3. Each reading is weighed by the candidate's place on its line.
4. Of the candidates that share strokes, those whose readings are the most probable are chosen.
5. They are joined or split where that makes the whole line more probable.
6. The readings of the chosen symbols are weighed by their neighbours on the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from digits.drawing.ink import box_around
from digits.drawing.lean import lean_of
from digits.drawing.lines import Line, lines_of
from digits.drawing.raster import SMALLEST, rasterise
from digits.drawing.segment import segmentations
from digits.reading.contract import SIGNS
from digits.reading.place import DOT_FOR_TIMES, density
from digits.reading.recogniser import ALONE, Weights
from digits.reading.regroup import regroup
from digits.reading.syntax import (
    DIGIT,
    KINDS,
    OTHER,
    likelihoods_by_kind,
    weigh_by_neighbours,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from digits.drawing.ink import Box, Point, Stroke
    from digits.drawing.lines import Place
    from digits.drawing.raster import Image
    from digits.drawing.segment import Candidate
    from digits.reading.recogniser import Reading, Recogniser

type Gesture = Sequence[Stroke]
"""What the pen drew from pen down to pen up: several strokes if it left the sheet meanwhile."""

_NO_SIGNS = (0.0,) * len(SIGNS)

MAX_REMEMBERED = 128
"""The number of images that are remembered."""
SIGN_FREQUENCY = 6.0
"""How much more often a sign occurs on a line than in the training, compared with a digit."""
MIN_CONFIDENCE = 1e-9
"""A smaller probability counts as this."""


@dataclass(frozen=True)
class ReadSymbol:
    """A symbol of a drawing.

    Attributes:
        gestures: The gestures that it consists of.
        box: The box around them.
        image: The image that was read.
        reading: The reading.
        weights: How likely each symbol is apart from the image: by its place and its neighbours.

    """

    gestures: list[Gesture]
    box: Box
    image: Image
    reading: Reading
    weights: Weights


@dataclass(eq=False)
class _ToRead:
    """A candidate to read, and how its image was read at its place on the line."""

    candidate: Candidate
    place: Place | None
    gestures: list[Gesture]
    parts: list[_ToRead] = field(default_factory=list)
    image: Image = field(init=False)
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        strokes = tuple(tuple(stroke) for gesture in self.gestures for stroke in gesture)
        self.box = box_around(strokes)
        is_small = self.place and self.place.size < SMALLEST
        self.image = _image(strokes, self.place.line_height if self.place and is_small else 0.0)

    def every(self) -> Iterator[_ToRead]:
        """Yield this candidate and all its parts."""
        yield self
        for part in self.parts:
            yield from part.every()


async def read_lines(recogniser: Recogniser, gestures: Sequence[Gesture]) -> list[list[ReadSymbol]]:
    """Read a drawing in one run of the model.

    Args:
        recogniser: Reads the images.
        gestures: At least one gesture, each with at least one stroke, at any scale; y points down.

    Returns:
        For each line, from top to bottom, its symbols from left to right.

    Raises:
        SessionError: The model can't run.

    """
    # Joined into one stroke, all strokes of a gesture get into the same symbol.
    strokes = [[point for stroke in gesture for point in stroke] for gesture in gestures]
    gesture_of = {id(stroke): each for stroke, each in zip(strokes, gestures, strict=True)}
    found = segmentations(strokes)
    boxes = [box_around(symbol.strokes) for symbol in found.symbols]
    lines: list[dict[Candidate, _ToRead]] = []
    line_of: dict[Candidate, dict[Candidate, _ToRead]] = {}
    pairs: list[_ToRead] = []
    for indices in lines_of(boxes):
        slants = [lean_of(found.symbols[index].strokes).slant for index in indices]
        line = Line([boxes[index] for index in indices], slants)

        def to_read(candidate: Candidate, line: Line = line) -> _ToRead:
            return _ToRead(
                candidate,
                line.place_of(candidate.strokes),
                [gesture_of[id(stroke)] for stroke in candidate.strokes],
                [to_read(part) for part in candidate.parts],
            )

        symbols = {found.symbols[index]: to_read(found.symbols[index]) for index in indices}
        lines.append(symbols)
        line_of |= dict.fromkeys(symbols, symbols)
        # The first part is the taller one: the whole symbol would be on its line.
        pairs += [to_read(joined) for joined in found.joined if joined.parts[0] in symbols]
    every = [each for symbols in lines for symbol in symbols.values() for each in symbol.every()]
    every += [each for pair in pairs for each in pair.every()]
    read = await recogniser.outputs([each.image for each in every], recogniser.names_of_outputs())
    for each, outputs in zip(every, read, strict=True):
        reading = recogniser.reading(outputs)
        each.reading = reading.weighted(_place_weights(each.place)) if each.place else reading
    for pair in pairs:
        _join_if_more_probable(line_of, pair)
    wholes = [each for each in every if each.parts]
    return [
        _weighed_by_neighbours(regroup(_chosen(symbols.values()), wholes))
        for symbols in lines
        if symbols
    ]


@lru_cache(maxsize=MAX_REMEMBERED)
def _image(strokes: tuple[tuple[Point, ...], ...], line_height: float) -> Image:
    """Return the image of some strokes: after each new stroke, only new images are drawn."""
    return rasterise(strokes, line_height=line_height)


def _place_weights(place: Place) -> Weights:
    """Return how likely a place is for each symbol."""
    return Weights(
        density("0", place),
        [SIGN_FREQUENCY * density(sign, place) for sign in SIGNS],
        SIGN_FREQUENCY * density(DOT_FOR_TIMES, place),
        density("", place),
    )


def _best(node: _ToRead) -> tuple[float, list[_ToRead]]:
    """Return the most probable symbols of a candidate, itself or its parts.

    The first item is the logarithm of the probability that each of them is what it seems.
    """
    whole = math.log(max(node.reading.confidence, MIN_CONFIDENCE))
    if not node.parts:
        return whole, [node]
    probability = node.candidate.probability
    scores, symbols = zip(*map(_best, node.parts), strict=True)
    whole += math.log(probability)
    split = math.log(1 - probability) + math.fsum(scores)
    return (
        (whole, [node]) if whole >= split else (split, [each for part in symbols for each in part])
    )


def _join_if_more_probable(
    line_of: dict[Candidate, dict[Candidate, _ToRead]], pair: _ToRead
) -> None:
    """Replace two symbols by one if that is more probable, and both are still there.

    Args:
        line_of: The symbols of the line that each symbol is on.
        pair: The symbols as one.

    """
    parts = pair.candidate.parts
    if not set(parts) <= set(line_of) or _best(pair)[1] != [pair]:
        return
    line = line_of[parts[0]]
    for part in parts:
        del line_of.pop(part)[part]
    line[pair.candidate] = pair


def _chosen(symbols: Iterable[_ToRead]) -> list[_ToRead]:
    """Return the chosen symbols of a line, from left to right."""
    chosen = [each for symbol in symbols for each in _best(symbol)[1]]
    return sorted(chosen, key=lambda each: each.box[0] + each.box[2])


def _weighed_by_neighbours(line: Sequence[_ToRead]) -> list[ReadSymbol]:
    """Weigh the readings of a line by their neighbours."""
    neighbours = [ALONE]
    if len(line) > 1:
        likelihoods = [
            likelihoods_by_kind(
                each.reading.is_digit,
                dict(zip(SIGNS, each.reading.signs or _NO_SIGNS, strict=True)),
                each.reading.not_symbol,
            )
            for each in line
        ]
        neighbours = [
            Weights(kinds[DIGIT], [kinds[KINDS[sign]] for sign in SIGNS], 0.0, kinds[OTHER])
            for kinds in weigh_by_neighbours(likelihoods)
        ]
    return [
        ReadSymbol(
            each.gestures,
            each.box,
            each.image,
            each.reading.weighted(weights),
            _place_weights(each.place).times(weights) if each.place else weights,
        )
        for each, weights in zip(line, neighbours, strict=True)
    ]
