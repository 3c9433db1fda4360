"""Read one or more lines of a drawing or picture: choose the symbols, and what each of them is.

1. Geometry groups parts into symbols, in lines. Where it is unsure, all groups are candidates.
2. The model reads the images of all candidates in one run.
3. Each reading is weighed by the candidate's place on its line.
4. Of the candidates that share parts, those whose readings are the most probable are chosen.
5. They are joined or split where that makes the whole line more probable.
6. The readings of the chosen symbols are weighed by their neighbours on the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from digits.drawing.lines import Line, lines_of
from digits.drawing.raster import SMALLEST
from digits.drawing.segment import segment
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

    from digits.drawing.ink import Box
    from digits.drawing.lean import Lean
    from digits.drawing.lines import Place
    from digits.drawing.overlap import Group
    from digits.drawing.raster import Image
    from digits.drawing.segment import Candidate
    from digits.reading.recogniser import Reading, Recogniser

_NO_SIGNS = (0.0,) * len(SIGNS)

SIGN_FREQUENCY = 6.0
"""How much more often a sign occurs on a line than in the training, compared with a digit."""
MIN_CONFIDENCE = 1e-9
"""A smaller probability counts as this."""


class Source(Protocol):
    """A drawing or a picture as parts: gestures of the pen, or components of ink.

    All of a part belongs to the same symbol. The parts are numbered from 0.
    """

    def groups(self) -> dict[Group, Candidate]:
        """Return the groups of parts to begin with, at least one, each with its candidate."""
        ...

    def box(self, parts: Sequence[int]) -> Box:
        """Return the box around some parts, in the source's own coordinates; y points down."""
        ...

    def lean(self, parts: Sequence[int]) -> Lean:
        """Return how some parts lean."""
        ...

    def image(self, parts: Sequence[int], line_height: float) -> Image:
        """Return the 28x28 image of some parts.

        Args:
            parts: The indices of the parts, at least one.
            line_height: The height of the digits on the same line. A drawing smaller than SMALLEST
                of it is not enlarged to the whole image. 0 if there is no line.

        """
        ...


@dataclass(frozen=True)
class ReadSymbol:
    """A symbol that was read.

    Attributes:
        parts: The indices of the source's parts that it consists of.
        box: The box around them.
        image: The image that was read.
        reading: The reading.
        weights: How likely each symbol is apart from the image: by its place and its neighbours.

    """

    parts: list[int]
    box: Box
    image: Image
    reading: Reading
    weights: Weights


@dataclass(eq=False)
class _ToRead:
    """A candidate to read, and how its image was read at its place on the line."""

    candidate: Candidate
    box: Box
    place: Place | None
    image: Image
    halves: list[_ToRead]
    reading: Reading = field(init=False)

    def every(self) -> Iterator[_ToRead]:
        """Yield this candidate and its halves, with their halves."""
        yield self
        for half in self.halves:
            yield from half.every()


async def read_lines(recogniser: Recogniser, source: Source) -> list[list[ReadSymbol]]:
    """Read a drawing or picture in one run of the model.

    Args:
        recogniser: Reads the images.
        source: The drawing or picture.

    Returns:
        For each line, from top to bottom, its symbols from left to right.

    Raises:
        SessionError: The model can't run.

    """
    found = segment(source.groups())
    boxes = [source.box(symbol.parts) for symbol in found.symbols]
    lines: list[dict[Candidate, _ToRead]] = []
    line_of: dict[Candidate, dict[Candidate, _ToRead]] = {}
    pairs: list[_ToRead] = []
    for indices in lines_of(boxes):
        slants = [source.lean(found.symbols[index].parts).slant for index in indices]
        line = Line([boxes[index] for index in indices], slants)
        symbols = {
            found.symbols[index]: _to_read(found.symbols[index], source, line) for index in indices
        }
        lines.append(symbols)
        line_of |= dict.fromkeys(symbols, symbols)
        # The first half is the taller one: the whole symbol would be on its line.
        pairs += [
            _to_read(joined, source, line) for joined in found.joined if joined.halves[0] in symbols
        ]
    every = [each for symbols in lines for symbol in symbols.values() for each in symbol.every()]
    every += [each for pair in pairs for each in pair.every()]
    read = await recogniser.outputs([each.image for each in every], recogniser.names_of_outputs())
    for each, outputs in zip(every, read, strict=True):
        reading = recogniser.reading(outputs)
        each.reading = reading.weighted(_place_weights(each.place)) if each.place else reading
    for pair in pairs:
        _join_if_more_probable(line_of, pair)
    wholes = [each for each in every if each.halves]
    return [
        _weighed_by_neighbours(regroup(_chosen(symbols.values()), wholes))
        for symbols in lines
        if symbols
    ]


def _to_read(candidate: Candidate, source: Source, line: Line) -> _ToRead:
    """Measure where a candidate stands on a line, and draw its image; the same for its halves."""
    box = source.box(candidate.parts)
    place = line.place_of(box, source.lean(candidate.parts))
    is_small = place and place.size < SMALLEST
    return _ToRead(
        candidate,
        box,
        place,
        source.image(candidate.parts, place.line_height if place and is_small else 0.0),
        [_to_read(half, source, line) for half in candidate.halves],
    )


def _place_weights(place: Place) -> Weights:
    """Return how likely a place is for each symbol."""
    return Weights(
        density("0", place),
        [SIGN_FREQUENCY * density(sign, place) for sign in SIGNS],
        SIGN_FREQUENCY * density(DOT_FOR_TIMES, place),
        density("", place),
    )


def _best(node: _ToRead) -> tuple[float, list[_ToRead]]:
    """Return the most probable symbols of a candidate, itself or those of its halves.

    The first item is the logarithm of the probability that each of them is what it seems.
    """
    whole = math.log(max(node.reading.confidence, MIN_CONFIDENCE))
    if not node.halves:
        return whole, [node]
    probability = node.candidate.probability
    scores, symbols = zip(*map(_best, node.halves), strict=True)
    whole += math.log(probability)
    split = math.log(1 - probability) + math.fsum(scores)
    return (
        (whole, [node]) if whole >= split else (split, [each for half in symbols for each in half])
    )


def _join_if_more_probable(
    line_of: dict[Candidate, dict[Candidate, _ToRead]], pair: _ToRead
) -> None:
    """Replace two symbols by one if that is more probable, and both are still there.

    Args:
        line_of: The symbols of the line that each symbol is on.
        pair: The symbols as one.

    """
    halves = pair.candidate.halves
    if not set(halves) <= set(line_of) or _best(pair)[1] != [pair]:
        return
    line = line_of[halves[0]]
    for half in halves:
        del line_of.pop(half)[half]
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
            each.candidate.parts,
            each.box,
            each.image,
            each.reading.weighted(weights),
            _place_weights(each.place).times(weights) if each.place else weights,
        )
        for each, weights in zip(line, neighbours, strict=True)
    ]
