"""`InferenceSession`: onnxruntime's API in a browser and on CPython."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from offline_onnx.onnxruntime_api.metadata import ModelMetadata
    from offline_onnx.onnxruntime_api.node_arg import NodeArg
    from offline_onnx.onnxruntime_api.options import SessionOptions
    from offline_onnx.onnxruntime_api.providers import Providers


class OpenSession(Protocol):
    """The session of a browser, or of CPython, that an InferenceSession uses."""

    def get_inputs(self) -> list[NodeArg]:
        """Return the inputs."""
        ...

    def get_outputs(self) -> list[NodeArg]:
        """Return the outputs."""
        ...

    def get_modelmeta(self) -> ModelMetadata:
        """Return the metadata in the model's file."""
        ...

    def get_providers(self) -> list[str]:
        """Return the execution providers."""
        ...

    async def run_list(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model and return its outputs."""
        ...

    def run_list_sync(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model, wait, and return its outputs."""
        ...

    async def release(self) -> None:
        """Free the memory of the session."""
        ...


class InferenceSession:
    """A model that runs, with the methods of onnxruntime's InferenceSession.

    Create it with `await InferenceSession.create(...)`. Code that was written for onnxruntime needs
    two changes: call `create` instead of the class, and write `await` before `create` and `run`.
    There are no `run_options`, no IO bindings, no `set_providers` and no profiling.
    """

    _session: OpenSession

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        raise TypeError(
            "Write `await InferenceSession.create(...)`: it opens a model asynchronously."
        )

    @classmethod
    async def create(
        cls,
        path_or_bytes: str | os.PathLike[str] | bytes | bytearray | memoryview,
        sess_options: SessionOptions | None = None,
        providers: Providers | None = None,
    ) -> Self:
        """Open a session.

        Args:
            path_or_bytes: the path, the bytes or the address of an `.onnx` file. In a browser, a
                path names a file in Pyodide's file system; if there is no such file, it is an
                address relative to the page. There, a model from an address is stored, and from
                then on it is opened without a network; see `offline_onnx.load`.
            sess_options: the options of the session.
            providers: the execution providers in order of preference, by onnxruntime's names or by
                those of onnxruntime-web, such as `["webgpu", "wasm"]`. A provider that is not
                available is skipped with a warning. The CPU always comes last.

        Raises:
            SessionError: the runtime can't start or can't read the model.
            ModelUnavailable: the model is not stored and can't be downloaded.
            OfflineModelError: another error of `offline_onnx.load`.

        """
        from offline_onnx.implementation import create_session

        session = cls.__new__(cls)
        session._session = await create_session(path_or_bytes, sess_options, providers)
        return session

    def get_inputs(self) -> list[NodeArg]:
        """Return name, type and shape of each input; a type is ONNX's, such as "tensor(float)"."""
        return self._session.get_inputs()

    def get_outputs(self) -> list[NodeArg]:
        """Return name, type and shape of each output."""
        return self._session.get_outputs()

    def get_modelmeta(self) -> ModelMetadata:
        """Return the metadata in the model's file, such as `custom_metadata_map`."""
        return self._session.get_modelmeta()

    def get_providers(self) -> list[str]:
        """Return onnxruntime's names of the execution providers that run the model."""
        return self._session.get_providers()

    async def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model.

        Args:
            output_names: the names of the outputs to return; None for all.
            input_feed: a value for each input, by name; see `Model.run`.

        Returns:
            The outputs as NumPy arrays, in the order of the names. In a browser without NumPy, they
            are Tensors. On CPython, an output that is not a tensor is a list or a dict.

        Raises:
            InputError: an input, or the name of an output, does not match the model.
            SessionError: the runtime failed, or the session was released.

        """
        return await self._session.run_list(output_names, input_feed)

    def run_sync(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any]
    ) -> list[Any]:
        """Run the model and wait for the result; see `run`.

        Raises:
            SessionError: the model can't run, or Python can't wait here. In a browser, waiting
                needs JavaScript Promise Integration (JSPI) and an asynchronous call into Python.

        """
        return self._session.run_list_sync(output_names, input_feed)

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards."""
        await self._session.release()


def get_available_providers() -> list[str]:
    """Return onnxruntime's names of the execution providers that may be available."""
    from offline_onnx.implementation import get_available_providers as get

    return get()
