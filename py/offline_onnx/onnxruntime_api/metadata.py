"""Read what an `.onnx` file says about itself: producer, version, descriptions, custom entries.

onnxruntime-web does not report these. A file is a ModelProto in Protocol Buffers' format, see
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto and https://protobuf.dev/programming-guides/encoding/.
Only the fields' headers and the texts are read: the weights, which are almost the whole file, are
skipped by their lengths. So they don't enter Python's heap.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    type Read = Callable[[int, int], bytes]
    type Span = tuple[int, int]

NO_VERSION = (1 << 63) - 1
"""The version that onnxruntime reports if a model has none."""
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
"""The wire types of fields."""
_MAX_HEADER = 20
"""The maximum length of a field's key and its value or length: two varints of 10 bytes."""
_MODEL_TEXTS = {2: "producer_name", 4: "domain", 6: "description"}
_MODEL_VERSION, _GRAPH, _METADATA_PROPS = 5, 7, 14
"""The numbers of further fields of a ModelProto."""
_GRAPH_TEXTS = {2: "graph_name", 10: "graph_description"}
_ORT_FORMAT = b"ORTM"
"""The bytes 4 to 8 of a file in onnxruntime's own format, which has other metadata."""


@dataclass(frozen=True)
class ModelMetadata:
    """What a model's file says about itself, with onnxruntime's names; "" for what is missing.

    Attributes:
        producer_name: the name of the tool that has written the file.
        graph_name: the name of the graph.
        domain: the domain of the model, such as "org.example".
        description: the documentation of the model.
        graph_description: the documentation of the graph.
        version: the version of the model; NO_VERSION if it has none.
        custom_metadata_map: further entries, by key.

    """

    producer_name: str = ""
    graph_name: str = ""
    domain: str = ""
    description: str = ""
    graph_description: str = ""
    version: int = NO_VERSION
    custom_metadata_map: dict[str, str] = field(default_factory=dict)


def read_metadata(size: int, read: Read) -> ModelMetadata:
    """Return the metadata of a model that the runtime can open.

    The metadata of a file in onnxruntime's own format (`.ort`) is empty, and so is everything that
    follows a field of an unknown format.

    Args:
        size: the size of the file in bytes.
        read: returns the bytes from a start to a stop position.

    """
    found: dict[str, Any] = {}
    entries: dict[str, str] = {}
    if read(0, min(size, 8))[4:] != _ORT_FORMAT:
        with suppress(ValueError):
            for number, value in _fields(read, 0, size):
                if isinstance(value, int):
                    if number == _MODEL_VERSION:
                        found["version"] = value - (1 << 64) if value >> 63 else value
                elif number in _MODEL_TEXTS:
                    found[_MODEL_TEXTS[number]] = _text(read, value)
                elif number == _METADATA_PROPS:
                    entry = {each: _text(read, span) for each, span in _spans(read, *value)}
                    entries[entry.get(1, "")] = entry.get(2, "")
                elif number == _GRAPH:
                    for inner, span in _spans(read, *value):
                        if inner in _GRAPH_TEXTS:
                            found[_GRAPH_TEXTS[inner]] = _text(read, span)
    return ModelMetadata(**found, custom_metadata_map=entries)


def _spans(read: Read, start: int, stop: int) -> Iterator[tuple[int, Span]]:
    """Yield the number and the span of each field that has a length."""
    for number, value in _fields(read, start, stop):
        if not isinstance(value, int):
            yield number, value


def _fields(read: Read, start: int, stop: int) -> Iterator[tuple[int, int | Span]]:
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


def _text(read: Read, span: Span) -> str:
    return read(*span).decode(errors="replace")
