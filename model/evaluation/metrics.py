"""What a model made of a set of images, and what can be counted in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Measured:
    """One set of digits, read by the released model.

    labels: int64 [N], the truth, 0 to 9. probabilities: float32 [N, 10] in 0..1.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @cached_property
    def readings(self) -> NDArray[np.int64]:
        """The most probable digit of each image: [N]."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of images that are read as what they are."""
        return float((self.readings == self.labels).mean())

    def by_digit(self) -> dict[str, float]:
        """Give the accuracy on the images of each digit that there is."""
        right = self.readings == self.labels
        return {
            str(digit): float(right[self.labels == digit].mean())
            for digit in np.unique(self.labels)
        }

    def misread(self) -> list[int]:
        """Give the indices of the images that are read as something else, the surest first."""
        wrong = np.flatnonzero(self.readings != self.labels)
        surest = np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")
        return [int(index) for index in wrong[surest]]

    def confusion(self) -> NDArray[np.int64]:
        """Count the images of each digit (rows) that are read as each digit: [10, 10]."""
        counts = np.zeros((10, 10), np.int64)
        np.add.at(counts, (self.labels, self.readings), 1)
        return counts

    def confusions(self) -> list[tuple[int, int, int]]:
        """Give what is mistaken as (digit, reading, how often), the most frequent first."""
        wrong = self.readings != self.labels
        pairs = zip(self.labels[wrong].tolist(), self.readings[wrong].tolist(), strict=True)
        found = sorted(Counter(pairs).items(), key=lambda item: (-item[1], item[0]))
        return [(label, reading, count) for (label, reading), count in found]
