"""The command `manifest`: write FILE.json, a model's manifest, beside FILE.onnx or FILE.ort."""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from offline_onnx.describe import describe
from offline_onnx.errors import OfflineModelError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.native import external_files_of
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence


MODEL_SUFFIXES = (".onnx", ".ort")
"""The suffixes of ONNX's format and of onnxruntime's own."""


def command(*, file: Path, name: str | None, version: str, labels: str | None) -> None:
    """Write a model's manifest and print a summary.

    Args:
        file: the path of the model.
        name: the model's name; None for the file's name without its suffix.
        version: the model's version.
        labels: a file or a list of labels, see `parse_labels`; None for a model without labels.
    """
    values = parse_labels(labels) if labels else ()
    with warnings.catch_warnings(record=True) as caught:
        described = write(file, name=name, version=version, labels=values)
    for warning in caught:
        print(warning.message, file=sys.stderr)
    print(f"{file.with_suffix('.json')}\n{summary(described)}")


def write(
    file: Path,
    *,
    name: str | None = None,
    version: str = "1",
    labels: Sequence[str] = (),
    chunk_size: int = CHUNK_SIZE,
) -> Manifest:
    """Write the manifest of the model FILE.onnx to FILE.json; return it.

    Args:
        file: the path of the model.
        name: the model's name; None for the file's name without its suffix.
        version: the model's version.
        labels: labels of the values of the first output.
        chunk_size: the number of bytes that are fetched, verified and stored at a time.

    Raises:
        BuildError: The model can't be described, or FILE.json exists and is not a manifest.
    """
    if file.suffix not in MODEL_SUFFIXES:
        suffixes = " or ".join(MODEL_SUFFIXES)
        raise BuildError(f"{file}: the name of a model's file has to end in {suffixes}; rename it.")
    target = file.with_suffix(".json")
    if target.exists() and not _is_manifest(target):
        raise BuildError(
            f"{target} is in the way: it is not a manifest and is not overwritten; rename it."
        )
    content = _read(file)
    description = describe(
        content,
        name=name or file.stem,
        version=version,
        file=file.name,
        external_data={each: _read(file.parent / each) for each in _external_files(file, content)},
        labels=labels,
        chunk_size=chunk_size,
    )
    try:
        manifest = asyncio.run(description)
    except OfflineModelError as error:
        raise BuildError(f"{file}: {' '.join(error.what.split())}") from error
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
    self_test = (
        "one run, repeated on each device before the model is stored"
        if manifest.self_test
        else "none"
    )
    lines.append(f"self-test  {self_test}")
    return "\n".join(lines)


def parse_labels(text: str) -> list[str]:
    """Return labels from a file with one label per line, or from a comma-separated list.

    Args:
        text: the file's path, or the list.

    Raises:
        BuildError: The text is neither the path of a file nor a list.
    """
    if not Path(text).is_file():
        if "," not in text:
            raise BuildError(f"{text} is neither a file of labels nor a list with commas: see -h.")
        return [label.strip() for label in text.split(",")]
    lines = _read(Path(text)).decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _external_files(file: Path, content: bytes) -> tuple[str, ...]:
    try:
        return external_files_of(content)
    except OfflineModelError as error:
        raise BuildError(f"{file}: {error}") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BuildError(f"{file} can't be read: {error.strerror}.") from error


def _is_manifest(file: Path) -> bool:
    try:
        raw = json.loads(_read(file))
    except ValueError:
        return False
    return isinstance(raw, dict) and "file" in raw and "sha256" in raw
