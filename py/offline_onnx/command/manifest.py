"""The command `manifest`: write FILE.json, a model's manifest, beside FILE.onnx or FILE.ort."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from offline_onnx.command.result import Result, say
from offline_onnx.errors import InputError, ManifestError, SessionError
from offline_onnx_page.errors import SiteError
from offline_onnx_page.manifests.earlier import choices, read_earlier, with_earlier_tolerance
from offline_onnx_page.manifests.files import ModelFiles
from offline_onnx_page.manifests.without_running import describe_file
from offline_onnx_page.new.digests import LEFT_OUT
from offline_onnx_page.new.labels import parse_labels

# `new` and the project's own build import `write` from here. It is missing without onnxruntime or
# numpy: then `new` makes pages whose models have no self-test.
with suppress(ModuleNotFoundError):
    from offline_onnx_page.manifests.with_running import write as write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest

_ORT = ".ort"
"""The suffix of onnxruntime's own format, which only onnxruntime can read."""


def command(
    *,
    file: Path,
    name: str | None,
    version: str | None,
    labels: str | None,
    self_test: bool,
    sample: Path | None,
    dimensions: Sequence[tuple[str, int]],
    tolerance: float | None,
) -> Result:
    """Write a model's manifest; return a summary.

    If the model already has a manifest, the new one takes over what the arguments do not change.

    Args:
        file: the path of the model.
        name: the model's name; None for the earlier one, or the file's name without its suffix.
        version: the model's version; None for the earlier one, or "1".
        labels: a file or a list of labels, see `parse_labels`; "" for a model without labels; None
            for the earlier ones.
        self_test: whether the manifest has a self-test.
        sample: a file with the inputs of the self-test, see `read_sample`; None for the earlier
            inputs, or random numbers.
        dimensions: names and sizes of variable dimensions in random inputs.
        tolerance: the tolerance of the self-test; None for the earlier one, or one that suits the
            model.

    Raises:
        SiteError: The model can't be described, or the manifest's file exists and is no manifest.

    """
    model = ModelFiles.read(file)
    earlier = read_earlier(model.manifest_file)
    chosen = choices(
        earlier,
        name=name,
        version=version,
        labels=labels if labels is None else parse_labels(labels) if labels else (),
        may_take_over_inputs=self_test and not (sample or dimensions),
        tolerance=tolerance,
        default_name=file.stem,
    )
    description: dict[str, Any] = {
        "name": chosen.name,
        "version": chosen.version,
        "labels": chosen.labels,
        "metadata": dict(chosen.metadata),
    }
    with warnings.catch_warnings(record=True) as caught:
        if not self_test and file.suffix != _ORT:
            described = describe_file(model, why=LEFT_OUT, **description)
        else:
            described = _run(
                model,
                {**description, "self_test": self_test, "tolerance": chosen.tolerance},
                sample=sample,
                dimensions=dict(dimensions),
                inputs=chosen.inputs,
            )
    if chosen.tolerance is None:
        described = with_earlier_tolerance(described, earlier)
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        say(text)
    if taken_over := chosen.taken_over_in(described):
        say(f"Kept from {model.manifest_file}: {', '.join(taken_over)}.")
    if described.no_self_test.startswith("onnxruntime"):
        say(f"{file}: no self-test, because {described.no_self_test}")
    model.write(described)
    data = {"file": str(model.manifest_file), "manifest": json.loads(described.to_json())}
    return Result(f"{model.manifest_file}\n{summary(described)}", data)


def _run(
    model: ModelFiles,
    description: dict[str, Any],
    *,
    sample: Path | None,
    dimensions: dict[str, int],
    inputs: Any,
) -> Manifest:
    """Describe a model and run it for a self-test.

    Args:
        model: the model's files.
        description: the arguments of `describe_model`, except for the inputs.
        sample: a file with the inputs; None if there is none.
        dimensions: the sizes of variable dimensions.
        inputs: the inputs of the earlier self-test, if the publisher has chosen no others.

    """
    from offline_onnx_page.manifests.with_running import describe_model, read_sample

    chosen = read_sample(sample) if sample else inputs
    try:
        return describe_model(model, **description, sample=chosen, dimensions=dimensions)
    except SiteError as error:
        if inputs is None or not isinstance(
            error.__cause__, InputError | ManifestError | SessionError
        ):
            raise
        described = describe_model(model, **description)
        say(
            f"The inputs of the self-test in {model.manifest_file} do not suit the model any more: "
            "the new self-test has random numbers. To choose others: --sample FILE"
        )
        return described


def summary(manifest: Manifest) -> str:
    """Return a manifest's main content as a few lines of text."""
    lines = [f"{manifest.name} {manifest.version}, {manifest.total_size} bytes"]
    if manifest.external_data:
        lines += [f"file       {file.file}, {file.size} bytes" for file in manifest.files]
    lines += [f"input      {spec.name}: {spec}" for spec in manifest.inputs]
    lines += [f"output     {spec.name}: {spec}" for spec in manifest.outputs]
    if manifest.labels:
        lines.append(f"labels     {len(manifest.labels)}, from {manifest.labels[0]!r} on")
    lines.append(f"chunks     {manifest.digests.count} of up to {manifest.chunk_size} bytes")
    lines += _self_test_lines(manifest)
    return "\n".join(lines)


def _self_test_lines(manifest: Manifest) -> list[str]:
    """Return what a manifest's self-test does, or why there is none."""
    test = manifest.self_test
    if not test:
        lines = [f"self-test  none: {manifest.no_self_test}"]
        if manifest.no_self_test != LEFT_OUT:
            lines.append(
                "           the model works without one; --sample or --dimension may help: see -h"
            )
        return lines
    shapes = ", ".join(
        f"{name} ({', '.join(map(str, sample.shape))})" for name, sample in test.inputs.items()
    )
    lines = [
        "self-test  one run, repeated on each device before the model is stored",
        f"           inputs {shapes or 'none'}, tolerance {test.tolerance:g}",
    ]
    outputs = [spec.name for spec in manifest.outputs if spec.is_tensor]
    if others := [name for name in outputs if name not in test.outputs]:
        why = "random, empty, not finite, or long or numeric strings"
        lines.append(f"           not compared: {', '.join(others)} ({why})")
    return lines
