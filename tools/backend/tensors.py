"""Convert tensors to JSON for the page and back, and compare outputs with the expected ones."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx.backend.test.runner import Runner

from offline_onnx.inference.tensor import RANGES, STRING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.backend.cases import Case


def encode(value: Any) -> dict[str, Any]:
    """Return a NumPy array as {type, dims, data}; `data` is base64, or a list of strings.

    Raises:
        TypeError: the value is not a tensor.
    """
    if value is None or isinstance(value, (list, tuple, dict)):
        raise TypeError("an input is not a tensor")
    array = np.asarray(value)
    dims = list(array.shape)
    if array.dtype.kind in "OUS":
        return {"type": STRING, "dims": dims, "data": [str(text) for text in array.flat]}
    content = base64.b64encode(array.tobytes()).decode()
    return {"type": array.dtype.name, "dims": dims, "data": content}


def decode(tensor: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """Return {type, dims, data} as a NumPy array."""
    if tensor["type"] == STRING:
        return np.array(tensor["data"], object).reshape(tensor["dims"])
    content = base64.b64decode(tensor["data"])
    return np.frombuffer(content, tensor["type"]).reshape(tensor["dims"])


def difference(case: Case, found: list[dict[str, dict[str, Any]]]) -> str:
    """Return how the outputs of a case differ from the expected ones; "" if they do not.

    Args:
        case: the test.
        found: for each run, the outputs by name as the page has returned them.
    """
    try:
        for run, outputs in zip(case.runs, found, strict=True):
            decoded = [decode(outputs[name]) for name in run.outputs]
            expected = [_expected(value) for value in run.outputs.values()]
            Runner.assert_similar_outputs(expected, decoded, case.rtol, case.atol)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def _expected(value: Any) -> Any:
    """Return an expected output as an array that can be compared with one of `decode`.

    A sequence is returned as it is; the page never returns one. 4-bit integers become int8.
    """
    if isinstance(value, (list, tuple)):
        return value
    array = np.asarray(value)
    if array.dtype.kind in "OUS":
        return np.array([str(text) for text in array.flat], object).reshape(array.shape)
    return array.astype(np.int8) if array.dtype.name in RANGES else array
