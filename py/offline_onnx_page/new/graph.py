"""Read the inputs, outputs, class names and categories in an `.onnx` file; skip the weights.

The numbers of fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_onnx.onnxruntime_api.node_arg import NodeArg, onnx_type
from offline_onnx.onnxruntime_api.protobuf import LENGTH, VARINT, fields, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_onnx.onnxruntime_api.protobuf import Field, Read

_GRAPH = 7
"""The number of a field of a ModelProto."""
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _SPARSE_INITIALIZER = 1, 5, 11, 12, 15
"""The numbers of fields of a GraphProto."""
_STRINGS, _TENSOR_NAME = 6, 8
"""The numbers of fields of a TensorProto."""
_SPARSE_VALUES = 1
"""The number of a field of a SparseTensorProto."""
_VALUE_NAME, _VALUE_TYPE = 1, 2
"""The numbers of fields of a ValueInfoProto."""
_NODE_INPUT, _OPERATOR, _ATTRIBUTE = 1, 4, 5
"""The numbers of fields of a NodeProto."""
_ATTRIBUTE_NAME, _INTEGERS, _TEXTS = 1, 8, 9
"""The numbers of fields of an AttributeProto."""
_CLASSES = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")
"""The attributes of classifiers and ZipMap with the names of classes."""
_LOOK_UPS = {"LabelEncoder": ("values_strings", "classes_strings"), "ArrayFeatureExtractor": ()}
"""Operators that turn the number of a class into its name, and their attributes with the names."""
_CATEGORIES = {"OneHotEncoder": "cats_strings", "LabelEncoder": "keys_strings"}
"""Operators that turn a text into a number, and their attributes with all possible texts."""
_TENSOR_TYPE, _SPARSE_TENSOR_TYPE = 1, 8
"""The numbers of the fields of a TypeProto that are tensors."""
_KEY_TYPE = 1
"""The number of a field of TypeProto.Map."""
_ELEMENT_TYPE, _SHAPE = 1, 2
"""The numbers of fields of TypeProto.Tensor and TypeProto.SparseTensor."""
_SIZE, _SIZE_NAME = 1, 2
"""The numbers of fields of TensorShapeProto.Dimension."""
_OTHER_TYPES = {4: "seq", 5: "map", 7: "opaque", 9: "optional"}
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


@dataclass
class Graph:
    """What `read_graph` finds in a model.

    Attributes:
        inputs: the inputs, without those that have a value in the file.
        outputs: the outputs.
        classes: lists that may be the names of the classes, the likeliest first.
        categories: the categories of text inputs, such as ("red", "green"), by the input's name.

    """

    inputs: list[NodeArg] = field(default_factory=list)
    outputs: list[NodeArg] = field(default_factory=list)
    classes: list[list[str]] = field(default_factory=list)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class _Node:
    """A node: its operator, its inputs, and the attributes that may contain class names."""

    operator: str = ""
    inputs: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)


def read_graph(size: int, read: Read) -> Graph:
    """Return the inputs, outputs, possible class names and categories of a model.

    Args:
        size: the size of the `.onnx` file in bytes.
        read: returns the bytes from a start to a stop position.

    Raises:
        ValueError: the file is no `.onnx` file. The message says why.

    """
    found = Graph()
    has_graph = False
    constants: dict[str, Field] = {}
    nodes: list[_Node] = []
    for each in fields(read, 0, size):
        if each.number != _GRAPH or each.wire_type != LENGTH:
            continue
        has_graph = True
        for inner in _messages(read, each):
            if inner.number == _INPUT:
                found.inputs.append(_node_arg(read, inner))
            elif inner.number == _OUTPUT:
                found.outputs.append(_node_arg(read, inner))
            elif inner.number == _NODE:
                nodes.append(_node(read, inner))
            elif inner.number == _INITIALIZER:
                constants[_tensor_name(read, inner)] = inner
            elif inner.number == _SPARSE_INITIALIZER:
                constants.update(
                    (_tensor_name(read, values), values)
                    for values in _messages(read, inner)
                    if values.number == _SPARSE_VALUES
                )
    if not has_graph:
        raise ValueError("it has no graph")
    if not found.outputs:
        raise ValueError("its graph has no output")
    found.inputs = [each for each in found.inputs if each.name not in constants]
    texts = {each.name for each in found.inputs if each.type == onnx_type("string")}
    look_ups = list[list[str]]()
    for node in nodes:
        found.classes += [node.attributes[key] for key in _CLASSES if key in node.attributes]
        if node.operator in _LOOK_UPS and not texts.intersection(node.inputs):
            keys = _LOOK_UPS[node.operator]
            look_ups += [node.attributes[key] for key in keys if key in node.attributes]
            look_ups += [_strings(read, constants[n]) for n in node.inputs[:1] if n in constants]
        known = node.attributes.get(_CATEGORIES.get(node.operator, ""))
        for name in texts.intersection(node.inputs):
            if known:
                found.categories[name] = tuple(known)
    found.classes += look_ups[::-1]  # the last one is nearest to the outputs
    return found


def _node(read: Read, message: Field) -> _Node:
    """Return the operator and inputs of a NodeProto, and the attributes that may have names."""
    node = _Node()
    wanted = {*_CLASSES, *_CATEGORIES.values(), *(k for each in _LOOK_UPS.values() for k in each)}
    for each in _messages(read, message):
        if each.number == _NODE_INPUT:
            node.inputs.append(text(read, each))
        elif each.number == _OPERATOR:
            node.operator = text(read, each)
        elif each.number == _ATTRIBUTE:
            name = next(iter(_messages(read, each)), None)
            key = text(read, name) if name and name.number == _ATTRIBUTE_NAME else ""
            if key in wanted and (values := _list(read, each)):
                node.attributes[key] = values
    return node


def _list(read: Read, attribute: Field) -> list[str]:
    """Return the texts or the integers in an AttributeProto, as texts."""
    found = list[str]()
    for each in fields(read, attribute.start, attribute.stop):
        if each.number == _TEXTS and each.wire_type == LENGTH:
            found.append(text(read, each))
        elif each.number == _INTEGERS and each.wire_type == VARINT:
            found.append(str(each.value - (1 << 64) if each.value >= 1 << 63 else each.value))
    return found


def _strings(read: Read, tensor: Field) -> list[str]:
    """Return the strings of a TensorProto; [] if it has numbers."""
    return [text(read, each) for each in _messages(read, tensor) if each.number == _STRINGS]


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
        if each.number == _VALUE_NAME:
            name = text(read, each)
        elif each.number == _VALUE_TYPE:
            kind, shape = _type(read, each)
    return NodeArg(name, kind, shape)


def _type(read: Read, message: Field) -> tuple[str, list[int | str | None]]:
    """Return ONNX's name of the type in a TypeProto, and the shape of a tensor."""
    for each in _messages(read, message):
        if each.number == _TENSOR_TYPE:
            return _tensor_type(read, each)
        if each.number == _SPARSE_TENSOR_TYPE:
            name, shape = _tensor_type(read, each)
            return f"sparse_{name}", shape
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
        elif each.number == _KEY_TYPE:
            names.append(_ELEMENTS.get(each.value, "?"))
    return ",".join(names)


def _tensor_type(read: Read, message: Field) -> tuple[str, list[int | str | None]]:
    dtype, shape = "undefined", list[int | str | None]()
    for each in fields(read, message.start, message.stop):
        if each.number == _ELEMENT_TYPE:
            dtype = _ELEMENTS.get(each.value, f"type{each.value}")
        elif each.number == _SHAPE and each.wire_type == LENGTH:
            shape = [_dimension(read, inner) for inner in _messages(read, each)]
    return onnx_type(dtype), shape


def _dimension(read: Read, message: Field) -> int | str | None:
    """Return the size of a dimension, its name, or None."""
    for each in fields(read, message.start, message.stop):
        if each.number == _SIZE:
            size = each.value
            return size if size < 1 << 63 else None  # onnxruntime ignores negative sizes, too
        if each.number == _SIZE_NAME and each.wire_type == LENGTH:
            return text(read, each) or None
    return None
