"""Build the released model: load data, train, convert, check, choose the threshold, write files.

The small network that groups strokes is trained first, and written beside the code that uses it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from typing import TYPE_CHECKING, Any

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

NAME, VERSION = "digits", "3.0.0"
STATES = ROOT / ".build" / "training"
"""The folder for the states of trainings that have not finished."""
CHECKED_IMAGES = 1000
"""Number of MNIST test images on which the outputs of Keras and onnxruntime are compared."""
OTHER_SEEDS = (2, 3)
"""Seeds of the trainings that show how much the accuracy depends on chance."""


@dataclasses.dataclass(frozen=True)
class BuiltModel:
    """A trained and converted model.

    Attributes:
        content: The ONNX model.
        manifest: The model's description and metadata.
        history: The training's history, see `train.train`.
        state: The file with the training's state, to be deleted after the model is written.
    """

    content: bytes
    manifest: Manifest
    history: list[dict[str, float]]
    state: Path


def release(source: str, folder: Path, files: Sequence[Path], *, quick: bool) -> None:
    """Train and convert a model; write digits.onnx, digits.json and history.json into a folder.

    Each file is written atomically.

    Args:
        source: The location of MNIST, see `mnist.load`.
        folder: The folder. It is created if needed.
        files: Files of taught examples to add to the training images.
        quick: Train for a minute on a part of the data, and only the network that reads.

    Raises:
        BuildError: A step failed.
    """
    if not quick:
        grouping.train_grouping()
        template_hand.write_template_hand()
    plan = train.QUICK if quick else train.FULL
    examples = taught.read(files)
    training, test = mnist.load(source)
    built = _build(_data(training, plan, examples), test, plan, len(examples))
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        built.manifest.file: built.content,
        f"{NAME}.json": built.manifest.to_json().encode(),
        "history.json": (json.dumps(built.history, indent=1) + "\n").encode(),
    }
    for file, content in contents.items():
        (folder / f"{file}.new").write_bytes(content)
        (folder / f"{file}.new").replace(folder / file)
    train.delete_state(built.state)


def train_other_seeds(source: str, folder: Path) -> dict[str, float]:
    """Train with each of OTHER_SEEDS, and write the accuracies on MNIST's test set to seeds.json.

    After an interruption, the next call resumes the interrupted training, and does not repeat a
    finished training.

    Args:
        source: The location of MNIST, see `mnist.load`.
        folder: The folder of seeds.json.

    Returns:
        The accuracy for each seed.
    """
    training, test = mnist.load(source)
    accuracies: dict[str, float] = {}
    states = []
    for seed in OTHER_SEEDS:
        plan = dataclasses.replace(train.FULL, seed=seed)
        built = _build(_data(training, plan, []), test, plan, 0)
        accuracies[str(seed)] = built.manifest.metadata[ACCURACY]
        states.append(built.state)
    # The report uses these accuracies only if the released model has the same fingerprint.
    fingerprint = train.fingerprint(_data(training, train.FULL, []), train.FULL)
    written = {"training": fingerprint, "accuracies": accuracies}
    (folder / "seeds.json").write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    for state in states:
        train.delete_state(state)
    return accuracies


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


def _build(
    data: train.Data, test: LabelledImages, plan: train.Plan, example_count: int
) -> BuiltModel:
    """Train, convert and check the network; choose its temperature and threshold."""
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    fingerprint = train.fingerprint(data, plan)
    state = STATES / f"{fingerprint}.keras"
    network, history = train.train(data, plan, state)

    held_out = (data.held_out_scans, data.held_out_synthetic)
    temperature = thresholds.choose_temperature(
        np.concatenate([_digit_logits(network, digits) for digits in held_out]),
        np.concatenate([digits.labels for digits in held_out]),
    )

    float32_model = graph.with_layer_outputs(convert.convert(network, temperature))
    of_digits = prototypes.find_prototypes(
        float32_model, (data.scans, data.synthetic), range(len(DIGITS))
    )
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
        "training": fingerprint,
        "extra_examples": example_count,
    }
    return BuiltModel(content, manifest_of(content, metadata), history, state)


def _digit_logits(network: Any, digits: LabelledImages) -> Any:
    """Return the network's logits of the ten digits: [N, 10]."""
    return np.asarray(network.predict(digits.as_input(), verbose=0))[:, : len(DIGITS)]
