"""Wider networks that learn MNIST alone, and tell the small one how sure to be of each scan.

Each scan is distorted in VIEWS ways, always the same. The teachers read them all; the mean of
their probabilities, the soft labels, is what the network learns instead of the bare label (Hinton,
Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015). They are trained apart, by
`python build.py teach`, and only the soft labels are kept, in FILE.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from model import augment, dataset, fitting, network
from model.fitting import Schedule
from model.mixture import Source
from tools.report import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.dataset import Digits

SCANS, HELD_OUT = 55_000, 5_000
VIEWS = 8
FILE = Path(__file__).with_name("soft-labels.npz")
SCHEDULES = [Schedule(epochs=20, steps=430, seed=seed) for seed in (11, 12)]
BATCH = 128
PIECE = 1000


def teach(source: str, folder: Path) -> list[float]:
    """Train the teachers and write the soft labels into FILE.

    Give the share of the held-out scans that each teacher reads right, then all of them together.
    source: where MNIST is, see `dataset.load`. folder: where the trainings' states are kept.
    """
    scans, _ = dataset.load(source)
    learned, held_out = scans[:SCANS], scans[-HELD_OUT:]
    targets = np.eye(network.DIGITS, dtype=np.float32)[learned.labels]
    sources = [Source(learned.images, targets, BATCH, augment.SCANS)]
    files = [folder / f"teacher-{schedule.seed}.keras" for schedule in SCHEDULES]
    teachers = [
        fitting.fit(network.build_teacher, sources, schedule, held_out, file)
        for schedule, file in zip(SCHEDULES, files, strict=True)
    ]
    seen = [_probabilities([teacher], held_out.images) for teacher in teachers]
    say("The teachers read every view ...")
    labels = _probabilities(teachers, views(learned).reshape(-1, 28, 28))
    rounded = np.round(labels * 255).astype(np.uint8).reshape(VIEWS, SCANS, network.DIGITS)
    np.savez_compressed(FILE, probabilities=rounded)
    for file in files:
        file.unlink()
    return [
        float((found.argmax(1) == held_out.labels).mean())
        for found in (*seen, np.mean(seen, axis=0))
    ]


def views(scans: Digits) -> NDArray[np.uint8]:
    """Distort each scan in VIEWS ways: uint8 [VIEWS, N, 28, 28].

    PIECE scans are distorted at once: the first scans' views are the same however many there are,
    if N is a multiple of PIECE.
    """
    made = np.empty((VIEWS, *scans.images.shape), np.uint8)
    for view in range(VIEWS):
        for start in range(0, len(scans), PIECE):
            images = tf.constant(scans[start : start + PIECE].as_input())
            seen = augment.augment(images, tf.constant([view, start], tf.int64), augment.SCANS)
            made[view, start : start + PIECE] = np.round(seen[..., 0] * 255)
    return made


def soft_labels(count: int) -> NDArray[np.float32]:
    """Read the teachers' labels of the first scans' views: float32 [VIEWS, count, 10]."""
    rounded: NDArray[np.uint8] = np.load(FILE)["probabilities"][:, :count]
    probabilities = rounded / rounded.sum(-1, keepdims=True)
    return probabilities.astype(np.float32)


def _probabilities(teachers: list[Any], images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the mean of what teachers say: float32 [N, 10]."""

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]  # no type hints
    def read(part: Any) -> Any:
        floats = tf.cast(part, tf.float32)[..., tf.newaxis] / 255.0
        return sum(tf.nn.softmax(each(floats, training=False)) for each in teachers) / len(teachers)

    parts = [read(images[start : start + PIECE]) for start in range(0, len(images), PIECE)]
    return np.concatenate(parts)
