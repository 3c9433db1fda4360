"""Write the manifest of an `.onnx` file: digests, inputs, outputs and a self-test.

Needs the packages onnxruntime and numpy.
"""

from __future__ import annotations

import math
import random
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError, SessionError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.model_file import ModelFile
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import STRING, Tensor, TensorSpec
from offline_onnx.integrity import sha256
from offline_onnx.native import NativeSession
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import too_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAMPLE_VALUES = 64
"""Number of random values for each input of the self-test; they are repeated to fill its shape."""
EXPECTED_VALUES = 16
"""Number of values of each output that the self-test compares."""
TOLERANCE = 1e-3
"""The allowed difference of each value, relative to 1 + the absolute expected value."""
FLOAT16_TOLERANCE = 1e-2
"""The allowed difference if an input or output is float16, which has 3 significant digits."""


async def describe(
    content: bytes,
    *,
    name: str,
    version: str,
    file: str,
    external_data: Mapping[str, bytes] | None = None,
    labels: Sequence[str] = (),
    metadata: dict[str, Any] | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> Manifest:
    """Return the manifest of a model. Warn if the model is too new for onnxruntime-web.

    The self-test runs the model on seeded random numbers, with each variable dimension set to 1. If
    the model can't run on these inputs, has inputs of strings or only random outputs, the manifest
    has no self-test. An input whose number of dimensions is unknown is tested as a scalar.

    Args:
        content: the bytes of the `.onnx` file.
        name: the name of the model.
        version: any text that changes with each release.
        file: the name of the `.onnx` file.
        external_data: the bytes of each file with external data, by name, if the model's weights
            are in other files. The page needs these files in the folder of the `.onnx` file.
        labels: the names of the classes, in the order of the first output's last dimension.
        metadata: any fields that the publisher wants to add.
        chunk_size: the size in bytes of the chunks that the browser downloads and verifies.

    Raises:
        ExternalDataMissing: the model needs further files than `external_data` has.
        SessionError: onnxruntime can't read the model.
        ManifestError: an input, or every output, has a type that onnxruntime-web does not support.

    """
    session = NativeSession(content, external_data)
    if reason := too_new(len(content), lambda start, stop: content[start:stop]):
        warnings.warn(reason, stacklevel=2)
    inputs, outputs = specs_of(session.get_inputs()), specs_of(session.get_outputs())
    described = _file(file, content, chunk_size)
    manifest = Manifest(
        name=name,
        version=version,
        file=described.file,
        size=described.size,
        sha256=described.sha256,
        chunk_size=described.chunk_size,
        chunks=described.chunks,
        inputs=inputs,
        outputs=outputs,
        labels=tuple(labels),
        metadata=metadata or {},
        external_data=tuple(
            _file(each, data, chunk_size) for each, data in (external_data or {}).items()
        ),
    )
    valid = Manifest.parse(manifest.to_json())  # raises ManifestError if a page would refuse it
    return replace(valid, self_test=await _self_test(session, inputs))


def _file(name: str, content: bytes, chunk_size: int) -> ModelFile:
    chunks = (
        sha256(content[start : start + chunk_size]) for start in range(0, len(content), chunk_size)
    )
    return ModelFile(name, len(content), sha256(content), chunk_size, tuple(chunks))


async def _self_test(session: NativeSession, inputs: Sequence[TensorSpec]) -> SelfTest | None:
    """Return a self-test with random inputs and the model's outputs for them.

    Return None if the run fails, or if no output has only finite numbers that a second run repeats.
    """
    samples = {spec.name: _sample(spec) for spec in inputs}
    try:
        feed = {spec.name: samples[spec.name].tensor(spec.dtype) for spec in inputs}
        outputs, repeated = await session.run(feed), await session.run(feed)
    except (SessionError, ManifestError):
        return None
    expected = {
        name: tuple(float(f"{value:.7g}") for value in tensor.values[:EXPECTED_VALUES])
        for name, tensor in outputs.items()
        if tensor.dtype != STRING and _is_equal(tensor, repeated[name])
    }
    # A manifest can't hold NaN or infinity.
    finite = {name: values for name, values in expected.items() if values and _all_finite(values)}
    is_half = any(tensor.dtype == "float16" for tensor in (*feed.values(), *outputs.values()))
    tolerance = FLOAT16_TOLERANCE if is_half else TOLERANCE
    return SelfTest(samples, finite, tolerance) if finite else None


def _is_equal(tensor: Tensor, other: Tensor) -> bool:
    """Return whether two outputs of a model are equal; those of a random model are not."""
    return tensor.shape == other.shape and list(tensor.values) == list(other.values)


def _sample(spec: TensorSpec) -> Sample:
    """Return random values for an input: from 0 to 1 for floats, 0 or 1 for other types."""
    rng = random.Random(spec.name)  # noqa: S311  # seeded, so every build writes the same sample
    is_float = spec.dtype.startswith("float")
    values = tuple(
        round(rng.random(), 4) if is_float else rng.randrange(2) for _ in range(SAMPLE_VALUES)
    )
    return Sample(tuple(size if isinstance(size, int) else 1 for size in spec.shape or ()), values)


def _all_finite(values: Sequence[float]) -> bool:
    return all(map(math.isfinite, values))
