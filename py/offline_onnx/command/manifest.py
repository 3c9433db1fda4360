"""The command `manifest`: write FILE.json, a model's manifest, beside FILE.onnx or FILE.ort."""

from __future__ import annotations

import asyncio
import io
import json
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.npyio import NpzFile

from offline_onnx.command.result import Result, say
from offline_onnx.describe import describe
from offline_onnx.describe.description import LEFT_OUT
from offline_onnx.errors import OfflineModelError
from offline_onnx.native import external_files_of
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.labels import parse_labels
from offline_onnx_page.site.sources import MODEL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest


def command(
    *,
    file: Path,
    name: str | None,
    version: str,
    labels: str | None,
    self_test: bool,
    sample: Path | None,
    dimensions: Sequence[tuple[str, int]],
    tolerance: float | None,
) -> Result:
    """Write a model's manifest; return a summary.

    Args:
        file: the path of the model.
        name: the model's name; None for the file's name without its suffix.
        version: the model's version.
        labels: a file or a list of labels, see `parse_labels`; None for a model without labels.
        self_test: whether the manifest has a self-test.
        sample: a file with an input for the self-test, see `read_sample`; None for random numbers.
        dimensions: names and sizes of variable dimensions in the random numbers.
        tolerance: the tolerance of the self-test; None for one that suits the model.
    """
    with warnings.catch_warnings(record=True) as caught:
        described = write(
            file,
            name=name,
            version=version,
            labels=parse_labels(labels) if labels else (),
            self_test=self_test,
            sample=read_sample(sample) if sample else None,
            dimensions=dict(dimensions),
            tolerance=tolerance,
        )
    for warning in caught:
        say(str(warning.message))
    target = file.with_suffix(".json")
    data = {"file": str(target), "manifest": json.loads(described.to_json())}
    return Result(f"{target}\n{summary(described)}", data)


def write(
    file: Path, *, name: str | None = None, version: str = "1", **description: Any
) -> Manifest:
    """Write the manifest of the model FILE.onnx to FILE.json; return it.

    Args:
        file: the path of the model.
        name: the model's name; None for the file's name without its suffix.
        version: the model's version.
        description: further arguments of `offline_onnx.describe.describe`.

    Raises:
        SiteError: The model can't be described, or FILE.json exists and is not a manifest.
    """
    if file.suffix not in MODEL_SUFFIXES:
        suffixes = " or ".join(MODEL_SUFFIXES)
        raise SiteError(f"{file}: the name of a model's file has to end in {suffixes}; rename it.")
    target = file.with_suffix(".json")
    if target.exists() and not _is_manifest(target):
        raise SiteError(
            f"{target} is in the way: it is not a manifest and is not overwritten; rename it."
        )
    content, name = _read(file), name or file.stem
    external_data = {each: _read(file.parent / each) for each in _external_files(file, content)}
    try:
        manifest = asyncio.run(
            describe(
                content,
                name=name,
                version=version,
                file=file.name,
                external_data=external_data,
                **description,
            )
        )
    except OfflineModelError as error:
        raise SiteError(f"{file}: {' '.join(error.what.split())}") from error
    new = target.with_suffix(".json.new")
    new.write_text(manifest.to_json(), "utf-8")
    new.replace(target)
    return manifest


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
                "           the model works without; --sample or --dimension may help: see -h"
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
        lines.append(f"           not compared: {', '.join(others)} (random, NaN or strings)")
    return lines


def read_sample(file: Path) -> dict[str, Any]:
    """Return a value for each input from a file.

    Args:
        file: an .npz file of NumPy with an array for each input, or a .json file with an object
            that has nested lists of numbers or strings for each input.

    Raises:
        SiteError: The file can't be read, or is something else.
    """
    content = _read(file)
    try:
        if file.suffix == ".npz":
            arrays = np.load(io.BytesIO(content))
            if isinstance(arrays, NpzFile):
                return dict(arrays)
        if file.suffix == ".json":
            sample = json.loads(content)
            if isinstance(sample, dict):
                return sample
    except (EOFError, ValueError, zipfile.BadZipFile) as error:
        raise SiteError(f"{file} can't be read as a sample: {error}.") from error
    raise SiteError(
        f"{file} is no sample: it has to be an .npz file with an array for each input, or a .json "
        "file with an object that has a list for each input."
    )


def _external_files(file: Path, content: bytes) -> tuple[str, ...]:
    try:
        return external_files_of(content)
    except OfflineModelError as error:
        raise SiteError(f"{file}: {error}") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(f"{file} can't be read: {error.strerror}.") from error


def _is_manifest(file: Path) -> bool:
    try:
        raw = json.loads(_read(file))
    except ValueError:
        return False
    return isinstance(raw, dict) and "file" in raw and "sha256" in raw
