"""Read the names of a model's operators; change the seeds of random operators.

Only the nodes of the file are read, not its weights; see `onnxruntime_api.protobuf`. In a file in
onnxruntime's own format (`.ort`), and after a field of an unknown format, no operators are found.
"""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from offline_onnx.onnxruntime_api.protobuf import FIXED32, LENGTH, VARINT, Field, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set

RANDOM = frozenset(
    {
        "Bernoulli",
        "BiasDropout",
        "BitmaskBiasDropout",
        "BitmaskDropout",
        "Dropout",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
        "Sampling",
    }
)
"""Operators whose outputs may be random. Dropout is random only in training mode."""
_QUANTISED = re.compile(r"(?i:quant)|Integer|^Q[A-Z]|NBits|Bnb4")
"""Operators on integers that stand for floats, such as DequantizeLinear, QLinearConv, ConvInteger.

Among them are those of the domain com.microsoft, such as QGemm and MatMulNBits.
"""
_GRAPH, _FUNCTION = 7, 25
"""The numbers of a ModelProto's fields: the graph and the functions."""
_NODES = {_GRAPH: 1, _FUNCTION: 7}
"""The number of the field `node` of a GraphProto and a FunctionProto, by the fields above."""
_OP_TYPE, _ATTRIBUTE = 4, 5
"""The numbers of a NodeProto's fields."""
_NAME, _FLOAT, _INTEGER, _SUBGRAPHS = 1, 2, 3, (6, 11)
"""The numbers of an AttributeProto's fields."""
_SEEDS = (12345.0, 54321.0)
"""The first of these replaces a float seed; the second replaces a float seed equal to the first."""
_OTHER_BITS = 0b110
"""The bits to change in an integer seed. Bit 0 stays: some generators return the same numbers for
the seeds 0 and 1."""


class _Node(NamedTuple):
    """A node: the name of its operator, and its attributes."""

    operator: str
    attributes: list[Field]


def operators(content: bytes) -> set[str]:
    """Return the names of all operators in a model, also in subgraphs and functions."""
    found = set()
    with suppress(ValueError):
        for node in _nodes(content):
            found.add(node.operator)
    return found


def is_quantised(names: Set[str]) -> bool:
    """Return whether a model with these operators computes with quantised numbers."""
    return any(map(_QUANTISED.search, names))


def with_other_seeds(content: bytes) -> bytes:
    """Return a copy of the model in which all fixed seeds of random operators are changed.

    With a fixed seed, native onnxruntime may return the same numbers in every run, but another
    runtime returns different numbers.
    """
    attributes: list[Field] = []
    with suppress(ValueError):
        for node in _nodes(content):
            if node.operator in RANDOM:
                attributes += node.attributes
    if not attributes:
        return content
    changed = bytearray(content)
    for attribute in attributes:
        _change_seed(changed, list(_inner(content, attribute)))
    return bytes(changed)


def _change_seed(content: bytearray, attribute: list[Field]) -> None:
    """Change the value of an attribute in place, if the attribute's name is "seed"."""
    by_number = {each.number: each for each in attribute}
    name = by_number.get(_NAME)
    if not name or content[name.start : name.stop] != b"seed":
        return
    for each in attribute:
        if each.number == _FLOAT and each.wire_type == FIXED32:
            (seed,) = struct.unpack_from("<f", content, each.start)
            struct.pack_into("<f", content, each.start, _SEEDS[seed == _SEEDS[0]])
        elif each.number == _INTEGER and each.wire_type == VARINT:
            content[each.start] ^= _OTHER_BITS


def _nodes(content: bytes) -> Iterator[_Node]:
    """Yield all nodes of a model. Raises ValueError if the file is malformed."""
    for each in fields(_reader(content), 0, len(content)):
        if each.number in _NODES and each.wire_type == LENGTH:
            yield from _nodes_of(content, each, _NODES[each.number])


def _nodes_of(content: bytes, graph: Field, number: int) -> Iterator[_Node]:
    """Yield the nodes of a graph or function, and of the graphs in their attributes."""
    for each in _inner(content, graph):
        if each.number != number or each.wire_type != LENGTH:
            continue
        operator, attributes = "", []
        for part in _inner(content, each):
            if part.number == _OP_TYPE:
                operator = content[part.start : part.stop].decode(errors="replace")
            elif part.number == _ATTRIBUTE:
                attributes.append(part)
        yield _Node(operator, attributes)
        for attribute in attributes:
            for part in _inner(content, attribute):
                if part.number in _SUBGRAPHS:
                    yield from _nodes_of(content, part, _NODES[_GRAPH])


def _inner(content: bytes, message: Field) -> Iterator[Field]:
    """Yield the fields of a message in the file."""
    return fields(_reader(content), message.start, message.stop)


def _reader(content: bytes) -> Callable[[int, int], bytes]:
    return lambda start, stop: content[start:stop]
