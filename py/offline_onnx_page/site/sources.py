"""List the files of a page: all, or only its models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from offline_onnx.errors import OfflineModelError
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from pathlib import Path

BUILT = "built"
"""The name of the folder that is added to every site."""
SERVICE_WORKER = "service-worker.js"
"""The name of the service worker's script."""
COMPRESSED_SUFFIXES = (".br", ".gz")
MODEL_SUFFIXES = (".onnx", ".ort")
"""The suffixes of ONNX's format and of onnxruntime's own."""


def sources(folder: Path) -> list[Path]:
    """List the files in a folder and its subfolders, except hidden, compiled and built files."""
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not file.name.startswith(SERVICE_WORKER)
        and not {"__pycache__", BUILT} & set(file.relative_to(folder).parts)
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]


def models_and_manifests(folder: Path) -> list[Path]:
    """Return the models in a folder, the files with their external data, and their manifests.

    Raises:
        SiteError: A model's external data is not in the model's folder.

    """
    files = sources(folder)
    models = [file for file in files if file.suffix in MODEL_SUFFIXES]
    external = {file.parent / name for file in models for name in _external_files(file)}
    names = {file.name for file in models}
    manifests = [file for file in files if file.suffix == ".json" and _model_name(file) in names]
    return [*models, *(file for file in files if file in external), *manifests]


def _external_files(model: Path) -> tuple[str, ...]:
    """Return the names of the files with a model's external data."""
    with model.open("rb") as file:

        def read(start: int, stop: int) -> bytes:
            file.seek(start)
            return file.read(stop - start)

        try:
            return external_files(model.stat().st_size, read)
        except OfflineModelError as error:
            raise SiteError(f"{model}: {error}") from error


def _model_name(manifest: Path) -> object:
    """Return the file name of a manifest's model, or None for a file that is not a manifest."""
    try:
        raw = json.loads(manifest.read_text("utf-8"))
    except ValueError:
        return None
    return raw.get("file") if isinstance(raw, dict) else None
