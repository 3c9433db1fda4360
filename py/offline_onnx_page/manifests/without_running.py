"""Describe a model from its file alone, without onnxruntime: the manifest has no self-test."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import OfflineModelError
from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.model_file import ModelFile
from offline_onnx.onnxruntime_api.metadata import is_ort_format
from offline_onnx.onnxruntime_api.node_arg import specs_of
from offline_onnx.onnxruntime_api.required_versions import reason_too_new
from offline_onnx_page.errors import SiteError
from offline_onnx_page.new.graph import read_graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offline_onnx_page.manifests.files import ModelFiles


def describe_file(
    model: ModelFiles,
    *,
    why: str,
    name: str,
    version: str,
    labels: Sequence[str] = (),
    metadata: Mapping[str, Any] | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> Manifest:
    """Return the manifest of a model without a self-test. Warn if the model is too new for pages.

    Args:
        model: the model's files.
        why: why there is no self-test.
        name: the name of the model.
        version: the version of the model.
        labels: the names of the classes.
        metadata: further fields.
        chunk_size: the size of a chunk in bytes.

    Raises:
        SiteError: The model can't be described. The message says why.

    """
    file, content = model.file, model.content

    def read(start: int, stop: int) -> bytes:
        return content[start:stop]

    if is_ort_format(len(content), read):
        raise SiteError(
            f"{file} is in onnxruntime's own format, which only onnxruntime can read: give the "
            ".onnx file from which it was made."
        )
    try:
        graph = read_graph(len(content), read)
    except ValueError as error:
        raise SiteError(
            f"{file} is no ONNX file: {error}. Give the file that was exported as ONNX."
        ) from error
    if reason := reason_too_new(len(content), read):
        warnings.warn(reason, stacklevel=2)
    described = ModelFile.of(file.name, content, chunk_size)
    manifest = Manifest(
        name=name,
        version=version,
        file=described.file,
        size=described.size,
        sha256=described.sha256,
        chunk_size=described.chunk_size,
        chunks=described.chunks,
        inputs=specs_of(graph.inputs),
        outputs=specs_of(graph.outputs),
        labels=tuple(labels),
        metadata=dict(metadata or {}),
        no_self_test=why,
        external_data=tuple(
            ModelFile.of(each, data, chunk_size) for each, data in model.external_data.items()
        ),
    )
    try:
        return Manifest.parse(manifest.to_json())  # raises the same errors as a page
    except OfflineModelError as error:
        raise SiteError(f"{file}: {error.what}") from error
