"""From images to a released model: train, convert, prove, choose what it is sure of, write it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from model.data import mnist as dataset
from model.data import taught as extra
from model.evaluation import readings as reading
from model.export import convert, prototypes, weights
from model.export import graph as outputs
from model.export import thresholds as confidence
from model.training import train
from model.training.network import DIGITS
from offline_onnx.describe import describe
from tools.console import say
from tools.env.venv import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.reading.examples import Example
    from model.data.mnist import Digits
    from offline_onnx import Manifest

NAME, VERSION = "digits", "2.1.0"
DRAWINGS, TRAINING = ROOT / ".build" / "drawings", ROOT / ".build" / "training"
PROOF = 1000  # test images on which Keras and onnxruntime must agree
SEEDS = (2, 3)
"""Trained beside the released seed, to see how much of the accuracy is chance."""


def release(source: str, folder: Path, files: Sequence[Path], *, quick: bool) -> None:
    """Write digits.onnx, digits.json and history.json into the folder, each whole or not at all.

    source: where MNIST is, see `dataset.load`. files: of taught examples to learn too. quick: train
    on a slice, for the tests.

    Raises BuildError if a step fails.
    """
    plan = train.QUICK if quick else train.FULL
    examples = extra.read(files)
    content, manifest, history = _made(source, plan, examples)
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        manifest.file: content,
        f"{NAME}.json": manifest.to_json().encode(),
        "history.json": (json.dumps(history, indent=1) + "\n").encode(),
    }
    for file, text in written.items():
        (folder / f"{file}.new").write_bytes(text)
        (folder / f"{file}.new").replace(folder / file)
    train.forget(plan, _state(examples))


def seeds(source: str, folder: Path) -> dict[str, float]:
    """Train with other seeds; write their accuracies on MNIST's test set into seeds.json.

    What was cut short goes on where it stood, trainings that have ended included.
    """
    plans = [dataclasses.replace(train.FULL, seed=seed) for seed in SEEDS]
    found: dict[str, float] = {
        str(plan.seed): _made(source, plan, [])[1].metadata["mnist_test_accuracy"] for plan in plans
    }
    written = {"training": train.fingerprint(train.FULL), "accuracies": found}
    (folder / "seeds.json").write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    for plan in plans:
        train.forget(plan, _state([]))
    return found


def manifest_of(content: bytes, metadata: dict[str, Any]) -> Manifest:
    """Describe the released model. metadata: what was measured, and the `threshold`."""
    description = describe(
        content,
        name=NAME,
        version=VERSION,
        file=f"{NAME}.onnx",
        labels=[str(digit) for digit in range(DIGITS)],
        metadata=metadata,
    )
    return asyncio.run(description)


def _state(examples: Sequence[Example]) -> Path:
    """Give the folder of a training's state: with other examples it is another training."""
    return TRAINING / f"extra-{extra.name(examples)}" if examples else TRAINING


def _made(
    source: str, plan: train.Plan, examples: Sequence[Example]
) -> tuple[bytes, Manifest, list[dict[str, float]]]:
    """Train, convert and prove; give the model, its manifest and the training's history."""
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    scans, test = dataset.load(source)
    data = train.data(scans, plan, DRAWINGS)
    data = dataclasses.replace(data, pen=extra.among(data.pen, examples))
    model, history = train.train(data, plan, _state(examples))
    held_out = (data.held_out_scans, data.held_out_pen)
    temperature = confidence.temperature(
        np.concatenate([_logits(model, digits) for digits in held_out]),
        np.concatenate([digits.labels for digits in held_out]),
    )
    full = outputs.with_layers(convert.convert(model, temperature))
    looks = prototypes.of_classes(full, (data.scans, data.pen), range(DIGITS))
    full = outputs.with_distances(full, looks)
    difference = convert.prove(model, temperature, full, test[:PROOF].as_input())
    say(f"Keras and onnxruntime differ by at most {difference:.1e} on {PROOF} images.")
    content = weights.halve(full)
    changed = convert.prove_same_answers(full, content, test.as_input())
    say(f"Weights of 16 bits change {changed} answers of {len(test)}.")
    reader = reading.recogniser_of(content, manifest_of(content, {}))
    *watched, tested = (
        reading.read(reader, reading.images_of(digits)) for digits in (*held_out, test)
    )
    threshold = confidence.threshold([reading.sureness(readings) for readings in watched])
    found = reading.measured(test.labels, tested)
    metadata = {
        "mnist_test_accuracy": found.accuracy,
        "threshold": round(threshold, 4),
        "temperature": round(temperature, 4),
        "training": train.fingerprint(plan),
        "extra_examples": len(examples),
    }
    return content, manifest_of(content, metadata), history


def _logits(model: Any, digits: Digits) -> Any:
    """Give the network's logits of the ten digits: [N, 10]."""
    return np.asarray(model.predict(digits.as_input(), verbose=0))[:, :DIGITS]
