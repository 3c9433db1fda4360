"""Run models on CPython with native onnxruntime.

Needs the packages onnxruntime and numpy.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from offline_onnx.errors import ExternalDataMissing, MachineError, SessionError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model
from offline_onnx.inference.tensor import RANGES, STRING, Tensor, from_bytes, packed
from offline_onnx.integrity import no_progress, sha256, verify
from offline_onnx.onnxruntime_api.external_data import external_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from offline_onnx.integrity import Progress

_ONNX_TYPES = {"int4": 22, "uint4": 21}
"""The numbers of `TensorProto.DataType` for the dtypes that NumPy lacks."""
_FATAL = 4
"""onnxruntime's severity of fatal errors. Messages of a lower severity are not printed."""

_ON_THIS_MACHINE = "Exception during initialization"
"""What onnxruntime writes if the model is valid but an operator can't be prepared, for example
because this machine lacks a locale."""
_PLACE_IN_SOURCE = re.compile(r"^.*?\.(?:cc|h):\d+ .*?\)(?:::<lambda\(\)>)? ", re.DOTALL)
"""Matches what onnxruntime writes before the reason: the place in its own source."""


class NativeSession:
    """Implements `Session` with native onnxruntime.

    Args:
        content: the bytes of the `.onnx` file.
        external_data: the bytes of each file with external data, by name; None if there is none.
        options: onnxruntime's SessionOptions; None for the defaults, except that onnxruntime prints
            only fatal errors.
        providers: onnxruntime's execution providers.

    Raises:
        ExternalDataMissing: the model needs further files.
        MachineError: onnxruntime can't open the model on this machine.
        SessionError: onnxruntime can't read the model.

    """

    def __init__(
        self,
        content: bytes | bytearray,
        external_data: Mapping[str, bytes | bytearray] | None = None,
        options: Any = None,
        providers: Sequence[Any] = ("CPUExecutionProvider",),
    ) -> None:
        files = external_data or {}
        # Check this first: onnxruntime would look for missing files in the current folder.
        if missing := set(external_files_of(content)) - files.keys():
            raise ExternalDataMissing.of(sorted(missing))
        if options is None:
            options = onnxruntime.SessionOptions()
            options.log_severity_level = _FATAL  # errors are raised
        try:
            if files:
                add_external_data(options, files)
            self._session: Any = onnxruntime.InferenceSession(
                bytes(content), options, providers=list(providers)
            )
        except Exception as error:  # onnxruntime's errors have no common base class
            if _ON_THIS_MACHINE in str(error):
                reason = _PLACE_IN_SOURCE.sub("", str(error)).strip()
                what = f"onnxruntime can't open the model on this machine: {reason}"
                raise MachineError(what) from error
            raise SessionError(f"onnxruntime can't read the model: {error}") from error
        self._outputs = [
            output.name
            for output in self._session.get_outputs()
            if output.type.startswith("tensor(")
        ]

    def get_inputs(self) -> list[Any]:
        """Return onnxruntime's NodeArg for each input: name, type and shape."""
        return list(self._session.get_inputs())

    def get_outputs(self) -> list[Any]:
        """Return onnxruntime's NodeArg for each output: name, type and shape."""
        return list(self._session.get_outputs())

    def get_modelmeta(self) -> Any:
        """Return onnxruntime's ModelMetadata."""
        return self._session.get_modelmeta()

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model; see `Session.run`."""
        if self._session is None:
            raise SessionError("The session was released.")
        wanted = self._outputs if outputs is None else list(outputs)
        try:
            feeds = {name: onnxruntime_value(tensor) for name, tensor in inputs.items()}
            results = self._session.run(wanted, feeds)
            return {name: _tensor(result) for name, result in zip(wanted, results, strict=True)}
        except Exception as error:  # onnxruntime's errors have no common base class
            raise SessionError(f"onnxruntime can't run the model: {error}") from error

    async def release(self) -> None:
        """Free the memory of the session. It can't run afterwards."""
        self._session = None


