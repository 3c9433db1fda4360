"""Build the released model: load data, train, convert, check, choose the threshold, write files.

The small network that groups strokes is trained first, and written beside the code that uses it.
Then the network that reads is trained with each of SEEDS, and the one that is best on held-out
digits is released. A quick build only trains the network that reads, once.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from digits.reading.contract import ACCURACY, DIGITS, SYMBOLS, THRESHOLD
from model.data import mnist, taught
from model.evaluation import readings
from model.export import convert, graph, prototypes, template_hand, thresholds
from model.training import grouping, train
from offline_onnx.describe import describe
from tools.console import say
from tools.env.venv import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digits.reading.examples import Example
    from model.data.mnist import LabelledImages
    from offline_onnx import Manifest

NAME, VERSION = "digits", "3.1.0"
STATES = ROOT / ".build" / "training"
"""The folder for the states of trainings whose results have not been written yet."""
CHECKED_IMAGES = 1000
"""Number of MNIST test images on which the outputs of Keras and onnxruntime are compared."""
SEEDS = (1, 2, 3)
"""Seeds of the trainings. The network with the smallest loss on held-out digits is released."""


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        seed: The seed of the training.
        network: The Keras model.
        loss: The loss on held-out digits, see `held_out_loss`.
        history: The training's history, see `train.train`.
        fingerprint: The training's fingerprint, see `train.fingerprint`.
        state: The file with the training's state, to be deleted after the model is written.
    """

    seed: int
    network: Any
    loss: float
    history: list[dict[str, float]]
    fingerprint: str
    state: Path


def release(source: str, folder: Path, files: Sequence[Path], *, quick: bool) -> None:
    """Train and convert a model; write it into a folder, each file atomically.

    The files are digits.onnx, digits.json, history.json of the training, and seeds.json with the
    accuracy of the other trainings on MNIST's test set. After an interruption, the next call
    resumes the interrupted training of the network that reads, and does not repeat its finished
    trainings.

    Args:
        source: The location of MNIST, see `mnist.load`.
        folder: The folder. It is created if needed.
        files: Files of taught examples. They replace a part of the synthetic digits.
        quick: Train for a minute on a part of the data: only the network that reads, with the
            first seed.

    Raises:
        BuildError: A step failed.
    """
    if not quick:
        grouping.train_grouping()
        template_hand.write_template_hand()
    plan, seeds = (train.QUICK, SEEDS[:1]) if quick else (train.FULL, SEEDS)
    examples = taught.read(files)
    training, test = mnist.load(source)
    data = _data(training, plan, examples)
    trained = [
        _train(data, dataclasses.replace(plan, seed=seed), f"Training {number} of {len(seeds)}")
        for number, seed in enumerate(seeds, 1)
    ]
    best = min(trained, key=lambda each: each.loss)
    content, manifest = _convert(best, data, test, len(examples))
    accuracies = {each.seed: _accuracy(each.network, test) for each in trained if each is not best}
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        manifest.file: content,
        f"{NAME}.json": manifest.to_json().encode(),
        "history.json": _json(best.history),
        "seeds.json": _json({"training": best.fingerprint, "accuracies": accuracies}),
    }
    for file, written in contents.items():
        (folder / f"{file}.new").write_bytes(written)
        (folder / f"{file}.new").replace(folder / file)
    for each in trained:
        train.delete_state(each.state)


def held_out_loss(network: Any, data: train.Data) -> float:
    """Return the mean of the cross-entropies on held-out scans and on held-out synthetic digits.

    Images of signs are left out: without their place on a line, a dot, a comma and a 1 often look
    the same.
    """
    losses = [
        keras.losses.sparse_categorical_crossentropy(
            held_out.labels, network.predict(held_out.as_input(), verbose=0), from_logits=True
        )
        for held_out in (data.held_out_scans, data.held_out_synthetic)
    ]
    return float(np.mean([np.mean(each) for each in losses]))


def manifest_of(content: bytes, metadata: dict[str, Any]) -> Manifest:
    """Return the manifest of an ONNX model, with the given metadata."""
    description = describe(
        content,
        name=NAME,
        version=VERSION,
        file=f"{NAME}.onnx",
        labels=list(DIGITS),
        metadata=metadata,
    )
    return asyncio.run(description)


def _data(training: LabelledImages, plan: train.Plan, examples: Sequence[Example]) -> train.Data:
    """Return the images of a training, with taught examples among the synthetic digits."""
    data = train.prepare_data(training, plan)
    return dataclasses.replace(data, synthetic=taught.mix_into(data.synthetic, examples))


def _train(data: train.Data, plan: train.Plan, title: str) -> Trained:
    """Train the network that reads. title: The title of the progress bar."""
    fingerprint = train.fingerprint(data, plan)
    state = STATES / f"{fingerprint}.keras"
    network, history = train.train(data, plan, state, title)
    loss = held_out_loss(network, data)
    say(f"Seed {plan.seed}: the loss on held-out digits is {loss:.4f}.")
    return Trained(plan.seed, network, loss, history, fingerprint, state)


def _convert(
    trained: Trained, data: train.Data, test: LabelledImages, example_count: int
) -> tuple[bytes, Manifest]:
    """Convert and check a network; choose its temperature and threshold.

    Returns:
        The ONNX model, and its manifest with metadata.
    """
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    network = trained.network

    held_out = (data.held_out_scans, data.held_out_synthetic)
    temperature = thresholds.choose_temperature(
        np.concatenate([_digit_logits(network, digits) for digits in held_out]),
        np.concatenate([digits.labels for digits in held_out]),
    )

    float32_model = graph.with_layer_outputs(convert.convert(network, temperature))
    of_digits = prototypes.find_prototypes(
        float32_model, (data.scans, data.synthetic), range(len(DIGITS))
    )
    # There are two sources of digits and one of signs. It is given twice, because the output
    # `distances` needs equally many prototypes for every class.
    of_signs = prototypes.find_prototypes(
        float32_model, (data.signs, data.signs), range(len(DIGITS), len(SYMBOLS))
    )
    found = np.concatenate([of_digits, of_signs])
    float32_model = graph.with_distance_output(float32_model, found)
    checked = test[:CHECKED_IMAGES].as_input()
    difference = convert.check_outputs(network, temperature, float32_model, checked)
    say(
        f"The outputs of Keras and onnxruntime differ by at most {difference:.1e} "
        f"on {CHECKED_IMAGES} images."
    )
    content = graph.with_float16_weights(float32_model)
    changed = convert.check_predictions(float32_model, content, test.as_input())
    say(f"The float16 weights change {changed} of {len(test)} predictions.")

    recogniser = readings.open_recogniser(content, manifest_of(content, {}))
    *held_out_readings, test_readings = (
        readings.read(recogniser, readings.images_of(digits)) for digits in (*held_out, test)
    )
    threshold = thresholds.choose_threshold(
        [readings.confidences(each) for each in held_out_readings]
    )
    metadata = {
        ACCURACY: readings.predictions(test.labels, test_readings).accuracy,
        THRESHOLD: round(threshold, 4),
        "temperature": round(temperature, 4),
        "training": trained.fingerprint,
        "seed": trained.seed,
        "extra_examples": example_count,
    }
    return content, manifest_of(content, metadata)


def _digit_logits(network: Any, digits: LabelledImages) -> Any:
    """Return the network's logits of the ten digits: [N, 10]."""
    return np.asarray(network.predict(digits.as_input(), verbose=0))[:, : len(DIGITS)]


def _accuracy(network: Any, digits: LabelledImages) -> float:
    return float((_digit_logits(network, digits).argmax(1) == digits.labels).mean())


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
