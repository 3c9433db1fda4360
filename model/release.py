"""From images to a released model: train, convert, prove, evaluate, write it and its manifest."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from model import convert, dataset, evaluate, train
from model.network import CLASSES
from offline_onnx.describe import describe
from tools.report import say
from tools.venv import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from offline_onnx import Manifest

NAME, VERSION = "digits", "1.0.0"
PROOF = 1000  # test images on which Keras and onnxruntime must agree


def release(source: str, folder: Path, *, quick: bool) -> None:
    """Write digits.onnx and digits.json into the folder, each whole or not at all.

    source: where MNIST is, see `dataset.load`. quick: train on a slice, for the tests.

    Raises BuildError if a step fails.
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    training, test = dataset.load(source)
    plan = train.QUICK if quick else train.FULL
    state = ROOT / ".build" / "training"
    model = train.train(training, plan, state)
    content = convert.convert(model)
    difference = convert.prove(model, content, test[:PROOF].as_input())
    say(f"Keras and onnxruntime differ by at most {difference:.1e} on {PROOF} images.")
    accuracy = evaluate.on_mnist(evaluate.recogniser_of(content, manifest_of(content, {})), test)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = manifest_of(content, {"mnist_test_accuracy": accuracy.accuracy})
    for file, written in ((manifest.file, content), (f"{NAME}.json", manifest.to_json().encode())):
        (folder / f"{file}.new").write_bytes(written)
        (folder / f"{file}.new").replace(folder / file)
    train.state_file(plan, state).unlink()
    say(evaluate.as_text(accuracy, {}))


def manifest_of(content: bytes, metadata: dict[str, Any]) -> Manifest:
    """Describe the released model. metadata: what was measured."""
    description = describe(
        content,
        name=NAME,
        version=VERSION,
        file=f"{NAME}.onnx",
        labels=[str(digit) for digit in range(CLASSES)],
        metadata=metadata,
    )
    return asyncio.run(description)
