"""Run a model with native onnxruntime and record its self-test: inputs, outputs and a tolerance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from offline_onnx.describe.inputs import random_inputs, sample_of
from offline_onnx.describe.operators import RANDOM, is_quantised, operators, with_other_seeds
from offline_onnx.errors import InputError, ManifestError, SessionError
from offline_onnx.inference.model import checked_inputs
from offline_onnx.inference.self_test import MAX_VALUES, Sample, SelfTest
from offline_onnx.inference.tensor import STRING, Tensor
from offline_onnx.native import NativeSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set

    from offline_onnx.inference.tensor import TensorSpec

EXPECTED_VALUES = 16
"""Number of values of each output that the self-test compares."""
TOLERANCE = 1e-3
"""The allowed difference of each value, relative to 1 + abs(expected value)."""
FLOAT16_TOLERANCE = 1e-2
"""The allowed difference if an input or output is float16, which has 3 significant digits."""
QUANTISED_TOLERANCE = 1e-1
"""The allowed difference if the model computes with quantised numbers.

Rounding turns a difference in the last digit into a difference of a whole step. Native onnxruntime
1.32 (on a processor with VNNI) and onnxruntime-web 1.30 were compared in 944 runs of 118 models
with random weights, quantised in all ways that onnxruntime's tools offer. The difference was more
than 0.001 in 22 runs, more than 0.05 in 6 runs, and more than 0.1 in one run (0.16). Without
quantisation, it was at most 0.00001.
"""
REPETITIONS = 10
"""How often, in each of two sessions, the first run is repeated if the model has random operators.
It is repeated once if it has none."""
_MAX_TEXT = 200
"""The maximum number of characters of a string that the self-test compares."""
_MAX_REASON = 600
"""The maximum number of characters of onnxruntime's message in `Manifest.no_self_test`."""


async def record(
    content: bytes,
    external_data: Mapping[str, bytes],
    session: NativeSession,
    specs: Sequence[TensorSpec],
    *,
    sample: Mapping[str, Any] | None,
    dimensions: Mapping[str, int],
    tolerance: float | None,
) -> SelfTest | str:
    """Return the self-test of a model, or the reason why there is none.

    Args:
        content: the bytes of the `.onnx` file.
        external_data: the bytes of each file with external data, by name.
        session: a session of the model. It is released, unless the result is a reason or an error
            is raised.
        specs: the inputs.
        sample: a value or a `Sample` for each input, see `describe`; None for random numbers.
        dimensions: the sizes of variable dimensions in the random inputs, by name.
        tolerance: the allowed difference, see `SelfTest`; None for the default, see `describe`.

    Raises:
        InputError: the sample does not match the inputs, `dimensions` has a wrong name or size, or
            both arguments, `sample` and `dimensions`, were given.
        SessionError: the model can't run on the sample.
        ManifestError: the values of a `Sample` can't be stored in the dtype of the input.

    """
    if sample is not None:
        if dimensions:
            raise InputError("A sample has its own sizes: give either a sample or dimensions.")
        dtypes = {spec.name: spec.dtype for spec in specs}
        given = {name: each for name, each in sample.items() if isinstance(each, Sample)}
        values = {name: each.tensor(dtypes[name]) for name, each in given.items() if name in dtypes}
        feed = checked_inputs({**sample, **values}, specs)
        samples = {**{name: sample_of(each) for name, each in feed.items()}, **given}
        outputs = await session.run(feed)
        reason = _reason_against(outputs)
    else:
        samples, outputs, reason = await _first_run(session, specs, dimensions)
    if reason:
        return reason
    names = operators(content)
    feed = {spec.name: samples[spec.name].tensor(spec.dtype) for spec in specs}
    repetitions = REPETITIONS if names & RANDOM else 1
    fixed = await _repeated(session, feed, outputs, repetitions)
    other = NativeSession(with_other_seeds(content), external_data)
    fixed = await _repeated(other, feed, fixed, repetitions)
    expected = {
        name: _expected_values(tensor) for name, tensor in fixed.items() if _is_comparable(tensor)
    }
    if not expected:
        return "The outputs are random: runs on the same inputs return different values."
    if tolerance is None:
        tolerance = _tolerance(names, (*feed.values(), *outputs.values()))
    return SelfTest(samples, expected, tolerance)


