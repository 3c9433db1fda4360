"""Train the network that is released: on scans as the teachers see them, and on drawings.

The last images of MNIST's training set are held out to watch the training; the test set is not
touched here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model import augment, fitting, mixture, network, synthetic, teachers
from model.callbacks import History
from model.fitting import Schedule
from model.mixture import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.dataset import Digits


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train, and on what.

    scans: MNIST's images, the first of its training set; the last `validation` ones are held out.
    pen, negatives: how many drawings are made. shares: how many of each (scans, pen digits,
    negatives) are in a batch.
    """

    scans: int
    validation: int
    pen: int
    negatives: int
    shares: tuple[int, int, int]
    schedule: Schedule


FULL = Plan(
    scans=teachers.SCANS,
    validation=teachers.HELD_OUT,
    pen=30_000,
    negatives=15_000,
    shares=(96, 22, 10),
    schedule=Schedule(epochs=50, steps=520, seed=1),
)
QUICK = Plan(
    scans=10_000,
    validation=1_000,
    pen=1_000,
    negatives=500,
    shares=(40, 16, 8),
    schedule=Schedule(epochs=3, steps=200, seed=1, ema=0.95),
)


@dataclass(frozen=True)
class Data:
    """What to learn from, and what to watch: scans and pen digits that are held out."""

    sources: list[Source]
    held_out_scans: Digits
    held_out_pen: Digits


def data(scans: Digits, plan: Plan, folder: Path) -> Data:
    """Split MNIST's training set, and make the drawings (kept in the folder)."""
    seed = plan.schedule.seed
    for_scans, for_pen, for_negatives = plan.shares
    soft = teachers.soft_labels(plan.scans).reshape(-1, network.DIGITS)
    pen = synthetic.images("pen", plan.pen, seed, folder)
    negatives = synthetic.images("training", plan.negatives, seed, folder)
    return Data(
        [
            Source(
                teachers.views(scans[: plan.scans]).reshape(-1, *scans.images.shape[1:]),
                np.pad(soft, ((0, 0), (0, network.CLASSES - network.DIGITS))),
                for_scans,
                None,
            ),
            Source(pen.images, _certain(pen), for_pen, augment.DRAWINGS),
            Source(negatives.images, _certain(negatives), for_negatives, augment.DRAWINGS),
        ],
        scans[len(scans) - plan.validation :],
        synthetic.images("pen", plan.validation, seed + 1000, folder),
    )


def train(data: Data, plan: Plan, folder: Path) -> tuple[Any, list[dict[str, float]]]:
    """Train the network: give it with its averaged weights, and the history, an entry an epoch.

    An entry has `epoch`, from 1 on, `loss` on what is learned from, `validation_loss` and
    `validation_accuracy` on the scans held out, `pen_accuracy` on the pen digits held out, and
    `rate`, the learning rate at the epoch's end.

    folder: where the state is kept between epochs, in a file of its own for each plan and network.
    """
    state = state_file(plan, folder)
    history = History(data.held_out_pen, state.with_suffix(".json"))
    model = fitting.fit(
        network.build, data.sources, plan.schedule, data.held_out_scans, state, [history]
    )
    return model, history.entries


def state_file(plan: Plan, folder: Path) -> Path:
    """Name the file that keeps this training's state: another plan or network, another file."""
    return folder / f"training-{fingerprint(plan)}.keras"


def fingerprint(plan: Plan) -> str:
    """Name what a training follows from: the plan, the soft labels, and the sources of all else."""
    modules = (augment, fitting, mixture, network, teachers, *synthetic.SOURCES)
    sources = b"".join(Path(m.__file__ or "").read_bytes() for m in modules)
    sources += Path(__file__).read_bytes() + teachers.FILE.read_bytes() + repr(plan).encode()
    return hashlib.sha256(sources).hexdigest()[:12]


def forget(plan: Plan, folder: Path) -> None:
    """Delete the state of a training that has ended."""
    state_file(plan, folder).unlink()
    state_file(plan, folder).with_suffix(".json").unlink()


def _certain(digits: Digits) -> NDArray[np.float32]:
    """Give the labels as probabilities: 1 for the label, 0 for all else."""
    return np.eye(network.CLASSES, dtype=np.float32)[digits.labels]
