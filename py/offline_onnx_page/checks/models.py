"""Check the models in a folder: digests in their manifests, and whether pages can run them."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ExternalDataMissing, ManifestError
from offline_onnx.inference.manifest import Manifest
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx.onnxruntime_api.metadata import is_ort_format
from offline_onnx.onnxruntime_api.protobuf import fields
from offline_onnx.onnxruntime_api.required_versions import reason_too_new
from offline_onnx_page.checks.references import path_in_site
from offline_onnx_page.described import difference, manifest_in
from offline_onnx_page.site.sources import MODEL_SUFFIXES, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from offline_onnx.onnxruntime_api.protobuf import Read
    from offline_onnx_page.checks.report import Report

_MODEL_NAME = re.compile(
    r"""(\b(?:load|create|InferenceSession)\(\s*)?["']([^"'<>{}\s]+\.(?:onnx|ort|json))["']"""
)
"""Matches a string that can be the address of a model or of a manifest, and a call before it."""
_LFS = b"version https://git-lfs"
_GRAPH = 7
"""The number of the field of a ModelProto that contains the graph; every model has it."""


def check_models(
    report: Report, folder: Path, done: Callable[[int], None], remedy: str
) -> set[str]:
    """Check all models in a folder.

    Args:
        report: where faults are added.
        folder: the folder of the site.
        done: called with the size of each model that was checked, in bytes.
        remedy: what to do about a missing file.

    Returns:
        The paths of all files of models: the models, their external data, and their manifests.

    """
    found: set[str] = set()
    # The models come first: "this is no model" says more than "this has another digest".
    for file in sorted(sources(folder), key=lambda each: each.suffix not in MODEL_SUFFIXES):
        path = file.relative_to(folder).as_posix()
        if file.suffix in MODEL_SUFFIXES:
            found |= {path, *_check_model(report, file, path, remedy)}
            report.count("models")
            done(file.stat().st_size)
        elif raw := manifest_in(file):
            found |= {path, *_check_manifest(report, file, path, raw, remedy)}
            report.count("manifests")
    return found


def external_data(file: Path, path: str) -> list[str]:
    """Return the paths of the files with a model's external data; none if they can't be read.

    Args:
        file: the model's file.
        path: its path in the site.

    """
    with _reader(file) as (size, read), suppress(ExternalDataMissing):
        return [_beside(path, name) for name in external_files(size, read)]
    return []


def named_models(folder: Path) -> dict[str, tuple[str, bool]]:
    """Find the models and manifests that the pages and the code in a folder name.

    Returns:
        By the path of the model or manifest: the path of the file that names it, and whether this
        file gives the name to a function that loads a model. If not, the name may be that of
        something else.

    """
    found: dict[str, tuple[str, bool]] = {}
    for file in sources(folder):
        if file.suffix not in (".html", ".js", ".py"):
            continue
        for call, name in _MODEL_NAME.findall(file.read_text("utf-8", "replace")):
            # Addresses start from the page, wherever the code is.
            path, by = path_in_site(name, "index.html"), file.relative_to(folder).as_posix()
            if path and not found.get(path, ("", False))[1]:
                found[path] = by, bool(call)
    return found


def check_named(report: Report, folder: Path, remedy: str) -> None:
    """Report the models and manifests that the code names and that are missing."""
    for path, (by, is_loaded) in named_models(folder).items():
        if not (folder / path).is_file():
            report_named(report, path, by, remedy, is_loaded=is_loaded)


def report_named(report: Report, path: str, by: str, remedy: str, *, is_loaded: bool) -> None:
    """Report that a file that the code names is missing: a fault only if the code loads it."""
    if is_loaded:
        report.fault(path, f"{path} is missing, which {by} loads. {remedy}")
    elif path not in {each.path for each in report.faults}:
        report.note(path, f"{path} is missing, which {by} names. If it is a model: {remedy}")


def _check_model(report: Report, file: Path, path: str, remedy: str) -> set[str]:
    """Check a model's own file and its external data; return the paths of the external data."""
    with _reader(file) as (size, read):
        if reason := _not_a_model(size, read):
            report.fault(path, f"{path} {reason}")
            return set()
        if reason := reason_too_new(size, read):
            report.fault(path, f"{path}: {reason}")
        try:
            names = external_files(size, read)
        except ExternalDataMissing as error:
            report.fault(path, f"{path}: {error}")
            return set()
    for name in names:
        if not file.with_name(name).is_file():
            other = _beside(path, name)
            report.fault(other, f"{other} is missing: {path} has its weights there. {remedy}")
    return {_beside(path, name) for name in names}


@contextmanager
def _reader(file: Path) -> Generator[tuple[int, Read]]:
    """Yield a file's size, and a function that returns the bytes between two positions."""
    with file.open("rb") as content:

        def read(start: int, stop: int) -> bytes:
            content.seek(start)
            return content.read(stop - start)

        yield file.stat().st_size, read


def _not_a_model(size: int, read: Read) -> str:
    """Return why a file can't be a model; "" if it can be one."""
    start = read(0, 100)
    if start.startswith(_LFS):
        return "is a pointer of Git LFS, not the model itself: run `git lfs pull`, then copy it."
    if is_ort_format(size, read):
        return ""
    try:
        has_graph = any(field.number == _GRAPH for field in fields(read, 0, size))
    except ValueError:
        has_graph = False
    if has_graph:
        return ""
    what = "is a web page" if start.lstrip()[:1] == b"<" else "is cut off, damaged, or no ONNX file"
    return f"{what}, so no page can run it. Copy the model again."


def _check_manifest(
    report: Report, file: Path, path: str, raw: dict[str, Any], remedy: str
) -> set[str]:
    """Check the files that a manifest describes; return their paths."""
    try:
        manifest = Manifest.parse(json.dumps(raw))
    except ManifestError as error:
        report.fault(path, f"{path} is not a valid manifest: {error}")
        return set()
    for each in manifest.files:
        model = _beside(path, each.file)
        if not file.with_name(each.file).is_file():
            report.fault(model, f"{model} is missing, which {path} describes. {remedy}")
        elif reason := difference(file.with_name(each.file), each):
            again = f"Copy both again, or run `offline-onnx manifest {manifest.file}`."
            report.fault(model, f"{model} is not the file that {path} describes: {reason}. {again}")
    return {_beside(path, each.file) for each in manifest.files}


def _beside(path: str, name: str) -> str:
    """Return the path of a file in the folder of another file."""
    return f"{path.rpartition('/')[0]}/{name}".lstrip("/")
