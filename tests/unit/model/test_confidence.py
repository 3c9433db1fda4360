"""What is chosen on held-out images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.export import thresholds as confidence


@given(st.floats(0.6, 2.5), st.integers(0, 1000))
def test_the_temperature_undoes_what_logits_were_multiplied_with(factor, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (5000, 10))
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (chances.cumsum(1) > rng.random((5000, 1))).argmax(1)
    found = confidence.temperature((logits * factor).astype(np.float32), labels)
    assert found == pytest.approx(factor, rel=0.1)


def test_the_threshold_accepts_its_share_of_the_harder_set():
    easy, hard = np.linspace(0.5, 1, 1001), np.linspace(0, 1, 1001)
    found = confidence.threshold([easy, hard])
    assert (hard >= found).mean() == pytest.approx(confidence.ACCEPTED, abs=1e-3)
    assert (easy >= found).mean() >= confidence.ACCEPTED
