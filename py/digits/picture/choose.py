"""Choose the components that are ink of digits and signs, and merge the parts of a single digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from digits.drawing.overlap import ROWS, Group, depth
from digits.drawing.segment import Candidate, segment
from digits.picture.components import Component, NothingToRead
from digits.picture.groups import one_group_each

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_DIGIT = 2.5
"""The minimum length of a digit, in thicknesses of its lines. A spot is shorter."""
MIN_PIXEL_SHARE = 0.06
"""A part of a broken digit has at least this fraction of the pixels of the largest part."""
MAX_GAP = 0.35
"""The maximum gap between two parts of a digit, as a fraction of the length of the longer part."""
MIN_LENGTH_RATIO = 0.4
"""Of two digits in a picture, the smaller has at least this fraction of the length of the larger. A
smaller component is a part of the larger digit, or a sign."""
FLAT = 2.0
"""The minimum ratio of width to height of a bar. No digit is so flat."""
MAX_DIAGONAL_SHARE = 0.5
"""Two parts lie diagonally to each other, or one above the other, if the rows that both cover are
at most this fraction of the height of the two together."""
MIN_DEPTH_DIAGONAL = -0.1
"""The minimum `digits.drawing.overlap.depth` of two large parts of a digit that lie diagonally or
one above the other, in lengths of the larger part. A negative depth is a distance. The larger the
fraction of rows that both parts cover, the deeper they must overlap."""
MIN_DEPTH_ALIGNED = 0.2
"""The depth that is always enough, even for parts that cover the same rows."""
SAME_PEN = 2.5
"""The maximum ratio of the thicknesses of the lines of two components that the same pen drew."""
SURELY_SAME_PEN = 1.6
"""Like SAME_PEN, but strict: for components that the same pen surely drew."""
SAME_INK = 0.6
"""The minimum ratio of the strength of a component's ink to that of a digit that the same pen
drew."""
SURELY_SAME_INK = 0.85
"""Like SAME_INK, but strict: for components that the same pen surely drew. A faint straight line at
the edge of the picture may be the edge of a shadow."""
ALIKE = 0.3, 1.6
"""The minimum and the maximum length of a symbol at the picture's edge, in lengths of the largest
component inside. A frame, or the edge of a desk, is longer."""
STRAIGHT = 1.2
"""A line is straight if it is at most this many times as long as the diagonal of its box."""
MIN_DOT = 0.8
"""The minimum length of a dot, in thicknesses of the lines of a digit."""
UPRIGHT = 2.0
"""The minimum ratio of height to width of a straight line that may be a 1."""


def choose_components(components: Sequence[Component], min_length: float) -> list[Component]:
    """Return the ink of a single digit as one component, or all ink of several symbols.

    The digit is the largest component, merged with the other parts of a broken digit. If there are
    other digits or signs beside it, all components that the same pen has drawn are returned, from
    left to right, and nothing is merged.

    Components at the edge of the picture count if they may be a tightly cropped digit or a part of
    one, or if they are much like the largest component inside.

    Args:
        components: All components of ink.
        min_length: The minimum length of a digit, in pixels.

    Raises:
        NothingToRead: No component can be a digit.

    """
    largest_first = sorted(components, key=lambda component: -len(component.pixels))
    inner = [each for each in largest_first if not each.may_be_edge()]
    at_edge = [each for each in largest_first if each not in inner]
    outer = [each for each in at_edge if each.may_be_cropped_digit()]
    if inner and _reason_against(inner[0], min_length) is None:
        outer = [
            each
            for each in at_edge
            if (each in outer and _is_digit_or_part(each, inner[0])) or _is_alike(each, inner[0])
        ]
    elif outer:  # there is no digit inside: ignore the spots and other small components there
        inner = []
    candidates = sorted([*inner, *outer], key=lambda component: -len(component.pixels))
    if not candidates:
        raise NothingToRead("picture_at_edge")
    digit, others = _merge(candidates)
    if reason := _reason_against(digit, min_length):
        raise NothingToRead(reason)
    same_pen = [each for each in candidates if _is_ink_of_pen(each, candidates[0])]
    same_pen.sort(key=lambda component: component.box)
    has_another = any(_is_another_digit(other, digit, min_length) for other in others)
    if has_another or _are_several(same_pen, min_length):
        return same_pen
    return [digit]


def _reason_against(component: Component, min_length: float) -> str | None:
    """Return why a component is no digit, as a key of text.json; None if it may be one."""
    length = component.length
    if length < min_length:
        return "picture_small"
    return "picture_spot" if length < MIN_DIGIT * component.thickness else None


def _is_digit_or_part(component: Component, digit: Component) -> bool:
    """Return whether a component at the edge of the picture is another digit or a part of `digit`.

    Otherwise it is a frame around the digit, a line of the paper, or the edge of a desk or shadow.
    """
    if _surrounds(component, digit):
        return False
    left, top, right, bottom = component.box
    width, height, thickness = right - left, bottom - top, component.thickness
    if len(component.pixels) / thickness > STRAIGHT * math.hypot(width, height):
        return _is_same_pen(component, digit)
    is_line_of_paper = width < 2 * thickness and height >= component.grid.height
    may_be_one = height >= UPRIGHT * width and not is_line_of_paper
    return may_be_one and _is_surely_same_pen(component, digit)


def _is_alike(component: Component, digit: Component) -> bool:
    """Return whether a component is about as large as a digit, and surely has the same pen.

    A frame around the digit does not count.
    """
    return (
        ALIKE[0] * digit.length <= component.length <= ALIKE[1] * digit.length
        and _is_surely_same_pen(component, digit)
        and not _surrounds(component, digit)
    )


def _is_same_pen(component: Component, digit: Component) -> bool:
    """Return whether a component's lines are about as thick as a digit's, and not much fainter."""
    ratio = component.thickness / digit.thickness
    return 1 / SAME_PEN < ratio < SAME_PEN and component.strength >= SAME_INK * digit.strength


def _is_surely_same_pen(component: Component, digit: Component) -> bool:
    """Return whether a component surely has a digit's pen: its lines are about as thick and dark.

    A component that is shorter than the digit's lines are thick is too small to be sure.
    """
    ratio = component.thickness / digit.thickness
    return (
        component.strength >= SURELY_SAME_INK * digit.strength
        and 1 / SURELY_SAME_PEN < ratio < SURELY_SAME_PEN
        and component.length >= digit.thickness
    )


def _surrounds(frame: Component, digit: Component) -> bool:
    """Return whether a component has ink on all four sides of the digit."""
    left, top, right, bottom = digit.box
    middle_x, middle_y = (left + right) // 2, (top + bottom) // 2
    sides = set()
    for pixel in frame.pixels:
        x, y = frame.grid.position(pixel)
        if y == middle_y:
            sides |= {"left"} if x < left else {"right"} if x >= right else set()
        if x == middle_x:
            sides |= {"above"} if y < top else {"below"} if y >= bottom else set()
    return len(sides) == 4


def _merge(candidates: Sequence[Component]) -> tuple[Component, list[Component]]:
    """Merge the largest component with the other parts of its digit.

    Args:
        candidates: At least one component, the largest first.

    Returns:
        The digit, and the components that are not parts of it.

    """
    digit = candidates[0]
    min_pixels = MIN_PIXEL_SHARE * len(digit.pixels)
    others = [each for each in candidates[1:] if len(each.pixels) >= min_pixels]
    while found := [other for other in others if _are_one_digit(other, digit)]:
        digit = Component(digit.grid, [pixel for part in (digit, *found) for pixel in part.pixels])
        others = [other for other in others if other not in found]
    return digit, others


def _are_one_digit(a: Component, b: Component) -> bool:
    """Return whether two components are parts of one digit."""
    small, large = sorted((a, b), key=lambda component: component.length)
    length = large.length
    (left, top, right, bottom), (left_2, top_2, right_2, bottom_2) = a.box, b.box
    if max(left - right_2, left_2 - right, top - bottom_2, top_2 - bottom) > MAX_GAP * length:
        return False
    overlap = depth(_group_with_edges(a, length), _group_with_edges(b, length))
    width, height = small.box[2] - small.box[0], small.box[3] - small.box[1]
    if width > FLAT * height or small.length < MIN_LENGTH_RATIO * length:
        return overlap >= -MAX_GAP
    shared = max(min(bottom, bottom_2) - max(top, top_2), 0)
    share = shared / (max(bottom, bottom_2) - min(top, top_2))
    min_depth = MIN_DEPTH_DIAGONAL + max(share - MAX_DIAGONAL_SHARE, 0)
    return overlap >= min(min_depth, MIN_DEPTH_ALIGNED)


def _group_with_edges(component: Component, length: float) -> Group:
    """Return a component as a group that reaches to the edges of its ink; the unit is `length`."""
    rows: dict[int, tuple[float, float]] = {}
    for pixel in component.pixels:
        x, y = component.grid.position(pixel)
        row = int(y * ROWS / length)
        left, right = rows.get(row, (x, x + 1))
        rows[row] = min(left, x), max(right, x + 1)
    spans = {row: (left / length, right / length) for row, (left, right) in rows.items()}
    left, top, right, bottom = component.box
    return Group((left / length, top / length, right / length, bottom / length), spans)


def _is_another_digit(component: Component, digit: Component, min_length: float) -> bool:
    """Return whether a component is another digit: about as large, and drawn with the same pen."""
    left, top, right, bottom = component.box
    return (
        component.length >= MIN_LENGTH_RATIO * digit.length
        and right - left <= FLAT * (bottom - top)
        and _reason_against(component, min_length) is None
        and _is_same_pen(component, digit)
    )


def _is_ink_of_pen(component: Component, digit: Component) -> bool:
    """Return whether the pen that drew a digit may have drawn a component, even a dot."""
    is_dark = component.strength >= SAME_INK * digit.strength
    return (
        is_dark
        and component.length >= MIN_DOT * digit.thickness
        and component.thickness < SAME_PEN * digit.thickness
    )


def _are_several(components: Sequence[Component], min_length: float) -> bool:
    """Return whether components surely show several symbols.

    Group them as the strokes of a drawing are grouped: see `digits.drawing.segment`.
    """
    largest = max(components, key=lambda component: len(component.pixels))
    groups = one_group_each(components, largest.thickness)
    found = segment({group: Candidate([index]) for index, group in enumerate(groups)})
    if len(found.symbols) == 2 and found.joined:
        return False  # perhaps a digit that is broken in two
    symbols = [
        Component(largest.grid, [p for index in symbol.parts for p in components[index].pixels])
        for symbol in found.symbols
    ]
    return (
        sum(
            _is_another_digit(each, largest, min_length) or _is_surely_same_pen(each, largest)
            for each in symbols
        )
        > 1
    )
