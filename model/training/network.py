"""The network: a small VGG with batch normalisation.

It has three pairs of 3x3 convolutions. Max pooling follows the first two pairs, global average
pooling the third. The first four convolutions have no padding, since the border of an image is
always paper. The network has about 111,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from digits.reading.contract import SYMBOLS

INPUT_SHAPE = (28, 28, 1)
CLASSES = len(SYMBOLS) + 1
"""One class for each digit and sign, and one for drawings that show neither."""

FEATURES = 80
"""Number of features: the channels of the last convolution."""


def _convolution(channels: int, padding: str = "valid") -> list[Any]:
    """Return the layers of a 3x3 convolution with batch normalisation and ReLU."""
    return [
        layers.Conv2D(channels, 3, padding=padding, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def build() -> Any:
    """Return the untrained network: float32 [N, 28, 28, 1] in 0..1 to logits [N, CLASSES]."""
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE, name="image"),
            *_convolution(16),
            *_convolution(16),
            layers.MaxPooling2D(),
            *_convolution(40),
            *_convolution(48),
            layers.MaxPooling2D(),
            *_convolution(72, padding="same"),
            *_convolution(FEATURES, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES),
        ],
        name="digits",
    )
