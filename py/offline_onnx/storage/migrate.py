"""What version 0.1 stored, in the form of today."""

from __future__ import annotations

import json

from offline_onnx.inference.json_fields import Fields
from offline_onnx.inference.manifest import Manifest
from offline_onnx.storage.versions import Version


def from_first_schema(text: str, saved: float) -> tuple[str, Version]:
    """Translate a manifest of one input and one output; give its digest and the version.

    saved: what to write for the unknown time, in seconds since 1970. Raises ManifestError.
    """
    fields = Fields.of_json(text, "the manifest")
    raw = {
        "inputs": [fields.object("input")],
        "outputs": [fields.object("output")],
        "metadata": fields.object("metrics"),
        **{key: fields.value(key) for key in ("name", "version", "file", "labels")},
        **{key: fields.value(key) for key in ("size", "sha256")},
    }
    manifest = Manifest.parse(json.dumps(raw))
    return manifest.sha256, Version.of(manifest, saved, whole=True)