async def _first_run(
    session: NativeSession, specs: Sequence[TensorSpec], dimensions: Mapping[str, int]
) -> tuple[dict[str, Sample], dict[str, Tensor], str]:
    """Run the model on random inputs of several sizes, until it returns values to compare.

    Returns:
        The inputs and outputs of the run, and "". If no run returns such values, the third item is
        the reason why the first run did not.

    """
    if strings := [spec.name for spec in specs if spec.dtype == STRING]:
        return {}, {}, f"The input {strings[0]!r} has strings; only a sample can have such values."
    reason = ""
    for samples in random_inputs(specs, dimensions):
        if sum(math.prod(sample.shape) for sample in samples.values()) > MAX_VALUES:
            reason = reason or f"The inputs have more than {MAX_VALUES} values."
            continue
        try:
            feed = {spec.name: samples[spec.name].tensor(spec.dtype) for spec in specs}
            outputs = await session.run(feed)
        except (SessionError, ManifestError) as error:
            what = " ".join(error.what.split())
            reason = reason or f"The model does not run on random inputs: {what[:_MAX_REASON]}"
            continue
        if not (problem := _reason_against(outputs)):
            return samples, outputs, ""
        reason = reason or problem
    return {}, {}, reason


def _reason_against(outputs: Mapping[str, Tensor]) -> str:
    """Return why no output can be compared; "" if at least one can be compared."""
    if any(map(_is_comparable, outputs.values())):
        return ""
    kinds = [
        "no values"
        if not len(tensor.values)
        else "NaN or infinity"
        if tensor.dtype != STRING
        else "strings"
        for tensor in outputs.values()
    ]
    each = "; ".join(f"{name!r}: {kind}" for name, kind in zip(outputs, kinds, strict=True))
    return (
        "No output can be compared: that needs finite numbers, or short strings that are not "
        f"numbers ({each})."
    )


def _is_comparable(tensor: Tensor) -> bool:
    """Return whether the first values can be compared with those that other runtimes return.

    Finite numbers can be compared, and short strings such as labels. Strings that are numbers may
    be results of a computation, whose last digits differ between runtimes.
    """
    values = tensor.values[:EXPECTED_VALUES]
    if not len(values):
        return False
    if tensor.dtype == STRING:
        return not any(len(text) > _MAX_TEXT or _is_number(text) for text in values)
    return all(map(math.isfinite, values))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _expected_values(tensor: Tensor) -> tuple[float, ...] | tuple[str, ...]:
    """Return the first values of an output, numbers with up to 7 significant digits."""
    values = tensor.values[:EXPECTED_VALUES]
    if tensor.dtype == STRING:
        return tuple(values)
    return tuple(float(f"{value:.7g}") for value in values)


async def _repeated(
    session: NativeSession,
    feed: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    repetitions: int,
) -> dict[str, Tensor]:
    """Repeat an earlier run, and return the outputs that are always the same; release the session.

    Args:
        session: runs the model.
        feed: the inputs of the earlier run.
        outputs: the outputs of the earlier run.
        repetitions: the number of runs.

    """
    repeated = dict(outputs)
    for _ in range(repetitions):
        again = await session.run(feed)
        repeated = {name: each for name, each in repeated.items() if _is_equal(each, again[name])}
    await session.release()
    return repeated


def _is_equal(tensor: Tensor, other: Tensor) -> bool:
    """Return whether two outputs have the same shape and values; NaN is equal to NaN."""
    if tensor.dtype == STRING:
        return tensor == other
    return np.array_equal(tensor.numpy(), other.numpy(), equal_nan=True)


def _tolerance(names: Set[str], tensors: Iterable[Tensor]) -> float:
    """Return the tolerance for a model with these operators, inputs and outputs."""
    if is_quantised(names):
        return QUANTISED_TOLERANCE
    return FLOAT16_TOLERANCE if any(t.dtype == "float16" for t in tensors) else TOLERANCE
