"""Tests of the choice of temperature and threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.export import thresholds


@settings(max_examples=5)  # each example tries 200 temperatures
@given(st.floats(0.6, 2.5), st.integers(0, 1000))
def test_choose_temperature_finds_the_factor_of_scaled_logits(factor, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (5000, 10))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (probabilities.cumsum(1) > rng.random((5000, 1))).argmax(1)
    found = thresholds.choose_temperature((logits * factor).astype(np.float32), labels)
    assert found == pytest.approx(factor, rel=0.1)


def test_the_threshold_accepts_the_wanted_share_of_the_harder_set():
    easy, hard = np.linspace(0.5, 1, 1001), np.linspace(0, 1, 1001)
    found = thresholds.choose_threshold([easy, hard])
    assert (hard >= found).mean() == pytest.approx(thresholds.ACCEPTED_SHARE, abs=1e-3)
    assert (easy >= found).mean() >= thresholds.ACCEPTED_SHARE
