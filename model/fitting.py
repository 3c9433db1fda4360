"""Fit a network to batches: resumable, with averaged weights and a rate that rises and falls."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from model import mixture
from model.callbacks import Progress, Save

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from model.dataset import Digits
    from model.mixture import Source


@dataclass(frozen=True)
class Schedule:
    """How long and how hard to train. steps: batches in an epoch. ema: how slow the average is."""

    epochs: int
    steps: int
    seed: int
    peak_rate: float = 3e-3
    weight_decay: float = 0.01
    ema: float = 0.999


def fit(
    build: Callable[[], Any],
    sources: Sequence[Source],
    schedule: Schedule,
    held_out: Digits,
    state: Path,
    callbacks: Sequence[Any] = (),
) -> Any:
    """Train the network that `build` makes; give it with its averaged weights.

    After each epoch the whole state (weights, optimizer, step) is written to the file `state`, and
    a training that finds it goes on from there. callbacks: called first, with the averaged weights
    in place when the held-out digits are read.
    """
    keras.utils.set_random_seed(schedule.seed)
    tf.config.experimental.enable_op_determinism()
    state.parent.mkdir(parents=True, exist_ok=True)
    model = keras.models.load_model(state) if state.exists() else _compiled(build(), schedule)
    done = int(model.optimizer.iterations) // schedule.steps
    if done:
        print(f"Resuming after epoch {done} of {schedule.epochs}.", file=sys.stderr)
    steps = range(done * schedule.steps, schedule.epochs * schedule.steps)
    classes = model.output_shape[-1]
    model.fit(
        mixture.batches(sources, schedule.seed, steps),
        shuffle=False,  # `batches` has shuffled already
        steps_per_epoch=schedule.steps,
        initial_epoch=done,
        epochs=schedule.epochs,
        validation_data=(
            held_out.as_input(),
            keras.utils.to_categorical(held_out.labels, classes),
        ),
        validation_batch_size=500,
        verbose=0,
        callbacks=[
            *callbacks,  # before the averaged weights are swapped out again
            keras.callbacks.SwapEMAWeights(),
            Progress(schedule.epochs * schedule.steps, done * schedule.steps),
            Save(state),
        ],
    )
    return model


def _compiled(model: Any, schedule: Schedule) -> Any:
    total = schedule.epochs * schedule.steps
    warm_up = total // 20
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, total - warm_up, warmup_target=schedule.peak_rate, warmup_steps=warm_up
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate, weight_decay=schedule.weight_decay, use_ema=True, ema_momentum=schedule.ema
        ),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model
