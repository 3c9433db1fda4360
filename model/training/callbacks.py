"""Keras callbacks: record the history, save the state, show the progress."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import keras
import numpy as np
from tqdm import tqdm

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from pathlib import Path

    from model.data.mnist import LabelledImages


class History(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type hints
    """Record the figures of each epoch, in memory and in a file.

    In the list of callbacks, `History` must come before `SwapEMAWeights`. After a validation,
    `SwapEMAWeights` replaces the averaged weights by the latest ones, but the accuracy on the
    synthetic digits must be measured with the averaged weights.

    Args:
        synthetic: Held-out synthetic digits.
        file: The JSON file to write. Its `pen_accuracy` is the accuracy on the synthetic digits.
    """

    def __init__(self, synthetic: LabelledImages, file: Path) -> None:
        super().__init__()
        self._images, self._labels = synthetic.as_input(), synthetic.labels
        self._file = file
        self._synthetic_accuracy = 0.0
        self.entries: list[dict[str, float]] = []

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Read the entries of earlier epochs if the training is resumed."""
        if self.model.optimizer.iterations > 0:
            self.entries = json.loads(self._file.read_text("utf-8"))

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Measure the accuracy on the synthetic digits with the averaged weights."""
        chunks = np.array_split(self._images, max(1, len(self._images) // 500))
        logits = np.concatenate([self.model(chunk, training=False) for chunk in chunks])
        predicted = logits[:, : len(DIGITS)].argmax(1)
        self._synthetic_accuracy = float((predicted == self._labels).mean())

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Add an entry for the epoch, and write the file."""
        logs = logs or {}
        entry = {
            "epoch": epoch + 1,
            "loss": logs["loss"],
            "validation_loss": logs["val_loss"],
            "validation_accuracy": logs["val_accuracy"],
            "pen_accuracy": self._synthetic_accuracy,
            "rate": float(self.model.optimizer.learning_rate),
        }
        self.entries = [*self.entries[:epoch], entry]
        self._file.write_text(json.dumps(self.entries), "utf-8")


class Save(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type hints
    """Save the whole state of the training to a file after each epoch, by an atomic replacement."""

    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save to a temporary file, then rename it."""
        partial = self._state.with_name(f"partial-{self._state.name}")
        self.model.save(partial)
        partial.replace(self._state)


class Progress(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type hints
    """Show one progress bar for the whole training, with the remaining time.

    Args:
        title: The title of the bar.
        total: Number of batches in the training.
        done: Number of batches that were trained before the training was resumed.
    """

    def __init__(self, title: str, total: int, done: int) -> None:
        super().__init__()
        seconds_between_updates = 0.5 if sys.stderr.isatty() else 20
        self._bar = tqdm(
            desc=title,
            total=total,
            initial=done,
            unit="batch",
            mininterval=seconds_between_updates,
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Advance the bar by one batch."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show the epoch's loss, and the accuracy of the averaged weights on held-out images."""
        logs = logs or {}
        self._bar.set_postfix_str(
            f"epoch {epoch + 1}, loss {logs['loss']:.4f}, validation {logs['val_accuracy']:.4f}"
        )

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the bar."""
        self._bar.close()
