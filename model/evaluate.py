"""How well the released model reads: MNIST's test set, and strokes through the app's own pipeline.

Stroke files are JSON lines, gzipped: {"label": "7", "strokes": [[[x, y], ...], ...]}, y down, at
any scale. A drawing whose label is null is no digit and is left out of the accuracy.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from array import array
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from digits.raster import rasterise
from digits.recognise import Recogniser
from offline_onnx import Manifest, Model
from offline_onnx.native import NativeSession
from tools.report import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.ink import Stroke
    from digits.raster import Image
    from model.dataset import Digits

BATCH = 500


class StrokeFileError(BuildError):
    """A stroke file can't be read; the message says which line is wrong."""


@dataclass(frozen=True)
class Accuracy:
    """The share of digits read right: of all, and of each label."""

    count: int
    accuracy: float
    by_label: dict[str, float]


def recogniser(folder: Path) -> Recogniser:
    """Open the model in the folder (digits.json and the file it names) with native onnxruntime."""
    manifest = Manifest.parse((folder / "digits.json").read_text("utf-8"))
    return recogniser_of((folder / manifest.file).read_bytes(), manifest)


def recogniser_of(content: bytes, manifest: Manifest) -> Recogniser:
    """Open a model in memory with native onnxruntime."""
    return Recogniser(Model(manifest, NativeSession(content)))


def on_mnist(reader: Recogniser, digits: Digits) -> Accuracy:
    """Measure on scanned digits, as they are."""
    images = [array("f", image.tobytes()) for image in digits.as_input()]
    return measure(reader, images, [str(label) for label in digits.labels])


def on_strokes(reader: Recogniser, file: Path) -> Accuracy:
    """Measure on drawn digits, through `digits.raster`. Raises StrokeFileError."""
    drawings = [drawing for drawing in read_strokes(file) if drawing[0] is not None]
    if not drawings:
        raise StrokeFileError(f"{file} holds no digit.")
    for label, strokes in drawings:
        if label not in reader.model.labels or not any(strokes):
            raise StrokeFileError(
                f"{file}: a drawing with the label {label!r} and {len(strokes)} strokes; needed "
                f"are one of {', '.join(reader.model.labels)} (or null), and a stroke."
            )
    images = [rasterise(strokes) for _, strokes in drawings]
    return measure(reader, images, [str(label) for label, _ in drawings])


def read_strokes(file: Path) -> list[tuple[str | None, list[Stroke]]]:
    """Read a stroke file: the label of each drawing, and its strokes. Raises StrokeFileError."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as text:
            lines = text.readlines()
    except gzip.BadGzipFile as error:
        raise StrokeFileError(f"{file} is not gzipped; compress it with `gzip`.") from error
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StrokeFileError(f"{file} can't be read: {reason}.") from error
    return [_drawing(f"{file}, line {number}", line) for number, line in enumerate(lines, 1)]


def _drawing(where: str, line: str) -> tuple[str | None, list[Stroke]]:
    try:
        raw = json.loads(line)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in raw["strokes"]]
        return raw["label"], strokes
    except (ValueError, KeyError, TypeError) as error:
        raise StrokeFileError(
            f"{where}: not a drawing ({type(error).__name__}: {error})."
        ) from error


def as_json(mnist: Accuracy, strokes: dict[str, Accuracy]) -> str:
    """Write the result: `mnist_test_accuracy`, and `strokes` with one entry a file."""
    return json.dumps(
        {
            "mnist_test_accuracy": mnist.accuracy,
            "mnist_test": asdict(mnist),
            "strokes": [{"file": name, **asdict(found)} for name, found in strokes.items()],
        },
        indent=2,
    )


def as_text(mnist: Accuracy, strokes: dict[str, Accuracy]) -> str:
    """Write the result as a table: a row a set, a column a digit."""
    rows = [("MNIST test", mnist), *strokes.items()]
    digits = sorted(mnist.by_label)
    lines = [f"{'':32} {'count':>6} {'all':>8} " + " ".join(f"{digit:>6}" for digit in digits)]
    for name, found in rows:
        each = " ".join(
            f"{found.by_label[digit]:6.1%}" if digit in found.by_label else f"{'-':>6}"
            for digit in digits
        )
        lines.append(f"{name[-32:]:32} {found.count:6} {found.accuracy:8.2%} {each}")
    return "\n".join(lines)


def measure(reader: Recogniser, images: Sequence[Image], labels: Sequence[str]) -> Accuracy:
    """Read all images in batches and count what is right."""
    read = asyncio.run(_read(reader, images))
    right = [found == label for found, label in zip(read, labels, strict=True)]
    by_label = {
        label: _share([ok for ok, other in zip(right, labels, strict=True) if other == label])
        for label in sorted(set(labels))
    }
    return Accuracy(len(labels), _share(right), by_label)


async def _read(reader: Recogniser, images: Sequence[Image]) -> list[str]:
    found = []
    for start in range(0, len(images), BATCH):
        found += [reading.label for reading in await reader.read(images[start : start + BATCH])]
    return found


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)
