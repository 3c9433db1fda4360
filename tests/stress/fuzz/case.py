"""The case of a seed: a model's file and its manifest, of which one is hostile, or neither."""

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
_MANIFEST_BYTES = ("bits_flipped", "cut", "spliced", "grown", "noise", "zip_bomb", "other_file")
HONEST, SWAPPED = "honest", "files swapped"
KINDS = (
    *(f"model: {name}" for name in (*wrong_bytes.KINDS, *wrong_graphs.KINDS)),
    *(f"manifest: {name}" for name in (*wrong_manifests.KINDS, *_MANIFEST_BYTES)),
    SWAPPED,
    HONEST,
)


@dataclass(frozen=True)
class Case:
    """The contents of two files; `kind` is one of KINDS."""

    seed: int
    kind: str
    model: bytes
    manifest: bytes


@functools.cache
def honest() -> tuple[tuple[bytes, str], ...]:
    """Return three honest models with their manifests: a digit reader, the app's own, another."""
    models: dict[str, tuple[bytes, dict[str, Any]]] = {
        "six": (constant_digit(6), {"labels": list(DIGITS)}),
        "iris": (iris(), {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        published = [
            (content, write_model(Path(folder), content, name, **more).to_json())
            for name, (content, more) in models.items()
        ]
    app = ((MODEL / "digits.onnx").read_bytes(), (MODEL / "digits.json").read_text("utf-8"))
    published.insert(1, app)
    return tuple((content, _named(json.loads(text))) for content, text in published)


def case(seed: int) -> Case:
    """Return the case of a seed; neighbouring seeds are of different kinds."""
    dice = Random(seed)  # noqa: S311  # repeatable, not secret
    kind = KINDS[seed % len(KINDS)]
    content, text = dice.choices(honest(), [2, 2, 1])[0]
    what, _, name = kind.partition(": ")
    if what == "model" and name in wrong_bytes.KINDS:
        content = wrong_bytes.KINDS[name](content, dice)
        text = _fitting(json.loads(text), content)
    elif what == "model":
        content = wrong_graphs.KINDS[name](content, dice)
        manifest = json.loads(honest()[0][1])
        if dice.random() < 0.5:
            del manifest["self_test"]
        text = _fitting(manifest, content)
    elif what == "manifest" and name in wrong_manifests.KINDS:
        manifest = json.loads(text)
        wrong_manifests.KINDS[name](manifest, dice)
        text = _written(manifest)
    elif what == "manifest":
        return Case(seed, kind, content, wrong_bytes.KINDS[name](text.encode(), dice))
    elif kind == SWAPPED:
        text = dice.choice([other for _, other in honest() if other != text])
        if dice.random() < 0.5:
            text = _fitting(json.loads(text), content)
    return Case(seed, kind, content, text.encode("utf-8", "surrogatepass"))


def _named(manifest: dict[str, Any]) -> str:
    return json.dumps({**manifest, "file": FILE})


def _fitting(manifest: dict[str, Any], content: bytes) -> str:
    """Write other bytes' size and digests into a manifest, so that they pass verification."""
    digest = hashlib.sha256(content).hexdigest()
    whole = {"size": len(content), "sha256": digest, "chunk_size": len(content), "chunks": [digest]}
    return json.dumps({**manifest, **whole})


def _written(manifest: dict[str, Any]) -> str:
    """Return a manifest's JSON, with what `wrong_manifests.raw` marked unquoted."""
    return re.sub(
        r'"raw((?:[^"\\]|\\.)*)war"',
        lambda found: str(json.loads(f'"{found[1]}"')),
        json.dumps(manifest),
    )
