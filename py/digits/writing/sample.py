"""A sample of the user's handwriting: how one symbol was written. Samples are stored as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digits.drawing.ink import box_around
from digits.drawing.sketch import simplified
from digits.reading.contract import SYMBOLS
from offline_onnx.inference.json_fields import is_unsafe_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digits.drawing.ink import Stroke

PERCENT = 100
"""The height of the digits, in the unit of a sample's points."""
TOLERANCE = 0.8
"""Points that are nearer than this to a straight line are left out."""
MAX_POINTS = 100
"""A symbol with more points is not stored."""
MAX_OFFSET = 300
"""The maximum distance of a point to the right of the symbol's left end, and from the middle of
the line."""
MAX_JSON = 100_000
"""A longer text is not parsed. The samples of a hand always take less."""

type SampleStroke = tuple[tuple[int, int], ...]
"""A stroke in percent of the height of the digits. x begins at 0; y is 0 in the middle of the line,
and points down."""


@dataclass(frozen=True)
class Sample:
    """How the user wrote a symbol.

    Attributes:
        symbol: The digit or sign.
        drawing: Identifies the drawing: the CRC-32 of the image that was read.
        lesson: The key of the taught example because of which the drawing counts as this symbol;
            None if the model read it as this symbol without an example.
        strokes: The strokes.

    """

    symbol: str
    drawing: int
    lesson: int | None
    strokes: tuple[SampleStroke, ...]


def sample_strokes(
    strokes: Sequence[Stroke], middle: float, height: float
) -> tuple[SampleStroke, ...] | None:
    """Return the strokes of a symbol in the form of a sample.

    None if there are none, if they have too many points, or if a point is too far away.

    Args:
        strokes: The strokes on the sheet.
        middle: The middle of the line, at the symbol.
        height: The height of the digits on the line. If it is 0, None is returned.

    """
    if not (strokes and height > 0):
        return None
    scale = PERCENT / height
    left, *_ = box_around(strokes)
    placed = [[((x - left) * scale, (y - middle) * scale) for x, y in each] for each in strokes]
    found = tuple(
        tuple((round(x), round(y)) for x, y in simplified(stroke, TOLERANCE)) for stroke in placed
    )
    return found if _are_strokes(found) else None


def to_json(samples: Iterable[Sample]) -> str:
    """Return samples as JSON: a list of [symbol, drawing, lesson, strokes]."""
    return json.dumps(
        [[each.symbol, each.drawing, each.lesson, each.strokes] for each in samples],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> list[Sample]:
    """Parse the JSON that `to_json` returned. Skip invalid samples; return [] for invalid JSON."""
    if len(text) > MAX_JSON or is_unsafe_json(text):
        return []
    try:
        raw = json.loads(text)
    except ValueError:
        return []
    samples = map(_sample, raw) if isinstance(raw, list) else ()
    return [each for each in samples if each]


def _sample(raw: Any) -> Sample | None:
    """Return the sample that was parsed from JSON; None if it is invalid."""
    match raw:
        case [str(symbol), int(drawing), None | int() as lesson, [*raw_strokes]]:
            try:
                strokes = tuple(tuple((x, y) for x, y in stroke) for stroke in raw_strokes)
            except (TypeError, ValueError):
                return None
            is_valid = len(symbol) == 1 and symbol in SYMBOLS and _are_strokes(strokes)
            return Sample(symbol, drawing, lesson, strokes) if is_valid else None
    return None


def _are_strokes(strokes: tuple[SampleStroke, ...]) -> bool:
    """Return whether there are strokes, each has points, and all points are valid.

    There may be at most MAX_POINTS points.
    """
    points = [point for stroke in strokes for point in stroke]
    is_drawn = bool(strokes) and all(strokes) and len(points) <= MAX_POINTS
    return is_drawn and all(type(x) is type(y) is int and _is_near(x, y) for x, y in points)


def _is_near(x: int, y: int) -> bool:
    return 0 <= x <= MAX_OFFSET and abs(y) <= MAX_OFFSET
