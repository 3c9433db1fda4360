"""Sessions of onnxruntime-web with options, execution providers and metadata."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import js
from pyodide.ffi import can_run_sync, run_sync

from offline_onnx.browser.interop import Rejected, call, js_object
from offline_onnx.browser.onnx_files.pyodide_files import BYTES, copied_bytes
from offline_onnx.browser.onnx_files.threads import use_threads
from offline_onnx.browser.runtime import (
    WebRuntime,
    WebSession,
    external_data_option,
    external_files_of,
    open_error,
)
from offline_onnx.errors import InputError, RuntimeMissing, SessionError
from offline_onnx.inference.model import checked_inputs
from offline_onnx.onnxruntime_api.metadata import ModelMetadata, read_metadata
from offline_onnx.onnxruntime_api.node_arg import NodeArg, onnx_type, specs_of
from offline_onnx.onnxruntime_api.options import GraphOptimizationLevel, SessionOptions
from offline_onnx.onnxruntime_api.providers import (
    CPU,
    WEBGPU,
    WEBNN,
    usable_providers,
    warn_unavailable,
)
from offline_onnx.storage.without_manifest import Description

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.onnxruntime_api.providers import Providers

_PROVIDERS = {CPU: "wasm", WEBGPU: "webgpu", WEBNN: "webnn"}
"""onnxruntime-web's names of the execution providers."""
_LEVELS = {0: "disabled", 1: "basic", 2: "extended", 3: "layout", 99: "all"}
_MODES = {0: "sequential", 1: "parallel"}
_OPTIONS = {
    "log_severity_level": "logSeverityLevel",
    "log_verbosity_level": "logVerbosityLevel",
    "logid": "logId",
    "enable_cpu_mem_arena": "enableCpuMemArena",
    "enable_mem_pattern": "enableMemPattern",
}
"""onnxruntime-web's names of the options that have the same values as in onnxruntime."""
_NO_TENSOR = "unknown"
"""The type of an input or output that is not a tensor."""
_UNKNOWN_SIZES = range(1 << 31, 1 << 32)
"""Negative sizes as unsigned 32-bit integers: onnxruntime-web reports -1 for a dimension that has
neither a name nor a size."""


def get_available_providers() -> list[str]:
    """Return the execution providers that the browser may support, the best first.

    onnxruntime-web must support a provider, too, which depends on its build. If it does not, the
    session runs on the next provider.
    """
    navigator = getattr(js, "navigator", None)
    gpu = [WEBGPU] if getattr(navigator, "gpu", None) else []
    return [*gpu, *([WEBNN] if getattr(navigator, "ml", None) else []), CPU]


class WebRuntimeWithOptions(WebRuntime):
    """A Runtime that opens sessions with options and providers.

    Args:
        options: the options of the sessions; None for the defaults.
        providers: the execution providers in order of preference; None for the CPU.
        js_ort: the onnxruntime-web module; None for that which `find_runtime` returns.

    """

    def __init__(
        self,
        options: SessionOptions | None = None,
        providers: Providers | None = None,
        js_ort: Any = None,
    ) -> None:
        super().__init__(js_ort)
        self._options = options or SessionOptions()
        self._providers, self._left_out = usable_providers(providers, get_available_providers())
        self._described: tuple[Any, WebInferenceSession] | None = None

    async def open(self, js_content: Any, external_data: Mapping[str, Any]) -> WebInferenceSession:
        """Open a session on a model in Uint8Arrays, with the first provider that can open it.

        Raises errors as `WebRuntime.open`.
        """
        if self._described and self._described[0] is js_content:
            (_, session), self._described = self._described, None
            return session
        js_ort = await self.find()
        warnings: list[SessionError] = [*self._left_out]
        if refused := use_threads(js_ort, self._options.intra_op_num_threads):
            warnings.append(refused)
        external_data = {**_external_files(self._options), **external_data}
        given = {**_web_options(self._options), **external_data_option(external_data)}
        errors = []
        for name, provider_options in self._providers:
            provider = {**provider_options, "name": _PROVIDERS[name]}
            js_options = js_object({**given, "executionProviders": [provider]})
            try:
                js_session = await call(js_ort.InferenceSession, "create", js_content, js_options)
            except Rejected as error:
                errors.append(error)
                if name != CPU:
                    warnings.append(warn_unavailable(name, str(error)))
            else:
                used = list(dict.fromkeys((name, CPU)))
                return WebInferenceSession(
                    js_ort, js_session, js_content, used, next(iter(warnings), None)
                )
        raise open_error(errors[-1], js_content, external_data) from errors[-1]

    async def describe(self, js_content: Any, external_data: Mapping[str, Any]) -> Description:
        """Open a session of a model and return its description. Raises the errors of `open`.

        If possible, the next `open` of the same bytes returns this session. If it is not needed,
        call `release_described`.
        """
        await self.release_described()
        if external_data or self._options.free_dimensions():
            # This session can't be used later: after a model with external data is stored, it is
            # opened from another array. And a session with fixed dimensions would report these
            # sizes, so the description needs a session without them.
            options = replace(self._options, _dimensions={})
            other = WebRuntimeWithOptions(options, js_ort=await self.find())
            session = await other.open(js_content, external_data)
            await session.release()
        else:
            session = await self.open(js_content, {})
            self._described = (js_content, session)
        return session.description()

    def external_files(self, js_content: Any) -> list[str]:
        """Return the names of the files with external data that the options don't have."""
        given = self._options.external_files()
        return [name for name in external_files_of(js_content) if name not in given]

    async def release_described(self) -> None:
        """Free the memory of the session from `describe`, unless `open` has returned it."""
        described, self._described = self._described, None
        if described:
            await described[1].release()


