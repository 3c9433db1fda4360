"""Read one or more lines of a drawing or picture: choose the symbols, and what each of them is.

1. Geometry groups parts into symbols, in lines. Where it is unsure, all groups are candidates.
2. The model reads the images of all candidates in one run.
3. Each reading is weighed by the candidate's place on its line.
4. Of the candidates that share parts, those whose readings are the most probable are chosen.
5. The chosen symbols are joined or split where that makes the whole line more probable.
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
    from collections.abc import Iterable, Sequence

    from digits.drawing.ink import Box
    from digits.drawing.lean import Lean
    from digits.drawing.lines import Place
    from digits.drawing.overlap import Group
    from digits.drawing.raster import Image
    from digits.drawing.segment import Candidate
    from digits.reading.recogniser import Reading, Recogniser

_NO_SIGNS = (0.0,) * len(SIGNS)

SIGN_FREQUENCY = 6.0
"""Signs are this many times as frequent on a line as in the training, relative to digits."""
MIN_CONFIDENCE = 1e-9
"""A smaller probability counts as this."""


class Source(Protocol):
    """A drawing or a picture as parts: gestures of the pen, or components of ink.

    All ink of a part belongs to the same symbol. The parts are numbered from 0.

    Attributes:
        max_joint_probability: As for `digits.drawing.segment.segment`.

    """

    max_joint_probability: float

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
    """A candidate to read at its place on a line, and how it was read."""

    candidate: Candidate
    box: Box
    place: Place | None
    image: Image
    splits: list[tuple[_ToRead, _ToRead]]
    reading: Reading = field(init=False)


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
    found = segment(source.groups(), source.max_joint_probability)
    every: list[_ToRead] = []
    boxes = [source.box(symbol.parts) for symbol in found.symbols]
    lines: list[dict[Candidate, _ToRead]] = []
    line_of: dict[Candidate, dict[Candidate, _ToRead]] = {}
    pairs: list[_ToRead] = []
    for indices in lines_of(boxes):
        slants = [source.lean(found.symbols[index].parts).slant for index in indices]
        line = Line([boxes[index] for index in indices], slants)
        candidates = _LineCandidates(source, line)
        symbols = {found.symbols[index]: candidates.add(found.symbols[index]) for index in indices}
        lines.append(symbols)
        line_of |= dict.fromkeys(symbols, symbols)
        # The first of a pair is the taller one: the whole symbol would be on its line.
        pairs += [
            candidates.add(joined) for joined in found.joined if joined.splits[0][0] in symbols
        ]
        every += candidates.every()
    read = await recogniser.outputs([each.image for each in every], recogniser.names_of_outputs())
    for each, outputs in zip(every, read, strict=True):
        reading = recogniser.reading(outputs)
        each.reading = reading.weighted(_place_weights(each.place)) if each.place else reading
    for pair in pairs:
        _join_if_more_probable(line_of, pair)
    wholes = [each for each in every if each.splits]
    return [
        _weighed_by_neighbours(regroup(_chosen(symbols.values()), wholes))
        for symbols in lines
        if symbols
    ]


class _LineCandidates:
    """The candidates of a line, each with its place and its image."""

    def __init__(self, source: Source, line: Line) -> None:
        self._source = source
        self._line = line
        self._to_read: dict[Candidate, _ToRead] = {}

    def every(self) -> Iterable[_ToRead]:
        """Return all candidates that were added, and all that they can be split into."""
        return self._to_read.values()

    def add(self, candidate: Candidate) -> _ToRead:
        """Measure where a candidate stands, and draw its image; the same for its splits."""
        if candidate in self._to_read:  # several splits may have a part in common
            return self._to_read[candidate]
        box = self._source.box(candidate.parts)
        place = self._line.place_of(box, self._source.lean(candidate.parts))
        is_small = place and place.size < SMALLEST
        line_height = place.line_height if place and is_small else 0.0
        image = self._source.image(candidate.parts, line_height)
        splits = [(self.add(first), self.add(second)) for first, second in candidate.splits]
        self._to_read[candidate] = _ToRead(candidate, box, place, image, splits)
        return self._to_read[candidate]


def _place_weights(place: Place) -> Weights:
    """Return how likely a place is for each symbol."""
    return Weights(
        density("0", place),
        [SIGN_FREQUENCY * density(sign, place) for sign in SIGNS],
        SIGN_FREQUENCY * density(DOT_FOR_TIMES, place),
        density("", place),
    )


def _best(node: _ToRead) -> tuple[float, list[_ToRead]]:
    """Return the most probable symbols of a candidate, itself or those of a split.

    The first item is the logarithm of the probability that they are grouped and read correctly.
    """
    score = math.log(max(node.reading.confidence, MIN_CONFIDENCE))
    if not node.splits:
        return score, [node]
    probability = node.candidate.probability
    best = score + math.log(probability), [node]
    for halves in node.splits:
        (first_score, first), (second_score, second) = map(_best, halves)
        score = math.log(1 - probability) + first_score + second_score
        if score > best[0]:
            best = score, [*first, *second]
    return best


def _join_if_more_probable(
    line_of: dict[Candidate, dict[Candidate, _ToRead]], pair: _ToRead
) -> None:
    """Replace two symbols by one if that is more probable, and both are still there.

    Args:
        line_of: The symbols of the line that each symbol is on.
        pair: The symbols as one.

    """
    halves = pair.candidate.splits[0]
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
