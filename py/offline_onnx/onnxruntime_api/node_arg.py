"""`NodeArg`, onnxruntime's description of an input or output, and its conversion to TensorSpecs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from offline_onnx.inference.tensor import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

_DTYPES = {"float": "float32", "double": "float64"}
"""The dtype of each ONNX type whose name differs from the dtype's."""
_ONNX_TYPES = {dtype: name for name, dtype in _DTYPES.items()}


@dataclass(frozen=True)
class NodeArg:
    """An input or output of a model.

    Attributes:
        name: the name of the input or output.
        type: ONNX's name of the type, such as "tensor(float)".
        shape: the size of each dimension. A dimension whose size may vary is a name, or None.

    """

    name: str
    type: str
    shape: list[int | str | None]


def onnx_type(dtype: str) -> str:
    """Return ONNX's name of the type of a tensor with this dtype, such as "tensor(float)"."""
    return f"tensor({_ONNX_TYPES.get(dtype, dtype)})"


def specs_of(arguments: Sequence[Any]) -> tuple[TensorSpec, ...]:
    """Convert NodeArgs, of this library or of onnxruntime, to TensorSpecs.

    An empty shape becomes None (any shape): onnxruntime reports it for scalars, and also for
    tensors with any number of dimensions. It accepts any shape in both cases.
    """
    specs = []
    for argument in arguments:
        kind = re.sub(r"^tensor\((\w+)\)$", r"\1", argument.type)
        spec = TensorSpec(argument.name, _DTYPES.get(kind, kind), None)
        if spec.is_tensor and argument.shape:
            spec = replace(spec, shape=tuple(map(_dimension, argument.shape)))
        specs.append(spec)
    return tuple(specs)


def _dimension(size: int | str | None) -> int | str:
    """Convert a dimension. Return "?" if onnxruntime reports neither a size nor a name."""
    is_known = size >= 0 if isinstance(size, int) else bool(size)
    return size if is_known and size is not None else "?"
