"""Fit the network: a fixed seed, a validation split from the training set, resumable.

The last images of MNIST's training set are held out to watch the training; the test set is not
touched here. After each epoch the whole state (weights, optimizer, step) is written to one file,
and a training that finds it goes on from there.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from model.data import augment
from model.data import batches as mixture
from model.data import drawings as synthetic
from model.training import network
from model.training.callbacks import History, Progress, Save

if TYPE_CHECKING:
    from model.data.mnist import Digits


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train, and on what.

    scans: MNIST's images, the first of its training set; the next `validation` ones are held out.
    pen, negatives: how many drawings are made. shares: how many of each (scans, pen digits,
    negatives) are in a batch. steps: batches in an epoch.
    """

    scans: int
    validation: int
    pen: int
    negatives: int
    epochs: int
    steps: int
    shares: tuple[int, int, int] = (82, 32, 14)
    peak_rate: float = 3e-3
    weight_decay: float = 0.01
    ema: float = 0.999
    seed: int = 1


FULL = Plan(scans=55_000, validation=5_000, pen=30_000, negatives=15_000, epochs=50, steps=500)
QUICK = Plan(
    scans=10_000,
    validation=1_000,
    pen=1_000,
    negatives=500,
    epochs=3,
    steps=200,
    shares=(40, 16, 8),
    ema=0.95,
)


@dataclass(frozen=True)
class Data:
    """What to learn from, and what to watch: scans and pen digits that are held out."""

    scans: Digits
    pen: Digits
    negatives: Digits
    held_out_scans: Digits
    held_out_pen: Digits


def data(scans: Digits, plan: Plan, folder: Path) -> Data:
    """Split MNIST's training set, and make the drawings (kept in the folder)."""
    return Data(
        scans[: plan.scans],
        synthetic.images("pen", plan.pen, plan.seed, folder),
        synthetic.images("training", plan.negatives, plan.seed, folder),
        scans[len(scans) - plan.validation :],
        synthetic.images("pen", plan.validation, plan.seed + 1000, folder),
    )


def train(data: Data, plan: Plan, folder: Path) -> tuple[Any, list[dict[str, float]]]:
    """Train the network: give it with its averaged weights, and the history, an entry an epoch.

    An entry has `epoch`, from 1 on, `loss` on what is learned from, `validation_loss` and
    `validation_accuracy` on the scans held out, `pen_accuracy` on the pen digits held out, and
    `rate`, the learning rate at the epoch's end.

    folder: where the state is kept between epochs, in a file of its own for each plan and network.
    """
    keras.utils.set_random_seed(plan.seed)
    tf.config.experimental.enable_op_determinism()
    folder.mkdir(parents=True, exist_ok=True)
    state = state_file(plan, folder)
    model = keras.models.load_model(state) if state.exists() else _compiled(plan)
    done = int(model.optimizer.iterations) // plan.steps
    if done:
        print(f"Resuming after epoch {done} of {plan.epochs}.", file=sys.stderr)
    history = History(data.held_out_pen, state.with_suffix(".json"))
    sources = zip((data.scans, data.pen, data.negatives), plan.shares, strict=True)
    steps = range(done * plan.steps, plan.epochs * plan.steps)
    model.fit(
        mixture.batches(list(sources), plan.seed, steps),
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


def state_file(plan: Plan, folder: Path) -> Path:
    """Name the file that keeps this training's state: another plan or network, another file."""
    return folder / f"training-{fingerprint(plan)}.keras"


def fingerprint(plan: Plan) -> str:
    """Name what a training follows from: the plan, and the sources of all that takes part."""
    modules = (augment, mixture, network, *synthetic.SOURCES)
    sources = b"".join(Path(m.__file__ or "").read_bytes() for m in modules)
    sources += Path(__file__).read_bytes() + repr(plan).encode()
    return hashlib.sha256(sources).hexdigest()[:12]


def forget(plan: Plan, folder: Path) -> None:
    """Delete the state of a training that has ended."""
    state_file(plan, folder).unlink()
    state_file(plan, folder).with_suffix(".json").unlink()


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
