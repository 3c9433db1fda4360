"""List the files of a folder: all, those of a page, or only its models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from offline_onnx.errors import OfflineModelError
from offline_onnx.onnxruntime_api.external_data import external_files
from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BUILT = "built"
"""The name of the folder that is added to every site."""
STAMP = ".inputs"
"""The file in `built/` with the digest of the build's inputs; it is written last."""
SERVICE_WORKER = "service-worker.js"
"""The name of the service worker's script."""
COMPRESSED_SUFFIXES = (".br", ".gz")
MODEL_SUFFIXES = (".onnx", ".ort")
"""The suffixes of ONNX's format and of onnxruntime's own."""


def files_in(folder: Path) -> list[Path]:
    """List the files in a folder and its subfolders, except hidden files and compiled Python.

    Symbolic links are followed, except those to a folder that contains them.
    """
    return sorted(_walk(folder, lambda _: True))


def sources(folder: Path) -> list[Path]:
    """List the files of a page, or of a package: as `files_in`, but without what was built.

    Left out are the folder's own `built/` and service worker, and all subfolders with a site that
    was built there.
    """

    def has_sources(subfolder: Path) -> bool:
        is_own = subfolder.parent == folder and subfolder.name == BUILT
        return not is_own and not (subfolder / BUILT / STAMP).is_file()

    return [
        file
        for file in sorted(_walk(folder, has_sources))
        if not (file.parent == folder and file.name.startswith(SERVICE_WORKER))
    ]


def _walk(
    folder: Path, is_entered: Callable[[Path], bool], above: frozenset[Path] = frozenset()
) -> Iterator[Path]:
    """Yield files; `above` are the real paths of the folders that contain `folder`."""
    if not folder.is_dir() or (real := folder.resolve()) in above:
        return
    for entry in folder.iterdir():
        if entry.name[0] == "." or entry.name == "__pycache__":
            continue
        if entry.is_file():
            yield entry
        elif is_entered(entry):
            yield from _walk(entry, is_entered, above | {real})


def is_compressed_copy(file: Path) -> bool:
    """Return whether a file is the compressed copy of a file beside it."""
    return file.suffix in COMPRESSED_SUFFIXES and file.with_suffix("").is_file()


def models_and_manifests(folder: Path) -> list[Path]:
    """Return the models in a folder, the files with their external data, and their manifests.

    Raises:
        SiteError: A model names external data outside its own folder. (A missing file is left out.)

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
