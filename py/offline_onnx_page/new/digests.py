"""Write a manifest without a self-test, for which no onnxruntime is needed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from offline_onnx.inference.manifest import CHUNK_SIZE, Manifest
from offline_onnx.inference.model_file import ModelFile

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx_page.new.given_model import GivenModel

NO_RUNTIME = "onnxruntime was not installed when the manifest was written."
LEFT_OUT = "The publisher has left it out."
"""Two reasons for which a manifest has no self-test, see `Manifest.no_self_test`. LEFT_OUT is equal
to the constant in `describe.description`, which can't be imported without onnxruntime."""


def write_manifest(model: GivenModel, reason: str) -> None:
    """Write the manifest of a model beside its file: digests, inputs, outputs and labels.

    Args:
        model: the model.
        reason: why there is no self-test.

    """
    file = _digests(model.file)
    manifest = Manifest(
        name=model.file.stem,
        version="1",
        file=file.file,
        size=file.size,
        sha256=file.sha256,
        chunk_size=file.chunk_size,
        chunks=file.chunks,
        inputs=model.inputs,
        outputs=model.outputs,
        labels=model.labels,
        no_self_test=reason,
        external_data=tuple(map(_digests, model.external)),
    )
    model.file.with_suffix(".json").write_text(manifest.to_json(), "utf-8")


def _digests(file: Path) -> ModelFile:
    """Return the size and the digests of a file. Only one chunk at a time is in memory."""
    whole, chunks = hashlib.sha256(), []
    with file.open("rb") as content:
        while chunk := content.read(CHUNK_SIZE):
            whole.update(chunk)
            chunks.append(hashlib.sha256(chunk).hexdigest())
    return ModelFile(file.name, file.stat().st_size, whole.hexdigest(), CHUNK_SIZE, tuple(chunks))