class WebInferenceSession(WebSession):
    """A session of onnxruntime-web with the methods of onnxruntime's InferenceSession.

    Args:
        js_ort: the onnxruntime-web module.
        js_session: an InferenceSession of this module.
        js_content: the bytes of the model's file.
        providers: onnxruntime's names of the execution providers of the session.
        warning: why a provider or the requested threads are not used; None if nothing is missing.

    Raises:
        RuntimeMissing: onnxruntime-web is too old.

    """

    def __init__(
        self,
        js_ort: Any,
        js_session: Any,
        js_content: Any,
        providers: list[str],
        warning: SessionError | None,
    ) -> None:
        super().__init__(js_ort, js_session)
        self.warning = warning
        if not hasattr(js_session, "inputMetadata"):
            raise RuntimeMissing("it is older than 1.21 and does not describe inputs and outputs")
        self._inputs = _node_args(js_session.inputMetadata)
        self._outputs = _node_args(js_session.outputMetadata)
        self._input_specs = specs_of(self._inputs)
        self._providers = providers
        self._metadata = read_metadata(
            int(js_content.length), lambda *span: bytes(js_content.subarray(*span).to_bytes())
        )

    def get_inputs(self) -> list[NodeArg]:
        """Return the name, type and shape of each input."""
        return list(self._inputs)

    def get_outputs(self) -> list[NodeArg]:
        """Return the name, type and shape of each output."""
        return list(self._outputs)

    def get_modelmeta(self) -> ModelMetadata:
        """Return the metadata in the model's file."""
        return self._metadata

    def get_providers(self) -> list[str]:
        """Return onnxruntime's names of the execution providers that run the model."""
        return list(self._providers)

    def description(self) -> Description:
        """Return the inputs, the outputs and the custom metadata."""
        outputs = specs_of(self._outputs)
        return Description(self._input_specs, outputs, self._metadata.custom_metadata_map)

    async def run_list(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model; see `InferenceSession.run`."""
        names = self._checked_outputs(output_names)
        outputs = await self.run(checked_inputs(input_feed, self._input_specs), names)
        if find_spec("numpy"):
            return [outputs[name].numpy() for name in names]
        return [outputs[name] for name in names]

    def run_list_sync(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model and wait; see `InferenceSession.run_sync`."""
        if not can_run_sync():
            raise SessionError(
                "Python can't wait here, because the browser lacks JavaScript Promise Integration, "
                "or Python was not called asynchronously: write `await session.run(...)`."
            )
        outputs: list[Any] = run_sync(self.run_list(output_names, input_feed))
        return outputs

    def _checked_outputs(self, names: Sequence[str] | None) -> list[str]:
        """Return the names of the outputs to compute: all outputs if no names are given."""
        types = {output.name: output.type for output in self._outputs}
        for name in (wanted := list(names or types)):
            if name not in types:
                raise InputError(f"No output is named {name!r}; the model has {', '.join(types)}.")
            if types[name] == _NO_TENSOR:
                raise InputError(
                    f"The output {name!r} is not a tensor, and onnxruntime-web returns only "
                    "tensors: name the other outputs in `output_names`."
                )
        return wanted


def _node_args(js_metadata: Any) -> list[NodeArg]:
    """Return NodeArgs. If one is not a tensor, onnxruntime-web does not report its type."""
    return [
        NodeArg(str(js_arg.name), onnx_type(str(js_arg.type)), list(map(_size, js_arg.shape)))
        if js_arg.isTensor
        else NodeArg(str(js_arg.name), _NO_TENSOR, [])
        for js_arg in js_metadata
    ]


def _size(dimension: int | str) -> int | str | None:
    is_unknown = isinstance(dimension, int) and (dimension < 0 or dimension in _UNKNOWN_SIZES)
    return None if is_unknown else dimension


def _web_options(options: SessionOptions) -> dict[str, Any]:
    """Return the options that differ from the defaults, with onnxruntime-web's names."""
    changed = options.changed()
    found = {_OPTIONS[name]: value for name, value in changed.items() if name in _OPTIONS}
    if "graph_optimization_level" in changed:
        level = GraphOptimizationLevel(options.graph_optimization_level)
        found["graphOptimizationLevel"] = _LEVELS[level]
    if "execution_mode" in changed:
        found["executionMode"] = _MODES[options.execution_mode]
    if entries := options.config_entries():
        found["extra"] = entries
    if dimensions := options.free_dimensions():
        found["freeDimensionOverrides"] = dimensions
    return found


def _external_files(options: SessionOptions) -> dict[str, Any]:
    """Return the contents of the options' files with weights as Uint8Arrays, by name."""
    return {
        name: copied_bytes(content) if isinstance(content, BYTES) else content
        for name, content in options.external_files().items()
    }
