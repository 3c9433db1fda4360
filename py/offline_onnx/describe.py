"""Write a model's manifest from its file: digests, inputs and outputs, and a self-test.

Needs the packages onnxruntime and numpy, as `native` does.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError, SessionError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.self_test import Sample, SelfTest
from offline_onnx.inference.tensor import TensorSpec
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
    """Describe a model.

    content: its bytes. file: the name of its file. labels: of the first output's last dimension.
    The self-test is a run on SAMPLE_VALUES seeded numbers, with every dimension that may vary set
    to 1; a model that can't be run so has none. An input of which the file does not even say how
    many dimensions it has is taken for a single number, as onnxruntime has it.

    Raises SessionError if onnxruntime can't read it, ManifestError if it has an input or output of
    a type that is not supported.
    """
    session = NativeSession(content)
    inputs, outputs = _specs(session.get_inputs()), _specs(session.get_outputs())
    manifest = Manifest(
        name=name,
        version=version,
        file=file,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        chunk_size=chunk_size,
        chunks=tuple(
            hashlib.sha256(content[start : start + chunk_size]).hexdigest()
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
    """Take over onnxruntime's NodeArgs; a dimension without a name gets one of its own."""
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
    numbers = random.Random(spec.name)  # noqa: S311  # an example, the same in every build
    real = spec.dtype.startswith("float")
    values = tuple(
        round(numbers.random(), 4) if real else numbers.randrange(2) for _ in range(SAMPLE_VALUES)
    )
    return Sample(tuple(size if isinstance(size, int) else 1 for size in spec.shape), values)


def _finite(values: Sequence[float]) -> bool:
    return all(map(math.isfinite, values))
