"""The tests of the package `onnx`: models with inputs and expected outputs."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

from offline_onnx.inference.tensor import TensorSpec
from offline_onnx.onnxruntime_api.required_versions import MAX_IR_VERSION, MAX_OPSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from onnx.backend.test.case.test_case import TestCase

KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted")
"""The kinds of tests that the package contains. Tests of other kinds would be downloaded."""
_ONNX_DOMAINS = ("", "ai.onnx")
"""The names of the domain of ONNX's own operators."""


@dataclass(frozen=True)
class Run:
    """The inputs of one run of a model, and the expected outputs, by name.

    A tensor is an array. Any other value is a list (a sequence), or None if it is an empty optional
    or was read from a file.
    """

    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A test.

    Attributes:
        kind: one of KINDS.
        name: its name, which is unique within its kind.
        content: the bytes of the model.
        runs: the runs of the model.
        rtol: the relative tolerance: an output may differ from the expected one by
            atol + rtol * abs(expected).
        atol: the absolute tolerance.
    """

    kind: str
    name: str
    content: bytes
    runs: list[Run]
    rtol: float
    atol: float

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    def specs(self) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
        """Return the inputs and the outputs that the model declares, without their shapes."""
        graph = onnx.load_from_string(self.content).graph
        return tuple(map(_spec, _inputs(graph))), tuple(map(_spec, graph.output))


def load(count: int | None) -> list[Case]:
    """Return `count` tests that are spread evenly over all of them; None for all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tests of casts overflow on purpose
        tests = [
            test
            for kind in KINDS
            for test in sorted(load_model_tests(kind=kind), key=lambda test: test.name)
        ]
    chosen = min(count or len(tests), len(tests))
    return [_case(tests[index * len(tests) // chosen]) for index in range(chosen)]


def _case(test: TestCase) -> Case:
    folder = Path(test.model_dir) if test.model_dir else None
    model = test.model or onnx.load(str(folder and folder / "model.onnx"))
    _lower_versions(model)
    inputs, outputs = _inputs(model.graph), list(model.graph.output)
    runs = [
        Run(_named(inputs, given), _named(outputs, expected))
        for given, expected in test.data_sets or ()
    ]
    for data in sorted(folder.glob("test_data_set_*")) if folder else ():
        given, expected = _read(data, "input", inputs), _read(data, "output", outputs)
        runs.append(Run(_named(inputs, given), _named(outputs, expected)))
    return Case(test.kind, test.name, model.SerializeToString(), runs, test.rtol, test.atol)


def _lower_versions(model: onnx.ModelProto) -> None:
    """Lower the versions of the format and the operators to those that onnxruntime-web reads.

    The package declares the newest versions in all of its models, even in those with older
    operators. If a model has a newer operator than onnxruntime-web reads, its opset stays.
    """
    model.ir_version = min(model.ir_version, MAX_IR_VERSION)
    nodes = [*model.graph.node, *(node for each in model.functions for node in each.node)]
    if any(_since(node) > MAX_OPSET for node in _with_subgraphs(nodes)):
        return
    for holder in (model, *model.functions):
        for opset in holder.opset_import:
            if opset.domain in _ONNX_DOMAINS:
                opset.version = min(opset.version, MAX_OPSET)


def _with_subgraphs(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """Yield nodes and the nodes of the graphs in their attributes."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from _with_subgraphs(graph.node)


def _since(node: onnx.NodeProto) -> int:
    """Return the opset that last changed a node's operator; 0 outside ONNX's domain."""
    if node.domain not in _ONNX_DOMAINS or not onnx.defs.has(node.op_type):
        return 0
    return int(onnx.defs.get_schema(node.op_type).since_version)


def _inputs(graph: onnx.GraphProto) -> list[onnx.ValueInfoProto]:
    """Return the inputs that have no default value."""
    initialised = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in initialised]


def _spec(value: onnx.ValueInfoProto) -> TensorSpec:
    """Return the spec of an input or output, without its shape."""
    dtype = onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower()
    return TensorSpec(value.name, {"float": "float32", "double": "float64"}.get(dtype, dtype), None)


def _named(values: Sequence[onnx.ValueInfoProto], data: Sequence[Any]) -> dict[str, Any]:
    """Return values by name. TensorProtos, of which the package has some, become arrays."""
    return {
        value.name: numpy_helper.to_array(each) if isinstance(each, onnx.TensorProto) else each
        for value, each in zip(values, data, strict=False)
    }


def _read(folder: Path, kind: str, values: Sequence[onnx.ValueInfoProto]) -> list[Any]:
    """Return the tensors in the files KIND_0.pb, KIND_1.pb, ...; None for any other value."""
    count = len(list(folder.glob(f"{kind}_*.pb")))
    return [
        numpy_helper.to_array(onnx.load_tensor(str(folder / f"{kind}_{index}.pb")))
        if value.type.HasField("tensor_type")
        else None
        for index, value in enumerate(values[:count])
    ]
