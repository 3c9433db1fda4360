"""Compare models with their manifests."""

from __future__ import annotations

import hashlib
import json
from shlex import quote
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError
from offline_onnx.inference.manifest import Manifest
from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from offline_onnx.inference.model_file import ModelFile

_MAX_MANIFEST = 8 << 20
"""The maximum size in bytes of a JSON file that can be a manifest."""


def manifest_in(file: Path) -> dict[str, Any] | None:
    """Return the JSON of a manifest; None if the file is something else."""
    if file.suffix != ".json" or file.stat().st_size > _MAX_MANIFEST:
        return None
    try:
        raw = json.loads(file.read_bytes())
    except ValueError:
        return None
    return raw if isinstance(raw, dict) and {"file", "sha256", "inputs"} <= raw.keys() else None


def difference(file: Path, described: ModelFile) -> str:
    """Return how a file differs from its description in a manifest; "" if it does not differ."""
    size = file.stat().st_size
    if size != described.size:
        return f"it has {size} bytes instead of {described.size}"
    whole, chunks = hashlib.sha256(), []
    with file.open("rb") as content:
        while chunk := content.read(max(described.chunk_size, 1)):
            whole.update(chunk)
            chunks.append(hashlib.sha256(chunk).hexdigest())
    damaged = [
        index
        for index, (found, wanted) in enumerate(zip(chunks, described.chunks, strict=False), 1)
        if found != wanted
    ]
    if damaged:
        return f"chunk {damaged[0]} of {len(chunks)} has another SHA-256"
    return "" if whole.hexdigest() == described.sha256 else "it has another SHA-256"


def require_described(files: Iterable[Path]) -> None:
    """Raise SiteError unless every manifest among some files describes the models beside it."""
    for file in files:
        if not (raw := manifest_in(file)):
            continue
        try:
            manifest = Manifest.parse(json.dumps(raw))
        except ManifestError as error:
            raise SiteError(f"{file} is not a valid manifest: {error}") from error
        for each in manifest.files:
            model = file.with_name(each.file)
            if not model.is_file():
                raise SiteError(
                    f"{model} is missing, which {file.name} describes: copy it there, or remove "
                    f"{file.name}."
                )
            if reason := difference(model, each):
                again = quote(str(file.with_name(manifest.file)))
                raise SiteError(
                    f"{model} is not the file that {file.name} describes: {reason}. If the file is "
                    f"right, describe it: offline-onnx manifest {again}"
                )
