"""Runs a model with native onnxruntime, and writes its manifest."""

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
"""The severity below which onnxruntime prints no message."""


@dataclass(frozen=True)
class NativeRun:
    """A run of a model with native onnxruntime.

    Attributes:
        inputs: the inputs, by name.
        outputs: the outputs that are tensors, by name.
        others: the types of the other outputs, by name.

    """

    inputs: dict[str, Array]
    outputs: dict[str, Array]
    others: dict[str, str]


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
    """Write the manifest of a model beside it, with a self-test if it can have one.

    Args:
        file: the model.
        sample: the inputs for the self-test, if it can't have random ones.

    Returns:
        The manifest, and why the self-test can't have random inputs; "" if it can.

    Raises:
        BuildError: the model can't be described.

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
