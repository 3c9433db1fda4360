"""The function `describe`, which returns the manifest of a model."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offline_onnx.describe.recording import record
from offline_onnx.errors import InputError
from offline_onnx.inference.json_fields import MAX_LENGTH
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.model_file import ModelFile
from offline_onnx.native import NativeSession
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import reason_too_new

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEFT_OUT = "The publisher has left it out."
"""The value of `Manifest.no_self_test` if `describe` was called with `self_test=False`."""


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
    self_test: bool = True,
    sample: Mapping[str, Any] | None = None,
    dimensions: Mapping[str, int] | None = None,
    tolerance: float | None = None,
) -> Manifest:
    """Return the manifest of a model. Warn if the model is too new for onnxruntime-web.

    The self-test runs the model on the sample, or else on seeded random numbers. In random inputs,
    variable dimensions have the size 1; if the model can't run with it, larger sizes are tried.

    The self-test does not compare outputs with NaN, infinity, long strings or strings that are
    numbers, nor outputs that differ between runs or between random seeds. If no output is left, or
    if the model can't run on random numbers, there is no self-test: `Manifest.no_self_test` says
    why.

    Args:
        content: the bytes of the `.onnx` file.
        name: the name of the model.
        version: any text that changes with each release.
        file: the name of the `.onnx` file.
        external_data: the bytes of each file with external data, by name, if the model's weights
            are in other files. The page needs these files in the folder of the `.onnx` file.
        labels: the names of the classes, in the order of their values in an output.
        metadata: further fields, which the publisher can choose.
        chunk_size: the size in bytes of the chunks that the browser downloads and verifies.
        self_test: whether the manifest has a self-test.
        sample: a value for each input, by name, as for `Model.run`, or a `Sample` of another
            manifest's self-test. It becomes part of the manifest, which can have 2^20 characters:
            about 190,000 numbers of 32 bits.
        dimensions: the sizes of variable dimensions in the random inputs, by name. "?" stands for
            all dimensions without a name.
        tolerance: a value may differ from the expected value by `tolerance * (1 + abs(expected))`.
            None stands for 0.1 if the model computes with quantised numbers, which may be rounded
            differently in a browser; for 0.01 if an input or output is float16; else for 0.001.

    Raises:
        ExternalDataMissing: the model needs further files than `external_data` has.
        MachineError: onnxruntime can't open the model on this machine.
        SessionError: onnxruntime can't read the model, or can't run it on the sample.
        InputError: the sample does not match the inputs or is too large, `dimensions` has a wrong
            name or size, or both arguments, `sample` and `dimensions`, were given.
        ManifestError: an input, or every output, has a type that onnxruntime-web does not support;
            or another argument is invalid.

    """
    session = NativeSession(content, external_data)
    if reason := reason_too_new(len(content), lambda start, stop: content[start:stop]):
        warnings.warn(reason, stacklevel=2)
    inputs, outputs = specs_of(session.get_inputs()), specs_of(session.get_outputs())
    described = ModelFile.of(file, content, chunk_size)
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
        no_self_test="" if self_test else LEFT_OUT,
        external_data=tuple(
            ModelFile.of(each, data, chunk_size) for each, data in (external_data or {}).items()
        ),
    )
    valid = Manifest.parse(manifest.to_json())  # raises ManifestError as in a page
    if not self_test:
        return valid
    recorded = await record(
        content,
        external_data or {},
        session,
        inputs,
        sample=sample,
        dimensions=dimensions or {},
        tolerance=tolerance,
    )
    if isinstance(recorded, str):
        return replace(valid, no_self_test=recorded)
    text = replace(valid, self_test=recorded).to_json()
    if len(text) > MAX_LENGTH:
        raise InputError(
            f"The sample is too large: with it, the manifest has {len(text)} characters, and pages "
            f"accept {MAX_LENGTH}. Give a smaller sample, or none for random numbers."
        )
    return Manifest.parse(text)
