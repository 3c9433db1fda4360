"""Write all models and their manifests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from offline_onnx.describe import describe
from offline_onnx_page.new.templates import FOLDER
from tools.console import say
from tools.template_models import colours, iris, languages, loudness

if TYPE_CHECKING:
    from pathlib import Path

MODELS: dict[str, tuple[bytes, list[str], dict[str, Any]]] = {
    "iris": (iris.model(), iris.LABELS, {"features": [[6.7, 3.0, 5.2, 2.3]]}),
    "colours": (colours.model(), list(colours.COLOURS), {"image": colours.SAMPLE}),
    "loudness": (loudness.model(), loudness.LABELS, loudness.SAMPLE),
    "languages": (languages.model(), languages.LABELS, {"text": [languages.SAMPLE]}),
}
"""By name, the bytes of each model, its labels, and the sample of its self-test."""


def write(folder: Path) -> None:
    """Write all models and their manifests into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (content, labels, sample) in MODELS.items():
        file = f"{name}.onnx"
        manifest = asyncio.run(
            describe(content, name=name, version="1", file=file, labels=labels, sample=sample)
        )
        (folder / file).write_bytes(content)
        (folder / f"{name}.json").write_text(manifest.to_json(), "utf-8")
        say(f"{file}: {len(content)} bytes")


if __name__ == "__main__":
    write(FOLDER / "models")
