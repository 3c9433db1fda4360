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
from tqdm import tqdm

from model import augment, network

if TYPE_CHECKING:
    from model.dataset import Digits


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train."""

    images: int
    validation: int
    epochs: int
    batch: int = 128
    peak_rate: float = 3e-3
    weight_decay: float = 0.01
    ema: float = 0.999
    seed: int = 1

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return self.images // self.batch


FULL = Plan(images=55_000, validation=5_000, epochs=30)
QUICK = Plan(images=10_000, validation=1_000, epochs=6, ema=0.9)


def train(digits: Digits, plan: Plan, folder: Path) -> Any:
    """Train the network on `digits` and return it with its averaged weights.

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
    held_out = digits[len(digits) - plan.validation :]
    model.fit(
        batches(digits[: plan.images], plan, first=done * plan.steps),
        shuffle=False,  # `batches` has shuffled already
        steps_per_epoch=plan.steps,
        initial_epoch=done,
        epochs=plan.epochs,
        validation_data=(held_out.as_input(), held_out.labels),
        validation_batch_size=500,
        verbose=0,
        callbacks=[keras.callbacks.SwapEMAWeights(), _Progress(plan, done), _Save(state)],
    )
    return model


def state_file(plan: Plan, folder: Path) -> Path:
    """Name the file that keeps this training's state: another plan or network, another file."""
    sources = b"".join(Path(m.__file__ or "").read_bytes() for m in (augment, network))
    fingerprint = hashlib.sha256(sources + repr(plan).encode()).hexdigest()[:12]
    return folder / f"training-{fingerprint}.keras"


def batches(digits: Digits, plan: Plan, first: int) -> Any:
    """Give the training's batches from step `first` on, the same whether or not it was stopped.

    Yields (images float32 [batch, 28, 28, 1], labels uint8 [batch]).
    """
    images, labels = tf.constant(digits.images), tf.constant(digits.labels)

    def batch(step: Any) -> tuple[Any, Any]:
        epoch, place = step // plan.steps, step % plan.steps
        seed = tf.stack([tf.constant(plan.seed, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(len(digits)), seed)
        chosen = order[place * plan.batch : (place + 1) * plan.batch]
        pixels = tf.cast(tf.gather(images, chosen), tf.float32)[..., tf.newaxis] / 255.0
        distorted = augment.augment(pixels, tf.stack([tf.constant(plan.seed, tf.int64), step]))
        return distorted, tf.gather(labels, chosen)

    steps = tf.data.Dataset.range(first, plan.epochs * plan.steps)
    return steps.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


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
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


class _Save(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type hints
    """Writes the state after each epoch, whole or not at all."""

    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save to a file beside, then rename."""
        partial = self._state.with_name(f"partial-{self._state.name}")
        self.model.save(partial)
        partial.replace(self._state)


class _Progress(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type hints
    """One bar for the whole training, with the time left."""

    def __init__(self, plan: Plan, done: int) -> None:
        super().__init__()
        patience = 0.5 if sys.stderr.isatty() else 20
        self._bar = tqdm(
            desc="Training",
            total=plan.epochs * plan.steps,
            initial=done * plan.steps,
            unit="batch",
            mininterval=patience,
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Count one batch."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show how the averaged weights do on the held-out images."""
        logs = logs or {}
        self._bar.set_postfix_str(
            f"epoch {epoch + 1}, loss {logs['loss']:.4f}, validation {logs['val_accuracy']:.4f}"
        )

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the bar."""
        self._bar.close()
