"""Describe a model, and run it for a self-test. Needs the packages onnxruntime and numpy."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.npyio import NpzFile

from offline_onnx.describe import describe
from offline_onnx.errors import MachineError, OfflineModelError
from offline_onnx_page.errors import SiteError
from offline_onnx_page.manifests.earlier import read_earlier
from offline_onnx_page.manifests.files import ModelFiles, read
from offline_onnx_page.manifests.without_running import describe_file

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx.inference.manifest import Manifest

_MAX_REASON = 600
"""The maximum number of characters of the reason why there is no self-test."""


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
    model = ModelFiles.read(file)
    read_earlier(model.manifest_file)  # raises SiteError if it would overwrite something else
    manifest = describe_model(model, name=name or file.stem, version=version, **description)
    model.write(manifest)
    return manifest


def describe_model(model: ModelFiles, **description: Any) -> Manifest:
    """Return the manifest of a model.

    If onnxruntime can't open the model on this machine, the manifest has no self-test, and says
    why.

    Args:
        model: the model's files.
        description: further arguments of `offline_onnx.describe.describe`.

    Raises:
        SiteError: The model can't be described. If the library refuses it, `__cause__` is the
            library's error.

    """
    try:
        return asyncio.run(
            describe(
                model.content,
                file=model.file.name,
                external_data=model.external_data,
                **description,
            )
        )
    except MachineError as error:
        why = " ".join(error.what.split())[:_MAX_REASON].rstrip(".") + "."
        for name in ("self_test", "sample", "dimensions", "tolerance"):
            description.pop(name, None)
        return describe_file(model, why=why, **description)
    except OfflineModelError as error:
        raise SiteError(f"{model.file}: {' '.join(error.what.split())}") from error


def read_sample(file: Path) -> dict[str, Any]:
    """Return the values in a file, by the name of the input.

    Args:
        file: an .npz file of NumPy with an array for each input, or a .json file with an object
            that has nested lists of numbers or strings for each input.

    Raises:
        SiteError: The file can't be read, or is something else.

    """
    content = read(file)
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
