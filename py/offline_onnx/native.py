"""Run a model on CPython with native onnxruntime: the same Session as in the browser.

Needs the packages onnxruntime and numpy, which the browser does not.
"""

from __future__ import annotations

import hashlib
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from offline_onnx.errors import SessionError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.inference.model import Model
from offline_onnx.inference.tensor import TYPECODES, Tensor
from offline_onnx.storage.parts import silent
from offline_onnx.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class NativeSession:
    """A session on this machine's processor. Raises SessionError if it can't read the model."""

    def __init__(self, content: bytes | bytearray) -> None:
        try:
            self._session = onnxruntime.InferenceSession(
                bytes(content), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no base class of their own
            raise SessionError(f"onnxruntime can't read the model: {error}") from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    def get_inputs(self) -> list[Any]:
        """Give onnxruntime's own description of the inputs: name, type and shape of each."""
        return list(self._session.get_inputs())

    def get_outputs(self) -> list[Any]:
        """Give onnxruntime's own description of the outputs."""
        return list(self._session.get_outputs())

    async def run(
        self, inputs: Mapping[str, Tensor], outputs: Sequence[str] | None = None
    ) -> dict[str, Tensor]:
        """Run the model. Raises SessionError if onnxruntime refuses the input."""
        wanted = self._outputs if outputs is None else list(outputs)
        feeds = {
            name: np.frombuffer(tensor.values, np.dtype(tensor.dtype)).reshape(tensor.shape)
            for name, tensor in inputs.items()
        }
        try:
            results = self._session.run(wanted, feeds)
            return {name: _tensor(result) for name, result in zip(wanted, results, strict=True)}
        except Exception as error:  # onnxruntime's errors have no base class of their own
            raise SessionError(f"onnxruntime can't run the model: {error}") from error

    async def release(self) -> None:
        """Give the memory back; the session can't be run again."""
        del self._session


class NativeMemory:
    """Bytes of this process: a Memory for tests and tools on CPython."""

    def allocate(self, size: int) -> bytearray:
        """Give so many zeros."""
        return bytearray(size)

    def length(self, content: bytearray) -> int:
        """Give the number of bytes."""
        return len(content)

    def part(self, content: bytearray, start: int, stop: int) -> bytearray:
        """Give a copy of the bytes from start to stop."""
        return content[start:stop]

    def write(self, content: bytearray, start: int, chunk: bytearray) -> None:
        """Copy a chunk to its place."""
        content[start : start + len(chunk)] = chunk

    async def digests(self, content: bytearray, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Give the SHA-256 of the bytes from start to stop of each span, in hexadecimal."""
        return [hashlib.sha256(content[start:stop]).hexdigest() for start, stop in spans]


async def load_model(manifest_file: str | Path) -> Model:
    """Open the model beside a manifest's file, after proving that it is the manifest's.

    Raises ManifestError, IntegrityError, SessionError, and OSError if a file can't be read.
    """
    manifest, file, content = _read(Path(manifest_file))
    await verify(manifest.proof, NativeMemory(), content, str(file), silent)
    return Model(manifest, NativeSession(content))


def _read(manifest_file: Path) -> tuple[Manifest, Path, bytearray]:
    manifest = Manifest.parse(manifest_file.read_text("utf-8"))
    file = manifest_file.parent / manifest.file
    return manifest, file, bytearray(file.read_bytes())


def _tensor(result: NDArray[Any]) -> Tensor:
    """Take over an output; half floats, which no array holds, become float32."""
    if result.dtype == np.float16:
        result = result.astype(np.float32)
    dtype = str(result.dtype)
    return Tensor(array(TYPECODES[dtype], result.tobytes()), result.shape, dtype)
