"""Read messages in Protocol Buffers' format, field by field.

Fields are skipped by their lengths, so a large message is not read as a whole. See
https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    type Read = Callable[[int, int], bytes]
    type Span = tuple[int, int]

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
"""The wire types of fields."""
_MAX_HEADER = 20
"""The maximum length of a field's key and its value or length: two varints of 10 bytes."""


def spans(read: Read, start: int, stop: int) -> Iterator[tuple[int, Span]]:
    """Yield the number and the span of each field that has a length."""
    for number, value in fields(read, start, stop):
        if not isinstance(value, int):
            yield number, value


def fields(read: Read, start: int, stop: int) -> Iterator[tuple[int, int | Span]]:
    """Yield the number of each field of a message, and its integer or the span of its bytes.

    Raises:
        ValueError: the message is malformed.

    """
    while start < stop:
        header = read(start, min(start + _MAX_HEADER, stop))
        key, used = _varint(header, 0)
        number, wire_type = key >> 3, key & 7
        if wire_type in (_FIXED64, _FIXED32):
            start += used + (8 if wire_type == _FIXED64 else 4)
            continue
        if wire_type not in (_VARINT, _LENGTH):
            raise ValueError(f"wire type {wire_type}")
        value, used = _varint(header, used)
        start += used
        if wire_type == _VARINT:
            yield number, value
        else:
            if start + value > stop:
                raise ValueError("a field is longer than its message")
            yield number, (start, start + value)
            start += value


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Return an integer of variable length, and the position after it. Raises ValueError."""
    value = 0
    for shift, byte in enumerate(content[position : position + 10]):
        value |= (byte & 127) << 7 * shift
        if byte < 128:
            return value, position + shift + 1
    raise ValueError("an integer does not end")


def text(read: Read, span: Span) -> str:
    """Return the text in a span, with a replacement character for each byte that is not UTF-8."""
    return read(*span).decode(errors="replace")
