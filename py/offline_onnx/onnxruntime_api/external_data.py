"""Find the names of the files that contain weights of an `.onnx` file, as ONNX's external data.

See https://onnx.ai/onnx/repo-docs/ExternalData.html.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from offline_onnx.errors import ExternalDataMissing
from offline_onnx.inference.model_file import is_file_name
from offline_onnx.onnxruntime_api.metadata import is_ort_format
from offline_onnx.onnxruntime_api.protobuf import LENGTH, fields, texts

if TYPE_CHECKING:
    from offline_onnx.onnxruntime_api.protobuf import Field, Read

_TENSOR = "TensorProto"
_INNER = {
    "ModelProto": {7: "GraphProto", 25: "FunctionProto"},
    "FunctionProto": {7: "NodeProto"},
    "GraphProto": {1: "NodeProto", 5: _TENSOR},
    "NodeProto": {5: "AttributeProto"},
    "AttributeProto": {5: _TENSOR, 6: "GraphProto", 10: _TENSOR, 11: "GraphProto"},
}
"""For each type of message, the types of its fields that lead to tensors, by field number."""
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
"""The numbers of fields of a TensorProto."""
_EXTERNAL = 1
"""The value of the field `data_location` if the tensor is in another file."""
_BUFFER_SIZE = 1 << 16
"""Minimum number of bytes to read at once, because each call of JavaScript takes long."""


def external_files(size: int, read: Read) -> tuple[str, ...]:
    """Return the names of the files with weights of a model, in the order of their first use.

    Ignore everything after a malformed field: no runtime can read such a model.

    Args:
        size: the size of the `.onnx` file in bytes.
        read: returns the bytes from a start to a stop position.

    Raises:
        ExternalDataMissing: a file would be in another folder than the `.onnx` file.

    """
    if is_ort_format(size, read):
        return ()
    read = _buffered(size, read)
    found: dict[str, None] = {}
    # A list instead of recursion, because an untrusted model may be nested deeply.
    messages = [("ModelProto", fields(read, 0, size))]
    with suppress(ValueError):
        while messages:
            kind, contents = messages[-1]
            for each in contents:
                inner = _INNER[kind].get(each.number)
                if inner is None or each.wire_type != LENGTH:
                    continue
                if inner != _TENSOR:
                    messages.append((inner, fields(read, each.start, each.stop)))
                    break
                if location := _location(read, each):
                    found[location.removeprefix("./")] = None
            else:
                messages.pop()
    for name in found:
        if not is_file_name(name):
            raise ExternalDataMissing(
                f"The model's weights are in {name!r}, which is not a file in the model's folder."
            )
    return tuple(found)


def _location(read: Read, tensor: Field) -> str:
    """Return the name of the file with a tensor's data; "" if the `.onnx` file has the data."""
    is_external, location = False, ""
    for each in fields(read, tensor.start, tensor.stop):
        if each.number == _DATA_LOCATION:
            is_external = each.value == _EXTERNAL
        elif each.number == _EXTERNAL_DATA and each.wire_type == LENGTH:
            entry = texts(read, each)
            if entry.get(1) == "location":
                location = entry.get(2, "")
    return location if is_external else ""


def _buffered(size: int, read: Read) -> Read:
    """Return a function like `read` that reads more at once, and answers later calls from it."""
    begin, buffer = 0, b""

    def buffered(start: int, stop: int) -> bytes:
        nonlocal begin, buffer
        if stop - start > _BUFFER_SIZE:
            return read(start, stop)
        if not begin <= start <= stop <= begin + len(buffer):
            begin, buffer = start, read(start, min(start + _BUFFER_SIZE, size))
        return buffer[start - begin : stop - begin]

    return buffered
