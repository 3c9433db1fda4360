"""Parameters that are chosen on held-out images after training: a temperature and a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TEMPERATURES = np.geomspace(0.5, 3, 200)
ACCEPTED = 0.997
"""Share of held-out digits, of the scans and of the pen digits each, that the threshold accepts.

It is close to 1 because real handwriting varies more than synthetic handwriting. `python build.py
evaluate` prints how many drawings that are not digits are still rejected.
"""


def choose_temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Return the temperature with the smallest cross-entropy (Guo et al. 2017, section 4.2).

    Args:
        logits: [N, K].
        labels: [N], the true columns.
    """
    losses = [_cross_entropy(logits.astype(np.float64) / t, labels) for t in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(losses)])


def choose_threshold(confidences: Sequence[NDArray[np.float64]]) -> float:
    """Return the largest threshold that accepts a share of ACCEPTED of each set of digits.

    Args:
        confidences: For each set, the confidence of each reading: [N] in 0..1.
    """
    return min(float(np.quantile(each, 1 - ACCEPTED)) for each in confidences)


def _cross_entropy(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sums - shifted[np.arange(len(labels)), labels]).mean())
