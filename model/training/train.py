"""Train the network with a fixed seed. An interrupted training can be resumed.

The last images of MNIST's training set are held out for validation. MNIST's test set is not used
here. After each epoch, the whole state (weights, optimizer, step) is written to one file. If the
same training is started again, it resumes from this file.
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

    from model.data.mnist import LabelledImages

LOOP_VERSION = 1
"""Version of the function `train`. Increase it when a change of its code changes the weights."""


@dataclass(frozen=True)
class Plan:
    """Sizes and hyperparameters of a training.

    The names and values of the attributes are part of the training's `fingerprint`.

    Attributes:
        scans: Number of training images from MNIST, the first of its training set.
        validation: Number of held-out images from MNIST, the last of its training set; also the
            number of held-out synthetic digits.
        pen: Number of synthetic digits for training, written by `model.writing.handwriting`.
        signs: Number of synthetic signs for training.
        not_digits: Number of synthetic drawings for training that show no symbol.
        epochs: Number of epochs.
        steps: Number of batches in an epoch.
        shares: Numbers of scans, of synthetic digits, of signs and of `not_digits` in a batch.
        peak_rate: Highest learning rate, reached after the warm-up.
        weight_decay: Weight decay of AdamW.
        ema: Momentum of the exponential moving average of the weights. The released weights are
            these averages.
        seed: Seed of the initial weights, the synthetic drawings and the batches.
    """

    scans: int
    validation: int
    pen: int
    signs: int
    not_digits: int
    epochs: int
    steps: int
    shares: tuple[int, int, int, int] = (76, 44, 20, 20)
    peak_rate: float = 3e-3
    weight_decay: float = 0.01
    ema: float = 0.999
    seed: int = 1


FULL = Plan(
    scans=55_000,
    validation=5_000,
    pen=60_000,
    signs=22_000,
    not_digits=20_000,
    epochs=40,
    steps=500,
)
QUICK = Plan(
    scans=10_000,
    validation=1_000,
    pen=1_000,
    signs=550,
    not_digits=500,
    epochs=3,
    steps=200,
    shares=(36, 16, 8, 8),
    ema=0.95,
)


@dataclass(frozen=True)
class Data:
    """The images of a training.

    Attributes:
        scans: Digits from MNIST, for training.
        synthetic: Synthetic digits, for training.
        signs: Synthetic signs, for training.
        not_digits: Synthetic drawings that show no symbol, for training.
        held_out_scans: Digits from MNIST, for validation.
        held_out_synthetic: Synthetic digits, for validation.
    """

    scans: LabelledImages
    synthetic: LabelledImages
    signs: LabelledImages
    not_digits: LabelledImages
    held_out_scans: LabelledImages
    held_out_synthetic: LabelledImages


def prepare_data(scans: LabelledImages, plan: Plan) -> Data:
    """Split MNIST's training set, and generate the synthetic drawings."""
    return Data(
        scans[: plan.scans],
        drawings.draw_images(drawings.SYNTHETIC_DIGITS, plan.pen, plan.seed),
        drawings.draw_images(drawings.SYNTHETIC_SIGNS, plan.signs, plan.seed),
        drawings.draw_images(drawings.TRAINING_NON_DIGITS, plan.not_digits, plan.seed),
        scans[len(scans) - plan.validation :],
        drawings.draw_images(drawings.SYNTHETIC_DIGITS, plan.validation, plan.seed + 1000),
    )


def train(data: Data, plan: Plan, state: Path, title: str) -> tuple[Any, list[dict[str, float]]]:
    """Train the network, or resume its training.

    Args:
        data: The images.
        plan: The hyperparameters.
        state: The .keras file for the state after each epoch. If the file exists, the training
            resumes from it; it must come from a training with the same `fingerprint`. The history
            is saved in a .json file beside it.
        title: The title of the progress bar.

    Returns:
        The network with its averaged weights, and the history. The history has an entry for each
        epoch: `epoch` (from 1), `loss` on the training images, `validation_loss` and
        `validation_accuracy` on the held-out scans, `pen_accuracy` on the held-out synthetic
        digits, and `rate`, the learning rate at the end of the epoch.
    """
    keras.utils.set_random_seed(plan.seed)
    tf.config.experimental.enable_op_determinism()
    state.parent.mkdir(parents=True, exist_ok=True)
    model = keras.models.load_model(state) if state.exists() else _compiled(plan)
    done = int(model.optimizer.iterations) // plan.steps
    if done:
        print(f"Resuming after epoch {done} of {plan.epochs}.", file=sys.stderr)
    history = History(data.held_out_synthetic, state.with_suffix(".json"))
    model.fit(
        _batches(data, plan, range(done * plan.steps, plan.epochs * plan.steps)),
        shuffle=False,  # `batches` shuffles
        steps_per_epoch=plan.steps,
        initial_epoch=done,
        epochs=plan.epochs,
        validation_data=(data.held_out_scans.as_input(), data.held_out_scans.labels),
        validation_batch_size=500,
        verbose=0,
        callbacks=[
            history,  # must come before SwapEMAWeights
            keras.callbacks.SwapEMAWeights(),
            Progress(title, plan.epochs * plan.steps, done * plan.steps),
            Save(state),
        ],
    )
    return model, history.entries


def delete_state(state: Path) -> None:
    """Delete the saved state and history of a finished training."""
    state.unlink()
    state.with_suffix(".json").unlink()


def fingerprint(data: Data, plan: Plan) -> str:
    """Return a digest of what determines the trained weights.

    The digest covers the plan, all images, the first distorted batches, the configuration of the
    network with its loss and optimizer, and the versions of Keras and TensorFlow. It does not cover
    source code, so an interrupted training can be resumed after code was moved, renamed or
    reworded. Instead of the code of the function `train`, it covers LOOP_VERSION.
    """
    network_config = json.loads(_compiled(plan).to_json())
    for named in (
        *network_config["config"]["layers"],
        network_config["compile_config"]["optimizer"],
    ):
        # A name such as "conv2d_7" depends on the number of layers that the process has built.
        del named["config"]["name"]
    config = [repr(plan), LOOP_VERSION, keras.__version__, tf.__version__, network_config]
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
    """Return the training batches of a range of steps, see `batches.batches`."""
    sources = (data.scans, data.synthetic, data.signs, data.not_digits)
    return batches.batches(list(zip(sources, plan.shares, strict=True)), plan.seed, steps)


def _compiled(plan: Plan) -> Any:
    """Return the untrained network with its optimizer and loss."""
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
