"""Prepare an SVG file for decoding: give the drawing a size in pixels, or refuse it.

An SVG may state no size, or one in millimetres. To draw it on a canvas, the page needs its size in
pixels. Browsers that show an SVG without a size choose one themselves.
A browser that shows an SVG as an image runs no script and loads no other file. But a short file can
draw the same shape billions of times, or contain another SVG. Such files are refused.
"""

from __future__ import annotations

import re

SIDE = 960
"""The longer side of the decoded picture in pixels."""
MAX_BYTES = 1_000_000
"""The maximum length of a file."""
MAX_REUSES = 20
"""The maximum number of elements that draw other elements again. However they are nested, they draw
a shape at most a few thousand times. (A marker is drawn at every point of a line, so markers are
refused.)"""
DEFAULT_SIDE = 1000.0
"""The width or height that this module assumes, in the drawing's own units, if a drawing states
neither this side nor a `viewBox`."""

_START = rb"(?>(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)*)"
"""The text that can precede the first element. The groups are atomic, so that matching never
backtracks and takes little time."""
_ROOT = _START + rb"<((?:[^\s<>/:\"']+:)?svg)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*+)>"
_REUSE = rb"<(?:[^\s<>/:\"']+:)?(?:use|pattern|mask|filter|clipPath)\b"
_FORBIDDEN = rb"<!ENTITY|<(?:[^\s<>/:\"']+:)?(?:image|feImage|foreignObject|marker)\b|data:"
_ATTRIBUTE = rb"\s(%s)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
_LENGTH = rb"\s*\+?(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})\s*(px|pt|pc|mm|cm|in|em)?\s*"
_NUMBER = rb"[+-]?(?:\d{1,9}(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?"
_PIXELS = {
    b"": 1.0, b"px": 1.0, b"pt": 96 / 72, b"pc": 16.0, b"mm": 96 / 25.4, b"cm": 96 / 2.54,
    b"in": 96.0, b"em": 16.0,
}  # fmt: skip
"""The number of pixels of each unit of length, by CSS Values and Units, 6."""


class SvgRefused(ValueError):
    """An SVG file is too large or incomplete, uses what this module forbids, or draws nothing."""


def is_svg(head: bytes) -> bool:
    """Return whether a file is an SVG. head: the first bytes of the file."""
    return re.match(_START + rb"<(?:[^\s<>/:\"']+:)?svg\b", head, re.DOTALL) is not None


def with_size_in_pixels(content: bytes) -> tuple[bytes, int, int]:
    """Set the size of an SVG in pixels. Return the new file, its width and its height.

    The longer side is SIDE pixels long; the drawing is scaled, and keeps its aspect ratio.

    Raises:
        SvgRefused: The file is too large or incomplete, uses what is forbidden, or draws nothing.

    """
    root = re.match(_ROOT, content, re.DOTALL)
    if not root or len(content) > MAX_BYTES:
        raise SvgRefused("the file is too large, or its first element is incomplete")
    if len(re.findall(_REUSE, content)) > MAX_REUSES or re.search(_FORBIDDEN, content, re.I):
        raise SvgRefused("the file draws elements again and again, or contains other files")
    name, attributes = root.groups()
    if attributes.endswith(b"/"):
        raise SvgRefused("the drawing is empty")
    view = re.fullmatch(
        rb"[\s,]*" + rb"[\s,]+".join([rb"(" + _NUMBER + rb")"] * 4) + rb"[\s,]*",
        _value(b"viewBox", attributes),
    )
    width, height = (_length(_value(side, attributes)) for side in (b"width", b"height"))
    if view:
        inner_width, inner_height = float(view[3]), float(view[4])
    else:
        inner_width, inner_height = width or DEFAULT_SIDE, height or DEFAULT_SIDE
        attributes = re.sub(_ATTRIBUTE % rb"viewBox", b"", attributes)  # an invalid one
        attributes += b' viewBox="0 0 %g %g"' % (inner_width, inner_height)
    if min(inner_width, inner_height) <= 0:
        raise SvgRefused("the drawing has no area")
    width = width or (height or inner_height) * inner_width / inner_height
    height = height or width * inner_height / inner_width
    scale = SIDE / max(width, height)
    pixels = [max(round(side * scale), 1) for side in (width, height)]
    attributes = re.sub(_ATTRIBUTE % rb"width|height", b"", attributes)
    if b":" not in name and not re.search(rb"\sxmlns\s*=", attributes):
        attributes += b' xmlns="http://www.w3.org/2000/svg"'
    attributes += b' width="%d" height="%d"' % (pixels[0], pixels[1])
    start, rest = content[: root.start(1)], content[root.end(2) :]
    return start + name + attributes + rest, pixels[0], pixels[1]


def _value(name: bytes, attributes: bytes) -> bytes:
    """Return the value of an attribute; b"" if there is none."""
    found = re.search(_ATTRIBUTE % name, attributes)
    return (found[2] or found[3] or b"") if found else b""


def _length(value: bytes) -> float | None:
    """Return a length in pixels; None if it is 0, negative or relative, or not as in _LENGTH.

    However, the relative unit em counts as 16 pixels, the usual size of text.
    """
    found = re.fullmatch(_LENGTH, value)
    return float(found[1]) * _PIXELS[found[2] or b""] or None if found else None