class NativeMemory:
    """Implements `integrity.Memory` with bytearrays."""

    def allocate(self, size: int) -> bytearray:
        """Return a bytearray of `size` zeros."""
        return bytearray(size)

    def length(self, content: bytearray) -> int:
        """Return the number of bytes."""
        return len(content)

    def part(self, content: bytearray, start: int, stop: int) -> bytearray:
        """Return a copy of the bytes from `start` to `stop`."""
        return content[start:stop]

    def write(self, content: bytearray, start: int, chunk: bytearray) -> None:
        """Copy a chunk to the position `start` of the content."""
        content[start : start + len(chunk)] = chunk

    async def digests(self, content: bytearray, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Return the SHA-256 of each span (start, stop), in lower-case hexadecimal."""
        return [sha256(content[start:stop]) for start, stop in spans]


async def load_model(manifest_file: str | Path) -> Model:
    """Verify and open a model whose files are in the folder of its manifest.

    Args:
        manifest_file: the path of the manifest.

    Raises:
        ManifestError: the manifest is invalid.
        IntegrityError: a file of the model does not match the manifest.
        SessionError: onnxruntime can't open the model.
        OSError: a file can't be read.

    """
    manifest, contents = _read(Path(manifest_file))
    return Model(manifest, NativeSession(*await verified_files(manifest, contents)))


async def verified_files(
    manifest: Manifest, contents: Sequence[bytearray], progress: Progress = no_progress
) -> tuple[bytearray, dict[str, bytearray]]:
    """Verify the files of a model.

    Args:
        manifest: the manifest.
        contents: the bytes of each file, in the order of `manifest.files`.
        progress: called with the number of bytes verified so far and the size of the model.

    Returns:
        The bytes of the `.onnx` file, and the bytes of each file with external data, by name.

    Raises:
        IntegrityError: a file does not match the manifest.

    """
    verified = 0
    for file, content in zip(manifest.files, contents, strict=True):

        def report(done: int, _size: int, before: int = verified) -> None:
            progress(before + done, manifest.total_size)

        await verify(file.digests, NativeMemory(), content, file.file, report)
        verified += file.size
    content, *others = contents
    names = [file.file for file in manifest.external_data]
    return content, dict(zip(names, others, strict=True))


def external_files_of(content: bytes | bytearray) -> tuple[str, ...]:
    """Return the names of the files with a model's external data, in the order of their first use.

    Raises:
        ExternalDataMissing: a file would be in another folder than the `.onnx` file.

    """
    return external_files(len(content), lambda start, stop: bytes(content[start:stop]))


def _read(manifest_file: Path) -> tuple[Manifest, list[bytearray]]:
    """Return a manifest, and the bytes of each of its files."""
    manifest = Manifest.parse(manifest_file.read_text("utf-8"))
    paths = [manifest_file.parent / file.file for file in manifest.files]
    return manifest, [bytearray(path.read_bytes()) for path in paths]


def add_external_data(options: Any, files: Mapping[str, bytes | bytearray]) -> None:
    """Add the bytes of files with external data, by name, to onnxruntime's SessionOptions."""
    options.add_external_initializers_from_files_in_memory(
        list(files), list(files.values()), list(map(len, files.values()))
    )


def onnxruntime_value(tensor: Tensor) -> Any:
    """Return an input as a NumPy array, or as an OrtValue if it has 4-bit integers."""
    if tensor.dtype not in RANGES:
        return tensor.numpy()
    # onnxruntime takes the shape from this array, and the packed integers from the beginning of its
    # memory.
    content = np.zeros(tensor.shape, np.uint8)
    halves = packed(tensor.values)
    content.reshape(-1)[: len(halves)] = bytearray(halves)
    return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(
        content, _ONNX_TYPES[tensor.dtype]
    )


def _tensor(result: NDArray[Any]) -> Tensor:
    """Return an output as a Tensor. Raises TypeError if it has a dtype that tensors can't have."""
    if result.dtype == object:
        return Tensor([str(text) for text in result.ravel()], result.shape, STRING)
    dtype = str(result.dtype)
    return Tensor(from_bytes(result.tobytes(), dtype), result.shape, dtype)
