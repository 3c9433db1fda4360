"""Whether probabilities mean what they say, and how well a score tells two kinds apart.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: "On Calibration of Modern Neural Networks", ICML 2017,
https://arxiv.org/abs/1706.04599, section 2. Of all answers given with a probability of 0.8, 80 %
should be right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 15
"""Of equal width, as in Guo et al., each with its upper border and without its lower one."""


@dataclass(frozen=True)
class Bin:
    """The answers whose probabilities lie close together.

    count: at least 1. confidence: the mean probability, right: how many of them are right.
    """

    count: int
    confidence: float
    right: int

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.right / self.count


def reliability(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> list[Bin]:
    """Sort answers into BINS bins by the probability of the chosen label; leave out empty bins.

    probabilities: [N, K] in 0..1. labels: [N], the true columns.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1)
    return [
        Bin(int(here.sum()), float(confidence[here].mean()), int(right[here].sum()))
        for number in range(BINS)
        if (here := place == number).any()
    ]


def expected_calibration_error(probabilities: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Give the mean distance of confidence and accuracy, in 0..1 (Guo et al. 2017, equation 3).

    probabilities: [N, K] in 0..1, N at least 1. labels: [N], the true columns.
    """
    bins = reliability(probabilities, labels)
    return sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / len(labels)


def area_under_roc(positives: NDArray[Any], negatives: NDArray[Any]) -> float:
    """Give the probability that a positive's score is over a negative's; a tie counts half.

    That is the area under the ROC curve, and the rank statistic of Mann and Whitney (J. A. Hanley,
    B. J. McNeil: "The meaning and use of the area under a ROC curve", Radiology 143, 1982).
    positives: [P] and negatives: [N], scores, each at least one.
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    up_to = np.searchsorted(ordered, positives, side="right")
    return float((below + up_to).sum()) / (2 * len(positives) * len(negatives))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Give the 95 % interval of a share of which `right` of `count` were seen.

    E. B. Wilson: "Probable inference, the law of succession, and statistical inference", JASA 22,
    1927: unlike the normal approximation it holds for a handful, and near 0 and 1.
    """
    z = 1.96
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)
