"""The network, as one literal list of layers: five convolutions with batch normalisation.

A small network spends most of its time where there are many pixels: the first layer halves the
image, looking at 5x5 pixels, and none works at full size. About 95,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

INPUT_SHAPE = (28, 28, 1)
DIGITS = 10
CLASSES = DIGITS + 1
"""The ten digits, and what is no digit."""


def _convolution(channels: int, size: int, stride: int = 1, padding: str = "valid") -> list[Any]:
    return [
        layers.Conv2D(channels, size, stride, padding, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def build() -> Any:
    """Build the untrained network: float32 [N, 28, 28, 1] in 0..1 to logits [N, 11]."""
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE, name="image"),
            *_convolution(32, 5, stride=2),
            *_convolution(40, 3),
            *_convolution(48, 3),
            *_convolution(64, 3, stride=2, padding="same"),
            *_convolution(64, 3, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES),
        ],
        name="digits",
    )
