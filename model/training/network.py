"""The network, as one literal list of layers: a small VGG with batch normalisation.

Three pairs of 3x3 convolutions, halving the image and widening between them, then the mean of each
channel. The first four leave the border out: it is paper. About 91,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

INPUT_SHAPE = (28, 28, 1)
DIGITS = 10
CLASSES = DIGITS + 1
"""The ten digits, and what is no digit."""


def _convolution(channels: int, padding: str = "valid") -> list[Any]:
    return [
        layers.Conv2D(channels, 3, padding=padding, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def build() -> Any:
    """Build the untrained network: float32 [N, 28, 28, 1] in 0..1 to logits [N, 11]."""
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
