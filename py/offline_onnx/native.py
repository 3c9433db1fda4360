"""Run a model on CPython with native onnxruntime: the same Session as in the browser.

Needs the packages onnxruntime and numpy, which the browser does not.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from offline_onnx.errors import SessionError
from offline_onnx.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping


class NativeSession:
    """A session on this machine's processor."""

    def __init__(self, content: bytes) -> None:
        try:
            self._session = onnxruntime.InferenceSession(
                content, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no base class of their own
            raise SessionError(f"onnxruntime can't read the model: {error}") from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    async def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Run the model. Raises SessionError if onnxruntime refuses the input."""
        feeds = {
            name: np.frombuffer(tensor.values, np.float32).reshape(tensor.shape)
            for name, tensor in inputs.items()
        }
        try:
            results = self._session.run(self._outputs, feeds)
        except Exception as error:  # onnxruntime's errors have no base class of their own
            raise SessionError(f"onnxruntime can't run the model: {error}") from error
        return {
            name: Tensor(array("f", result.astype(np.float32).tobytes()), result.shape)
            for name, result in zip(self._outputs, results, strict=True)
        }
