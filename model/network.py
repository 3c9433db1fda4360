"""The network, as one literal list of layers: a small VGG with batch normalisation.

Three pairs of 3x3 convolutions, halving the image and doubling the channels between them, then the
mean of each channel. About 72,000 parameters.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

INPUT_SHAPE = (28, 28, 1)
CLASSES = 10


def _convolution(channels: int) -> list[Any]:
    return [
        layers.Conv2D(channels, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]


def build() -> Any:
    """Build the untrained network: float32 [N, 28, 28, 1] in 0..1 to probabilities [N, 10]."""
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE, name="image"),
            *_convolution(16),
            *_convolution(16),
            layers.MaxPooling2D(),
            *_convolution(32),
            *_convolution(32),
            layers.MaxPooling2D(),
            *_convolution(64),
            *_convolution(64),
            layers.GlobalAveragePooling2D(),
            layers.Dense(CLASSES),
            layers.Softmax(name="probabilities"),
        ],
        name="digits",
    )
