"""Builds the case of a seed: a model's file and its manifest. At most one of them is hostile."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from digits.reading.contract import DIGITS
from tests.stress.fuzz import wrong_bytes, wrong_graphs, wrong_manifests
from tests.support.small_models import constant_digit, iris, write_model
from tools.site.bundle import MODEL

FILE = "model.onnx"
"""The model's file name in every case."""
_MANIFEST_CORRUPTIONS = (
    "bits_flipped",
    "truncated",
    "section_moved",
    "bytes_inserted",
    "random_bytes",
    "zip_bomb",
    "other_file",
)
"""The functions of `wrong_bytes` that also corrupt manifests."""
BENIGN, SWAPPED = "benign", "files swapped"
KINDS = (
    *(f"model: {name}" for name in (*wrong_bytes.KINDS, *wrong_graphs.KINDS)),
    *(f"manifest: {name}" for name in (*wrong_manifests.KINDS, *_MANIFEST_CORRUPTIONS)),
    SWAPPED,
    BENIGN,
)
"""The kinds of cases. SWAPPED has the manifest of another model. BENIGN has no hostile file."""


@dataclass(frozen=True)
class Case:
    """A model's file and a manifest, as bytes.

    Attributes:
        seed: The seed of the case.
        kind: One of KINDS.
        model: The content of the model's file.
        manifest: The content of the manifest's file.
    """

    seed: int
    kind: str
    model: bytes
    manifest: bytes


@functools.cache
def benign_models() -> tuple[tuple[bytes, str], ...]:
    """Return three valid models with their manifests.

    The first reads every image as 6, the second is the app's own model, and the third does not read
    digits.
    """
    models: dict[str, tuple[bytes, dict[str, Any]]] = {
        "six": (constant_digit(6), {"labels": list(DIGITS)}),
        "iris": (iris(), {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        models_and_manifests = [
            (content, write_model(Path(folder), content, name, **more).to_json())
            for name, (content, more) in models.items()
        ]
    app = ((MODEL / "digits.onnx").read_bytes(), (MODEL / "digits.json").read_text("utf-8"))
    models_and_manifests.insert(1, app)
    return tuple(
        (content, _with_file_name(json.loads(text))) for content, text in models_and_manifests
    )


def build_case(seed: int) -> Case:
    """Return the case of a seed. Consecutive seeds lead to different kinds of cases."""
    rng = Random(seed)  # noqa: S311  # repeatable, not secret
    kind = KINDS[seed % len(KINDS)]
    content, text = rng.choices(benign_models(), [2, 2, 1])[0]
    target, _, name = kind.partition(": ")
    if target == "model" and name in wrong_bytes.KINDS:
        content = wrong_bytes.KINDS[name](content, rng)
        text = _with_digests(json.loads(text), content)
    elif target == "model":
        content = wrong_graphs.KINDS[name](content, rng)
        manifest = json.loads(benign_models()[0][1])
        if rng.random() < 0.5:
            del manifest["self_test"]
        text = _with_digests(manifest, content)
    elif target == "manifest" and name in wrong_manifests.KINDS:
        manifest = json.loads(text)
        wrong_manifests.KINDS[name](manifest, rng)
        text = _to_json(manifest)
    elif target == "manifest":
        return Case(seed, kind, content, wrong_bytes.KINDS[name](text.encode(), rng))
    elif kind == SWAPPED:
        text = rng.choice([other for _, other in benign_models() if other != text])
        if rng.random() < 0.5:
            text = _with_digests(json.loads(text), content)
    return Case(seed, kind, content, text.encode("utf-8", "surrogatepass"))


def _with_file_name(manifest: dict[str, Any]) -> str:
    """Return a manifest as JSON, with the file name FILE."""
    return json.dumps({**manifest, "file": FILE})


def _with_digests(manifest: dict[str, Any], content: bytes) -> str:
    """Return a manifest as JSON, with the right size and digests of `content`."""
    digest = hashlib.sha256(content).hexdigest()
    size = len(content)
    fields = {"size": size, "sha256": digest, "chunk_size": size, "chunks": [digest]}
    return json.dumps({**manifest, **fields})


def _to_json(manifest: dict[str, Any]) -> str:
    """Return a manifest as JSON, without quotes around text from `wrong_manifests.unquoted`."""
    return re.sub(
        r'"raw((?:[^"\\]|\\.)*)war"',
        lambda match: str(json.loads(f'"{match[1]}"')),
        json.dumps(manifest),
    )
