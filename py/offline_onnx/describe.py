"""Describe a model's file in a manifest: digests, inputs and outputs, and a self-test.

Needs the packages onnxruntime and numpy.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError, SessionError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.session import TensorSpec
from offline_onnx.integrity import sha256
from offline_onnx.native import NativeSession

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE_VALUES = 64
EXPECTED_VALUES = 16
TOLERANCE = 1e-3
_TYPES = {"float": "float32", "double": "float64"}


async def describe(
    content: bytes,
    *,
    name: str,
    version: str,
    file: str,
    labels: Sequence[str] = (),
    metadata: dict[str, Any] | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> Manifest:
    """Return the manifest of a model.

    The self-test is a run on seeded random numbers, with each variable dimension set to 1. The
    manifest of a model that can't run on these has no self-test. An input without a known number
    of dimensions counts as a single number, as in onnxruntime.

    Args:
        content: the bytes of the model.
        name: the name of the model.
        version: any text that changes with each release.
        file: the name of its file.
        labels: the names of the classes, in the order of the first output's last dimension.
        metadata: the publisher's own fields.
        chunk_size: bytes of the chunks that the browser verifies and stores one by one.

    Raises:
        SessionError: onnxruntime can't read the model.
        ManifestError: an input or output has a type that is not supported.

    """
    session = NativeSession(content)
    inputs, outputs = _specs(session.get_inputs()), _specs(session.get_outputs())
    manifest = Manifest(
        name=name,
        version=version,
        file=file,
        size=len(content),
        sha256=sha256(content),
        chunk_size=chunk_size,
        chunks=tuple(
            sha256(content[start : start + chunk_size])
            for start in range(0, len(content), chunk_size)
        ),
        inputs=inputs,
        outputs=outputs,
        labels=tuple(labels),
        metadata=metadata or {},
    )
    sound = Manifest.parse(manifest.to_json())
    return replace(sound, self_test=await _self_test(session, inputs))


def _specs(arguments: Sequence[Any]) -> tuple[TensorSpec, ...]:
    """Return specs for onnxruntime's NodeArgs; a dimension without a name gets its own name."""
    specs = []
    for argument in arguments:
        kind = re.sub(r"^tensor\((\w+)\)$", r"\1", argument.type)
        shape = tuple(
            size if isinstance(size, (int, str)) else f"{argument.name}?{place}"
            for place, size in enumerate(argument.shape)
        )
        specs.append(TensorSpec(argument.name, _TYPES.get(kind, kind), shape))
    return tuple(specs)


async def _self_test(session: NativeSession, inputs: Sequence[TensorSpec]) -> SelfTest | None:
    samples = {spec.name: _sample(spec) for spec in inputs}
    try:
        feed = {spec.name: samples[spec.name].tensor(spec.dtype) for spec in inputs}
        answers = await session.run(feed)
    except (SessionError, ManifestError):
        return None
    expected = {
        name: tuple(float(f"{value:.7g}") for value in tensor.values[:EXPECTED_VALUES])
        for name, tensor in answers.items()
    }
    sound = {name: values for name, values in expected.items() if values and _finite(values)}
    return SelfTest(samples, sound, TOLERANCE) if sound else None


def _sample(spec: TensorSpec) -> Sample:
    numbers = random.Random(spec.name)  # noqa: S311  # a sample that is the same in every build
    real = spec.dtype.startswith("float")
    values = tuple(
        round(numbers.random(), 4) if real else numbers.randrange(2) for _ in range(SAMPLE_VALUES)
    )
    return Sample(tuple(size if isinstance(size, int) else 1 for size in spec.shape), values)


def _finite(values: Sequence[float]) -> bool:
    return all(map(math.isfinite, values))
