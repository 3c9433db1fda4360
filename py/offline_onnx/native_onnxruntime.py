"""onnxruntime's API on CPython: a thin layer over onnxruntime.

Needs the packages onnxruntime and numpy.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

from offline_onnx.errors import InputError, SessionError
from offline_onnx.inference.tensor import tensor_of
from offline_onnx.native import add_external_data, onnxruntime_value
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.options import SessionOptions
from offline_onnx.onnxruntime_api.providers import usable_providers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.onnxruntime_api.providers import Providers


def get_available_providers() -> list[str]:
    """Return the execution providers of this onnxruntime, the best first."""
    return list(onnxruntime.get_available_providers())


class NativeInferenceSession:
    """A session of native onnxruntime that raises errors of this library.

    Args:
        model: the path or the bytes of an `.onnx` file.
        options: SessionOptions of this library or of onnxruntime; None for the defaults.
        providers: the execution providers in order of preference; None for the CPU.
        external_data: the bytes of each file with external data, by name. None if there is none, or
            if the model is a path: onnxruntime then reads the files beside it.

    Raises:
        SessionError: onnxruntime can't read the model.

    """

    def __init__(
        self,
        model: str | os.PathLike[str] | bytes | bytearray | memoryview,
        options: Any = None,
        providers: Providers | None = None,
        external_data: Mapping[str, bytearray] | None = None,
    ) -> None:
        if isinstance(options, SessionOptions):
            options = native_options(options)
        if external_data:
            options = options or onnxruntime.SessionOptions()
            add_external_data(options, external_data)
        content = os.fspath(model) if isinstance(model, (str, os.PathLike)) else bytes(model)
        usable, _ = usable_providers(providers, get_available_providers())
        try:
            self._session: Any = onnxruntime.InferenceSession(content, options, usable)
        except Exception as error:  # onnxruntime's errors have no common base class
            raise SessionError(f"onnxruntime can't read the model: {error}") from error
        self._specs = {spec.name: spec for spec in specs_of(self._session.get_inputs())}

    def get_inputs(self) -> list[Any]:
        """Return onnxruntime's NodeArg for each input."""
        return list(self._open_session().get_inputs())

    def get_outputs(self) -> list[Any]:
        """Return onnxruntime's NodeArg for each output."""
        return list(self._open_session().get_outputs())

    def get_modelmeta(self) -> Any:
        """Return onnxruntime's ModelMetadata."""
        return self._open_session().get_modelmeta()

    def get_providers(self) -> list[str]:
        """Return the execution providers that run the model."""
        return list(self._open_session().get_providers())

    async def run_list(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model; see `InferenceSession.run`."""
        return self.run_list_sync(output_names, input_feed)

    def run_list_sync(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model; see `InferenceSession.run_sync`."""
        session = self._open_session()
        feed = {name: self._value(name, value) for name, value in input_feed.items()}
        try:
            return list(session.run(output_names, feed))
        except (InvalidArgument, ValueError) as error:
            raise InputError(f"onnxruntime refuses an input or a name: {error}") from error
        except Exception as error:  # onnxruntime's errors have no common base class
            raise SessionError(f"onnxruntime can't run the model: {error}") from error

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards."""
        self._session = None

    def _open_session(self) -> Any:
        if self._session is None:
            raise SessionError("The session was released.")
        return self._session

    def _value(self, name: str, value: Any) -> Any:
        """Convert an input to a value that onnxruntime accepts. Arrays need no conversion."""
        if isinstance(value, (np.ndarray, onnxruntime.OrtValue)) or name not in self._specs:
            return value
        if not self._specs[name].is_tensor:
            return value
        return onnxruntime_value(tensor_of(value, self._specs[name]))


def native_options(options: SessionOptions) -> Any:
    """Return the options as onnxruntime's SessionOptions."""
    native = onnxruntime.SessionOptions()
    for name, value in options.changed().items():
        if name == "graph_optimization_level":
            value = onnxruntime.GraphOptimizationLevel(value)
        elif name == "execution_mode":
            value = onnxruntime.ExecutionMode(value)
        setattr(native, name, value)
    for key, entry in options.config_entries().items():
        native.add_session_config_entry(key, entry)
    for dimension, size in options.free_dimensions().items():
        native.add_free_dimension_override_by_name(dimension, size)
    if files := options.external_files():
        contents = [bytes(content) for content in files.values()]
        native.add_external_initializers_from_files_in_memory(
            list(files), contents, list(map(len, contents))
        )
    return native
