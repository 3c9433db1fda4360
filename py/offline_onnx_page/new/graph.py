"""Read the inputs and outputs in an `.onnx` file. The weights are skipped.

The numbers of fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from offline_onnx.onnxruntime_api.node_arg import NodeArg, onnx_type
from offline_onnx.onnxruntime_api.protobuf import LENGTH, fields, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_onnx.onnxruntime_api.protobuf import Field, Read

_GRAPH = 7
"""The number of a field of a ModelProto."""
_INITIALIZER, _INPUT, _OUTPUT, _SPARSE_INITIALIZER = 5, 11, 12, 15
"""The numbers of fields of a GraphProto."""
_TENSOR_NAME = 8
"""The number of a field of a TensorProto."""
_OTHER_TYPES = {4: "seq", 5: "map", 7: "opaque", 8: "sparse_tensor", 9: "optional"}
"""The types of a TypeProto that are not tensors, by the numbers of their fields."""
_ELEMENTS = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
    17: "float8e4m3fn",
    18: "float8e4m3fnuz",
    19: "float8e5m2",
    20: "float8e5m2fnuz",
    21: "uint4",
    22: "int4",
}
"""The dtypes of TensorProto.DataType."""


class Graph(NamedTuple):
    """The inputs and outputs of a model.

    Attributes:
        inputs: the inputs, without those that have a value in the file.
        outputs: the outputs.

    """

    inputs: list[NodeArg]
    outputs: list[NodeArg]


def read_graph(size: int, read: Read) -> Graph:
    """Return the inputs and outputs of a model.

    Args:
        size: the size of the `.onnx` file in bytes.
        read: returns the bytes from a start to a stop position.

    Raises:
        ValueError: the file is no `.onnx` file. The message says why.

    """
    found = Graph([], [])
    has_graph = False
    constants = set()
    for each in fields(read, 0, size):
        if each.number != _GRAPH or each.wire_type != LENGTH:
            continue
        has_graph = True
        for inner in _messages(read, each):
            if inner.number == _INPUT:
                found.inputs.append(_node_arg(read, inner))
            elif inner.number == _OUTPUT:
                found.outputs.append(_node_arg(read, inner))
            elif inner.number == _INITIALIZER:
                constants.add(_tensor_name(read, inner))
            elif inner.number == _SPARSE_INITIALIZER:
                constants.update(
                    _tensor_name(read, values)
                    for values in _messages(read, inner)
                    if values.number == 1
                )
    if not has_graph:
        raise ValueError("it has no graph")
    if not found.outputs:
        raise ValueError("its graph has no output")
    return Graph([each for each in found.inputs if each.name not in constants], found.outputs)


def _messages(read: Read, message: Field) -> Iterator[Field]:
    """Yield the fields of a message that are messages or texts."""
    for each in fields(read, message.start, message.stop):
        if each.wire_type == LENGTH:
            yield each


def _tensor_name(read: Read, tensor: Field) -> str:
    for each in _messages(read, tensor):
        if each.number == _TENSOR_NAME:
            return text(read, each)
    return ""


def _node_arg(read: Read, value_info: Field) -> NodeArg:
    """Return the name, type and shape in a ValueInfoProto."""
    name, kind, shape = "", "", list[int | str | None]()
    for each in _messages(read, value_info):
        if each.number == 1:
            name = text(read, each)
        elif each.number == 2:
            kind, shape = _type(read, each)
    return NodeArg(name, kind, shape)


def _type(read: Read, message: Field) -> tuple[str, list[int | str | None]]:
    """Return ONNX's name of the type in a TypeProto, and the shape of a tensor."""
    for each in _messages(read, message):
        if each.number == 1:
            return _tensor_type(read, each)
        if each.number in _OTHER_TYPES:
            return f"{_OTHER_TYPES[each.number]}({_inner_types(read, each)})", []
    raise ValueError("an input or output has no type")


def _inner_types(read: Read, message: Field) -> str:
    """Return the names of the types in a sequence, a map or an optional, with commas."""
    names = []
    for each in fields(read, message.start, message.stop):
        if each.wire_type == LENGTH:
            try:
                names.append(_type(read, each)[0])
            except ValueError:
                names.append("?")
        elif each.number == 1:  # the type of a map's keys
            names.append(_ELEMENTS.get(each.value, "?"))
    return ",".join(names)


def _tensor_type(read: Read, message: Field) -> tuple[str, list[int | str | None]]:
    dtype, shape = "undefined", list[int | str | None]()
    for each in fields(read, message.start, message.stop):
        if each.number == 1:
            dtype = _ELEMENTS.get(each.value, f"type{each.value}")
        elif each.number == 2 and each.wire_type == LENGTH:
            shape = [_dimension(read, inner) for inner in _messages(read, each)]
    return onnx_type(dtype), shape


def _dimension(read: Read, message: Field) -> int | str | None:
    """Return the size of a dimension, its name, or None."""
    for each in fields(read, message.start, message.stop):
        if each.number == 1:
            size = each.value
            return size if size < 1 << 63 else None  # onnxruntime ignores negative sizes, too
        if each.number == 2 and each.wire_type == LENGTH:
            return text(read, each) or None
    return None
