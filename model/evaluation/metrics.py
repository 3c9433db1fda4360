"""Metrics: accuracy, confusion, calibration, area under the ROC curve, Wilson's interval.

Here, as in the literature, confidence is the probability of the predicted class: the highest of the
ten probabilities. `digits.reading.recogniser.Reading.confidence` differs: it is the probability
that the image shows the most probable symbol, rather than another symbol or none.

A model is calibrated if, for example, 80% of its predictions with a confidence of 0.8 are correct
(C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: "On Calibration of Modern Neural Networks", ICML 2017,
https://arxiv.org/abs/1706.04599, section 2).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from digits.reading.contract import DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 15
"""Number of bins of equal width, as in Guo et al.

A bin contains its upper boundary, but not its lower one.
"""


@dataclass(frozen=True)
class Predictions:
    """Predicted probabilities for a set of digits, and the true labels.

    Attributes:
        labels: int64 [N], the true digits, 0 to 9.
        probabilities: float32 [N, 10] in 0..1.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable digit of each image: [N]."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of images whose predicted digit is the true digit."""
        return float((self.predicted == self.labels).mean())

    def accuracy_by_digit(self) -> dict[str, float]:
        """Return the accuracy for each digit that occurs among the labels."""
        right = self.predicted == self.labels
        return {
            str(digit): float(right[self.labels == digit].mean())
            for digit in np.unique(self.labels)
        }

    def misread(self) -> list[int]:
        """Return the indices of misread images, sorted by confidence, the highest first."""
        wrong = np.flatnonzero(self.predicted != self.labels)
        order = np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")
        return [int(index) for index in wrong[order]]

    def confusion_matrix(self) -> NDArray[np.int64]:
        """Count the images by true digit (rows) and predicted digit (columns): [10, 10]."""
        counts = np.zeros((len(DIGITS), len(DIGITS)), np.int64)
        np.add.at(counts, (self.labels, self.predicted), 1)
        return counts

    def confusions(self) -> list[tuple[int, int, int]]:
        """Return (true digit, predicted digit, count) of all mistakes, the most frequent first."""
        wrong = self.predicted != self.labels
        pairs = zip(self.labels[wrong].tolist(), self.predicted[wrong].tolist(), strict=True)
        found = sorted(Counter(pairs).items(), key=lambda item: (-item[1], item[0]))
        return [(label, predicted, count) for (label, predicted), count in found]


@dataclass(frozen=True)
class Bin:
    """Statistics of the predictions in one bin of confidence.

    Attributes:
        count: Number of predictions, at least 1.
        confidence: Mean confidence of the predictions.
        right: Number of correct predictions.
    """

    count: int
    confidence: float
    right: int

    @property
    def accuracy(self) -> float:
        """The share of correct predictions."""
        return self.right / self.count


def reliability(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> list[Bin]:
    """Group predictions into BINS bins by confidence; return the bins that are not empty.

    Args:
        probabilities: [N, K] in 0..1.
        labels: [N], the true classes, in 0..K-1.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bin_index = np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1)
    return [
        Bin(int(in_bin.sum()), float(confidence[in_bin].mean()), int(right[in_bin].sum()))
        for index in range(BINS)
        if (in_bin := bin_index == index).any()
    ]


def expected_calibration_error(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Return the mean gap between confidence and accuracy, in 0..1 (Guo et al., equation 3).

    Args:
        probabilities: [N, K] in 0..1, N at least 1.
        labels: [N], the true classes, in 0..K-1.
    """
    bins = reliability(probabilities, labels)
    return sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / len(labels)


def area_under_roc(positives: NDArray[Any], negatives: NDArray[Any]) -> float:
    """Return the area under the ROC curve.

    It equals the probability that a random positive has a higher score than a random negative, if
    ties count as one half (J. A. Hanley, B. J. McNeil: "The meaning and use of the area under a
    receiver operating characteristic (ROC) curve", Radiology 143, 1982).

    Args:
        positives: Scores of the positives, [P], at least one.
        negatives: Scores of the negatives, [N], at least one.
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    up_to = np.searchsorted(ordered, positives, side="right")
    return float((below + up_to).sum()) / (2 * len(positives) * len(negatives))


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Return the 95% confidence interval of a share, after `right` successes in `count` trials.

    E. B. Wilson: "Probable inference, the law of succession, and statistical inference", JASA 22,
    1927. Unlike the normal approximation, it is valid for few trials and for shares near 0 and 1.
    """
    z = 1.96  # the 97.5% quantile of the normal distribution
    share, shrinkage = right / count, z * z / count
    middle = (share + shrinkage / 2) / (1 + shrinkage)
    half = z * math.sqrt(share * (1 - share) / count + shrinkage / (4 * count)) / (1 + shrinkage)
    return max(middle - half, 0.0), min(middle + half, 1.0)
