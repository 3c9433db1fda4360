"""Choose the temperature and the confidence threshold, on held-out images after the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TEMPERATURES = np.geomspace(0.5, 3, 200)
"""The temperatures from which `choose_temperature` chooses."""
ACCEPTED_SHARE = 0.995
"""Share of the held-out scans, and of the held-out synthetic digits, that the threshold accepts.

The share is close to 1, because real handwriting varies more than the held-out digits: the
threshold accepts a smaller share of real digits. `python build.py evaluate` prints which shares of
digits it accepts, and which share of other drawings it rejects.
"""


def choose_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Return the temperature with the smallest cross-entropy (Guo et al. 2017, section 4.2).

    Args:
        logits: [N, K].
        labels: [N], the true classes, in 0..K-1.
    """
    losses = [_cross_entropy(logits.astype(np.float64) / t, labels) for t in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(losses)])


def choose_threshold(confidences: Sequence[NDArray[np.float64]]) -> float:
    """Return the largest threshold that accepts at least ACCEPTED_SHARE of each set of digits.

    Args:
        confidences: For each set, the confidences of its readings, [N] in 0..1.
    """
    return min(float(np.quantile(each, 1 - ACCEPTED_SHARE)) for each in confidences)


def _cross_entropy(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sums - shifted[np.arange(len(labels)), labels]).mean())
