"""Read the fields of a message in Protocol Buffers' format, without reading their contents.

See https://protobuf.dev/programming-guides/encoding/. An `.onnx` file is such a message, a
ModelProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Its weights, which are almost
the whole file, are skipped by their lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    type Read = Callable[[int, int], bytes]

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""The wire types of fields."""
_MAX_HEADER = 20
"""The maximum number of bytes of a field's key plus its integer or length: two varints of 10."""


class Field(NamedTuple):
    """A field of a message.

    Attributes:
        number: the number of the field.
        wire_type: VARINT, FIXED64, LENGTH or FIXED32.
        start: the position of the value: the integer, or the content of a field with a length.
        stop: the position after the value.
        value: the value of a VARINT; 0 for the other wire types.

    """

    number: int
    wire_type: int
    start: int
    stop: int
    value: int


def fields(read: Read, start: int, stop: int) -> Iterator[Field]:
    """Yield the fields of the message from `start` to `stop`.

    Args:
        read: returns the bytes from a start to a stop position.
        start: the position of the message.
        stop: the position after it.

    Raises:
        ValueError: the message is malformed.

    """
    while start < stop:
        header = read(start, min(start + _MAX_HEADER, stop))
        key, used = _varint(header, 0)
        number, wire_type = key >> 3, key & 7
        value = 0
        if wire_type in (FIXED64, FIXED32):
            begin = start + used
            end = begin + (8 if wire_type == FIXED64 else 4)
        elif wire_type == VARINT:
            begin = start + used
            value, used = _varint(header, used)
            end = start + used
        elif wire_type == LENGTH:
            length, used = _varint(header, used)
            begin = start + used
            end = begin + length
        else:
            raise ValueError("its bytes are not in ONNX's format")
        if end > stop:
            raise ValueError("it is truncated or damaged")
        yield Field(number, wire_type, begin, end, value)
        start = end


def texts(read: Read, message: Field) -> dict[int, str]:
    """Return the texts of a message whose fields are texts, by the numbers of the fields."""
    inner = fields(read, message.start, message.stop)
    return {each.number: text(read, each) for each in inner if each.wire_type == LENGTH}


def text(read: Read, field: Field) -> str:
    """Return the text of a field, with a replacement character for each byte that is not UTF-8."""
    return read(field.start, field.stop).decode(errors="replace")


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Return an integer of variable length, and the position after it. Raises ValueError."""
    value = 0
    for shift, byte in enumerate(content[position : position + 10]):
        value |= (byte & 127) << 7 * shift
        if byte < 128:
            return value, position + shift + 1
    raise ValueError("it is truncated or damaged")
