"""A model that is ready to run: its manifest, its session, and its origin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from offline_onnx.errors import InputError, SessionError
from offline_onnx.inference.tensor import DTYPES, tensor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx.errors import OfflineModelError
    from offline_onnx.inference.manifest import Manifest
    from offline_onnx.inference.session import Runtime, Session
    from offline_onnx.inference.tensor import Tensor, TensorSpec
    from offline_onnx.integrity import Memory


class Origin(Enum):
    """Where the bytes of a model came from."""

    STORED = "stored"
    """From the browser's storage."""
    DOWNLOADED = "downloaded"
    """From the network or another Source, and stored under a name if possible."""
    FILE = "file"
    """From a file or another Source, without being stored; on CPython, also from the network."""


@dataclass(frozen=True)
class Model:
    """A session and its manifest, with the method names of onnxruntime's InferenceSession.

    `async with model:` releases the model at the end of the block.

    Attributes:
        manifest: the description of the model.
        session: runs the model.
        origin: where the bytes of the model came from.
        is_stored: whether the model is stored in the browser, so that the next load needs no
            network.
        warning: an error that did not stop the load, such as StoreFull; None if there was none. It
            is the reason why the previous version was opened, why the stored copy was not used, why
            the model could not be stored, why a requested update failed, or why an execution
            provider or the requested threads are not used.

    """

    manifest: Manifest
    session: Session
    origin: Origin = Origin.FILE
    is_stored: bool = False
    warning: OfflineModelError | None = None

    def __post_init__(self) -> None:
        if self.warning:  # the frames of its traceback would keep the model's bytes in memory
            self.warning.with_traceback(None)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of their values in an output."""
        return self.manifest.labels

    @property
    def metadata(self) -> dict[str, Any]:
        """The publisher's fields in the manifest; without one, the file's custom metadata."""
        return self.manifest.metadata

    def get_inputs(self) -> list[TensorSpec]:
        """Return name, dtype and shape of each input."""
        return list(self.manifest.inputs)

    def get_outputs(self) -> list[TensorSpec]:
        """Return name, dtype and shape of each output."""
        return list(self.manifest.outputs)

    async def run(
        self, input_feed: Mapping[str, Any], output_names: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model.

        Args:
            input_feed: a value for each input, by name: a Tensor, an object with a buffer (array,
                NumPy), a JavaScript typed array, or nested lists of numbers or strings.
            output_names: the names of the outputs to return; None for all that are tensors.

        Returns:
            The outputs, by name.

        Raises:
            InputError: an input or an output's name does not match the manifest. The model was not
                run.
            SessionError: the runtime failed.

        """
        feed = checked_inputs(input_feed, self.manifest.inputs)
        return await self.session.run(feed, self._checked_outputs(output_names))

    async def warm_up(self) -> None:
        """Run the model once, because the first run of a model is slower than later runs.

        The inputs are those of the self-test. Without a self-test, they are tensors of zeros or of
        empty strings, whose variable dimensions have the size 1.

        Raises:
            SessionError: the model can't run on these inputs.

        """
        inputs, test = self.manifest.inputs, self.manifest.self_test
        feed = test.feed(inputs) if test else {spec.name: spec.blank() for spec in inputs}
        await self.session.run(feed, self._checked_outputs(None))

    async def release(self) -> None:
        """Free the memory of the model. It can't run afterwards. Calling it again has no effect."""
        await self.session.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.release()

    def _checked_outputs(self, names: Sequence[str] | None) -> list[str]:
        """Return the names of the outputs to compute. Raises InputError for an unknown name."""
        specs = {spec.name: spec for spec in self.manifest.outputs}
        if names is None:
            return [name for name, spec in specs.items() if spec.is_tensor]
        if unknown := set(names) - specs.keys():
            raise InputError(
                f"No output is named {_quoted(unknown)}; the model has {_quoted(specs)}."
            )
        if other := [name for name in names if not specs[name].is_tensor]:
            raise InputError(
                f"The output {other[0]!r} has the type {specs[other[0]].dtype}, which "
                f"onnxruntime-web can't return; it returns tensors of {', '.join(DTYPES)}."
            )
        return list(names)

    async def self_test(self) -> None:
        """Run the self-test in the manifest, if there is one.

        Raises SelfTestFailed, SessionError or ManifestError; see `SelfTest.check`.
        """
        if self.manifest.self_test:
            await self.manifest.self_test.check(self.session, self.manifest.inputs)


async def open_session[B](
    runtime: Runtime[B], memory: Memory[B], manifest: Manifest, content: B
) -> Session:
    """Open a session.

    Args:
        runtime: opens the session.
        memory: divides the bytes into files.
        manifest: the manifest of the model.
        content: the bytes of all files, one after another.

    Raises:
        SessionError: the runtime can't start, or can't read the model, whose file the error names.

    """
    start, files = manifest.size, {}
    for file in manifest.external_data:
        files[file.file] = memory.part(content, start, start + file.size)
        start += file.size
    if files:
        content = memory.part(content, 0, manifest.size)
    try:
        return await runtime.open(content, files)
    except SessionError as error:
        error.name_file(manifest.file)
        raise


async def open_validated[B](
    runtime: Runtime[B], memory: Memory[B], manifest: Manifest, content: B
) -> Model:
    """Open a model, run its self-test, and return the model if the self-test passes.

    For the arguments see `open_session`.

    Raises:
        SelfTestFailed: the model does not return the expected results.
        SessionError: the model can't be opened or run.
        ManifestError: the dtypes of the inputs can't hold the self-test's values.

    """
    session = await open_session(runtime, memory, manifest, content)
    model = Model(manifest, session)
    try:
        await model.self_test()
    except BaseException:
        await session.release()
        raise
    return model


def checked_inputs(feed: Mapping[str, Any], specs: Sequence[TensorSpec]) -> dict[str, Tensor]:
    """Return the inputs as tensors that match their specs.

    Raises:
        InputError: an input is missing, unknown, can't be converted or does not match its spec.

    """
    names = {spec.name for spec in specs}
    if feed.keys() != names:
        raise InputError(f"The model has the inputs {_quoted(names)}; given: {_quoted(feed)}.")
    tensors = {spec.name: tensor_of(feed[spec.name], spec) for spec in specs}
    for spec in specs:
        tensor = tensors[spec.name]
        if not spec.accepts(tensor):
            shape = ", ".join(map(str, tensor.shape))
            raise InputError(
                f"The input {spec.name!r} should be {spec}; given: {tensor.dtype} ({shape})."
                f"{_nesting(tensor, spec)}"
            )
    return tensors


def _nesting(tensor: Tensor, spec: TensorSpec) -> str:
    """Return how to nest the values in lists; "" if the number of dimensions is not the problem."""
    if not len(tensor.values) or spec.shape is None or len(spec.shape) == len(tensor.shape):
        return ""
    more = ", ..." if spec.shape and spec.shape[-1] != 1 else ""
    depth = len(spec.shape)
    first = json.dumps(tensor.values[0], ensure_ascii=False)
    return f" Write it as {'[' * depth}{first}{more}{']' * depth}."


def _quoted(names: Any) -> str:
    return ", ".join(repr(name) for name in sorted(names)) or "none"
