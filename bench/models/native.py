"""Run a model with native onnxruntime, and write its manifest."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import onnxruntime

from bench.models import inputs
from offline_onnx.command import manifest
from offline_onnx.onnxruntime_api.node_arg import specs_of
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.models.inputs import Array
    from bench.models.model_list import Model
    from offline_onnx import Manifest

_FATAL = 4
"""The severity of messages in onnxruntime. It prints no message that is less severe."""


@dataclass(frozen=True)
class NativeRun:
    """A run of a model with native onnxruntime.

    Attributes:
        inputs: the inputs, by name.
        outputs: the outputs that are tensors, by name.
        not_tensors: for each output that is not a tensor, its name and its type.

    """

    inputs: dict[str, Array]
    outputs: dict[str, Array]
    not_tensors: dict[str, str]


def run(model: Model, file: Path) -> NativeRun:
    """Make inputs for a model and run it once.

    Raises:
        BuildError: the inputs don't fit, or onnxruntime can't open or run the model.

    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    try:
        session = onnxruntime.InferenceSession(str(file), options)
        feed = inputs.make(model, {spec.name: spec for spec in specs_of(session.get_inputs())})
        kinds = {output.name: output.type for output in session.get_outputs()}
        wanted = [name for name in kinds if not model.outputs or name in model.outputs]
        names = [name for name in wanted if kinds[name].startswith("tensor(")]
        outputs: dict[str, Any] = dict(zip(names, session.run(names, feed), strict=True))
    except BuildError:
        raise
    except Exception as error:  # onnxruntime's errors have no common base class
        raise BuildError(f"native onnxruntime: {' '.join(str(error).split())}") from error
    return NativeRun(feed, outputs, {name: kinds[name] for name in wanted if name not in names})


def describe(file: Path, sample: Mapping[str, Array]) -> tuple[Manifest, str]:
    """Write the manifest of a model beside the model, with a self-test if that is possible.

    Args:
        file: the model.
        sample: the inputs for the self-test, in case it is not possible with random inputs.

    Returns:
        The manifest, and why a self-test with random inputs is not possible; "" if it is.

    Raises:
        BuildError: the manifest can't be written.

    """
    with warnings.catch_warnings(), ThreadPoolExecutor(1) as other_thread:
        warnings.simplefilter("ignore")
        # `manifest.write` can't start an event loop in this thread, where Playwright runs one.
        described = other_thread.submit(manifest.write, file).result()
        if not (reason := described.no_self_test):
            return described, ""
        try:
            return other_thread.submit(manifest.write, file, sample=sample).result(), reason
        except BuildError:  # such as a sample that is too large for a manifest
            return described, reason
