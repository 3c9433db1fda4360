"""What a model made of a set of images, and what can be counted in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_DIGIT = 10
"""The reading of an image for which "no digit" is more probable than any digit."""


@dataclass(frozen=True)
class Measured:
    """One data set, read by the released model.

    labels: int64 [N], the truth, 0 to 9. probabilities: float32 [N, 10] in 0..1; where they sum to
    less than 1, the rest is the probability of no digit.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @cached_property
    def outcomes(self) -> NDArray[np.float64]:
        """The probabilities of the ten digits and of no digit: [N, 11]."""
        digits = self.probabilities.astype(np.float64)
        rest = np.clip(1 - digits.sum(axis=1, keepdims=True), 0, 1)
        return np.concatenate([digits, rest], axis=1)

    @cached_property
    def readings(self) -> NDArray[np.int64]:
        """The most probable outcome of each image, 0 to 9 or NO_DIGIT: [N]."""
        return self.outcomes.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of images that are read as what they are."""
        return float((self.readings == self.labels).mean())

    def misread(self) -> list[int]:
        """Give the indices of the images that are read as something else, the surest first."""
        wrong = np.flatnonzero(self.readings != self.labels)
        surest = np.argsort(-self.outcomes[wrong].max(axis=1), kind="stable")
        return [int(index) for index in wrong[surest]]

    def confusion(self) -> NDArray[np.int64]:
        """Count the images of each digit (rows) that are read as each outcome: [10, 11]."""
        counts = np.zeros((10, 11), np.int64)
        np.add.at(counts, (self.labels, self.readings), 1)
        return counts

    def confusions(self) -> list[tuple[int, int, int]]:
        """Give what is mistaken as (digit, reading, how often), the most frequent first."""
        wrong = self.readings != self.labels
        pairs = zip(self.labels[wrong].tolist(), self.readings[wrong].tolist(), strict=True)
        found = sorted(Counter(pairs).items(), key=lambda item: (-item[1], item[0]))
        return [(label, reading, count) for (label, reading), count in found]
