"""Train the network that tells whether two groups of strokes are one symbol.

It has one hidden layer, and is so small that the page computes it in plain Python. Its weights are
in py/digits/drawing/same_symbol.json. Its inputs are normalised in the training; the stored weights
include this normalisation, so that the page need not normalise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from model.data.pairs import pairs
from tools.console import say
from tools.env.venv import ROOT

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = ROOT / "py" / "digits" / "drawing" / "same_symbol.json"
DRAWINGS, HELD_OUT = 8_000, 1_000
"""Number of drawings for the training; number of drawings to measure the result with."""
SEED = 501
NEURONS = 16
EPOCHS, BATCH = 60, 256
DIGITS_OF_A_WEIGHT = 5
"""Significant digits of a stored weight."""


def train_grouping() -> float:
    """Train the network and write its weights.

    Returns:
        The share of the held-out pairs that it judges rightly.
    """
    inputs, same = pairs(DRAWINGS, SEED)
    held_out_inputs, held_out_same = pairs(HELD_OUT, SEED + 1)
    mean, scale = inputs.mean(0), inputs.std(0)
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    network = keras.Sequential(
        [
            keras.Input((inputs.shape[1],)),
            layers.Dense(NEURONS, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    steps = EPOCHS * (len(inputs) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    network.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), "binary_crossentropy")
    network.fit((inputs - mean) / scale, same.astype(np.float32), BATCH, epochs=EPOCHS, verbose=0)
    weights = [layer.get_weights() for layer in network.layers]
    (hidden, hidden_bias), (output, output_bias) = weights
    folded = hidden / scale[:, np.newaxis]
    rows = np.column_stack([folded.T, hidden_bias - mean @ folded])
    _write(rows, np.append(output[:, 0], output_bias))
    predicted = network.predict((held_out_inputs - mean) / scale, verbose=0)[:, 0] > 0.5
    accuracy = float((predicted == held_out_same).mean())
    say(f"{accuracy:.2%} of {len(held_out_same)} held-out pairs of strokes are judged rightly.")
    return accuracy


def _write(hidden: NDArray[Any], output: NDArray[Any]) -> None:
    """Write the weights of the hidden neurons and of the output, the bias of each last."""

    def rounded(values: NDArray[Any]) -> list[float]:
        return [float(f"{value:.{DIGITS_OF_A_WEIGHT}g}") for value in values]

    rows = ",\n".join(f"  {json.dumps(rounded(row))}" for row in hidden)
    content = f'{{\n "hidden": [\n{rows}\n ],\n "output": {json.dumps(rounded(output))}\n}}\n'
    new = WEIGHTS.with_suffix(".new")
    new.write_text(content, "utf-8")
    new.replace(WEIGHTS)
