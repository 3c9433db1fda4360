"""What is chosen on held-out images once the network is trained: a temperature and a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TEMPERATURES = np.geomspace(0.5, 3, 200)
ACCEPTED = 0.997
"""The share of held-out digits, of the scans and of the pen's, that the threshold accepts.

Real hands differ more than those made in code, so it is near 1. How much of what is no digit is
still refused, `python build.py evaluate` prints.
"""


def temperature(logits: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """Give the temperature that makes the labels the most probable.

    logits: [N, K]. labels: [N], the true columns. Guo et al. ("On Calibration of Modern Neural
    Networks", 2017, section 4.2).
    """
    losses = [_loss(logits.astype(np.float64) / t, labels) for t in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(losses)])


def threshold(sureness: Sequence[NDArray[np.float64]]) -> float:
    """Give the largest threshold that accepts ACCEPTED of each set of digits.

    sureness: for each set, how sure a reader is of its digits, [N] in 0..1.
    """
    return min(float(np.quantile(each, 1 - ACCEPTED)) for each in sureness)


def _loss(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sums - shifted[np.arange(len(labels)), labels]).mean())
