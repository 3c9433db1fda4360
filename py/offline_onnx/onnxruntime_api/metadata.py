"""Read the metadata in an `.onnx` file: producer, version, descriptions, custom entries.

onnxruntime-web does not report metadata. Only the headers and texts of fields are read, so the
weights don't enter Python's heap.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from offline_onnx.onnxruntime_api.protobuf import LENGTH, VARINT, fields, text, texts

if TYPE_CHECKING:
    from offline_onnx.onnxruntime_api.protobuf import Read

NO_VERSION = (1 << 63) - 1
"""The version that onnxruntime reports if a model has no version."""
_MODEL_TEXTS = {2: "producer_name", 4: "domain", 6: "description"}
_MODEL_VERSION, _GRAPH, _METADATA_PROPS = 5, 7, 14
"""The numbers of further fields of a ModelProto."""
_GRAPH_TEXTS = {2: "graph_name", 10: "graph_description"}
_ORT_FORMAT = b"ORTM"
"""Bytes 4 to 7 of a file in onnxruntime's own format, in which metadata is stored differently."""


@dataclass(frozen=True)
class ModelMetadata:
    """The metadata in a model's file, with onnxruntime's names. A missing text is "".

    Attributes:
        producer_name: the name of the tool that wrote the file.
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

    For a file in onnxruntime's own format (`.ort`), the metadata is empty. Everything after a field
    of an unknown format is ignored.

    Args:
        size: the size of the file in bytes.
        read: returns the bytes from a start to a stop position.

    """
    found: dict[str, Any] = {}
    entries: dict[str, str] = {}
    if not is_ort_format(size, read):
        with suppress(ValueError):
            for each in fields(read, 0, size):
                if each.wire_type == VARINT:
                    if each.number == _MODEL_VERSION:
                        value = each.value
                        found["version"] = value - (1 << 64) if value >> 63 else value
                elif each.wire_type != LENGTH:
                    continue
                elif each.number in _MODEL_TEXTS:
                    found[_MODEL_TEXTS[each.number]] = text(read, each)
                elif each.number == _METADATA_PROPS:
                    entry = texts(read, each)
                    entries[entry.get(1, "")] = entry.get(2, "")
                elif each.number == _GRAPH:
                    for inner in fields(read, each.start, each.stop):
                        if inner.wire_type == LENGTH and inner.number in _GRAPH_TEXTS:
                            found[_GRAPH_TEXTS[inner.number]] = text(read, inner)
    return ModelMetadata(**found, custom_metadata_map=entries)


def is_ort_format(size: int, read: Read) -> bool:
    """Return whether a file is in onnxruntime's own format (`.ort`)."""
    return read(0, min(size, 8))[4:] == _ORT_FORMAT
