"""Fit the network: with a fixed seed, and resumable after each epoch.

The last images of MNIST's training set are held out for validation. The test set is not used here.
After each epoch the whole state (weights, optimizer, step) is written to one file, and the same
training, started again, resumes from it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from model.data import batches, drawings
from model.training import network
from model.training.callbacks import History, Progress, Save

if TYPE_CHECKING:
    from pathlib import Path

    from model.data.mnist import Digits

LOOP = 1
"""Version of the loop in `train`. Raise it with any change there that changes the weights."""


@dataclass(frozen=True)
class Plan:
    """Sizes and hyperparameters of a training.

    Attributes:
        scans: Images of MNIST's training set to learn from, the first ones.
        validation: Images of MNIST's training set to hold out, the last ones; and as many pen
            digits.
        pen: Synthetic pen digits to learn from.
        not_digits: Synthetic drawings to learn from that are not digits.
        epochs: Number of epochs.
        steps: Batches in an epoch.
        shares: How many scans, pen digits and drawings that are not digits are in a batch.
        peak_rate: Highest learning rate, reached after the warm-up.
        weight_decay: Weight decay of AdamW.
        ema: Momentum of the moving average of the weights, which is what is released.
        seed: Seed of the initial weights, the synthetic drawings and the batches.
    """

    scans: int
    validation: int
    pen: int
    not_digits: int
    epochs: int
    steps: int
    shares: tuple[int, int, int] = (82, 32, 14)
    peak_rate: float = 3e-3
    weight_decay: float = 0.01
    ema: float = 0.999
    seed: int = 1


FULL = Plan(scans=55_000, validation=5_000, pen=30_000, not_digits=15_000, epochs=50, steps=500)
QUICK = Plan(
    scans=10_000,
    validation=1_000,
    pen=1_000,
    not_digits=500,
    epochs=3,
    steps=200,
    shares=(40, 16, 8),
    ema=0.95,
)


@dataclass(frozen=True)
class Data:
    """Images to learn from, and held-out images to watch the training with."""

    scans: Digits
    pen: Digits
    not_digits: Digits
    held_out_scans: Digits
    held_out_pen: Digits


def data(scans: Digits, plan: Plan) -> Data:
    """Split MNIST's training set, and generate the synthetic drawings."""
    return Data(
        scans[: plan.scans],
        drawings.images("pen", plan.pen, plan.seed),
        drawings.images("training", plan.not_digits, plan.seed),
        scans[len(scans) - plan.validation :],
        drawings.images("pen", plan.validation, plan.seed + 1000),
    )


def train(data: Data, plan: Plan, state: Path) -> tuple[Any, list[dict[str, float]]]:
    """Train the network, or resume its training.

    Args:
        data: The images.
        plan: The hyperparameters.
        state: The .keras file that holds the state between epochs. If it exists, it must be of a
            training with the same `fingerprint`. The history is saved beside it.

    Returns:
        The network with its averaged weights, and the history: for each epoch `epoch` (from 1),
        `loss` on the training images, `validation_loss` and `validation_accuracy` on the held-out
        scans, `pen_accuracy` on the held-out pen digits, and `rate`, the learning rate at the
        epoch's end.
    """
    keras.utils.set_random_seed(plan.seed)
    tf.config.experimental.enable_op_determinism()
    state.parent.mkdir(parents=True, exist_ok=True)
    model = keras.models.load_model(state) if state.exists() else _compiled(plan)
    done = int(model.optimizer.iterations) // plan.steps
    if done:
        print(f"Resuming after epoch {done} of {plan.epochs}.", file=sys.stderr)
    history = History(data.held_out_pen, state.with_suffix(".json"))
    model.fit(
        _batches(data, plan, range(done * plan.steps, plan.epochs * plan.steps)),
        shuffle=False,  # `batches` has shuffled already
        steps_per_epoch=plan.steps,
        initial_epoch=done,
        epochs=plan.epochs,
        validation_data=(data.held_out_scans.as_input(), data.held_out_scans.labels),
        validation_batch_size=500,
        verbose=0,
        callbacks=[
            history,  # before the averaged weights are swapped out again
            keras.callbacks.SwapEMAWeights(),
            Progress(plan.epochs * plan.steps, done * plan.steps),
            Save(state),
        ],
    )
    return model, history.entries


def delete_state(state: Path) -> None:
    """Delete the saved state and history of a training that has ended."""
    state.unlink()
    state.with_suffix(".json").unlink()


def fingerprint(data: Data, plan: Plan) -> str:
    """Return a digest of everything that determines the trained weights.

    It covers the plan, all images, the first distorted batches, the configuration of the network
    with its loss and optimizer, and the versions of Keras and TensorFlow. These are values, not
    source code: code can be moved, renamed and reworded without losing a training that was stopped.
    The loop in `train` has no such value; `LOOP` stands for it.
    """
    network_config = json.loads(_compiled(plan).to_json())
    for part in (
        *network_config["config"]["layers"],
        network_config["compile_config"]["optimizer"],
    ):
        del part["config"]["name"]  # Keras numbers names within a process: "conv2d_7"
    config = [repr(plan), LOOP, keras.__version__, tf.__version__, network_config]
    digest = hashlib.sha256(json.dumps(config).encode())
    for field in fields(data):
        digits = getattr(data, field.name)
        digest.update(np.ascontiguousarray(digits.images))
        digest.update(np.ascontiguousarray(digits.labels))
    for images, labels in _batches(data, plan, range(2)):
        digest.update(images.numpy())
        digest.update(labels.numpy())
    return digest.hexdigest()[:12]


def _batches(data: Data, plan: Plan, steps: range) -> Any:
    sources = zip((data.scans, data.pen, data.not_digits), plan.shares, strict=True)
    return batches.batches(list(sources), plan.seed, steps)


def _compiled(plan: Plan) -> Any:
    model = network.build()
    total = plan.epochs * plan.steps
    warm_up = total // 20
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, total - warm_up, warmup_target=plan.peak_rate, warmup_steps=warm_up
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate, weight_decay=plan.weight_decay, use_ema=True, ema_momentum=plan.ema
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model
