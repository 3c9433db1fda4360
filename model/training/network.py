"""The network: a small VGG with batch normalisation.

It has three pairs of 3x3 convolutions. Max pooling follows the first two pairs, global average
pooling the third. The first four convolutions have no padding, since the border of an image is
always paper. The network has about 91,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from digits.reading.contract import DIGITS

INPUT_SHAPE = (28, 28, 1)
CLASSES = len(DIGITS) + 1
"""One class for each digit, and one for drawings that are not digits."""


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
            *_convolution(64, padding="same"),
            *_convolution(64, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES),
        ],
        name="digits",
    )
