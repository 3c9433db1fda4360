"""Run build.py with a training that takes seconds: 80 steps of a small network, 1,000 test images.

Run it with `python -m tests.support.small_training FOLDER build.py --quick`. It writes into
FOLDER/quick, and does not compress the site. The folder py/ must be in PYTHONPATH.
"""

import dataclasses
import runpy
import sys
from pathlib import Path

import keras
from keras import layers

from model.data import mnist
from model.training import network, train
from tests.support import bundling
from tools.commands import train as train_commands

PLAN = dataclasses.replace(
    train.QUICK,
    scans=5_000,
    validation=200,
    pen=200,
    signs=110,
    not_digits=100,
    epochs=1,
    steps=80,
    peak_rate=0.01,
    ema=0.9,
)
TEST_IMAGES = 1_000


def convolution(channels, padding):
    """Return the layers of a 3x3 convolution.

    The momentum of the normalisation is low, so that it adapts within a few steps.
    """
    return [
        layers.Conv2D(channels, 3, padding=padding, use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def small_network():
    """Return a network that is like the real one, but has fewer channels and halves the image."""
    return keras.Sequential(
        [
            keras.Input(network.INPUT_SHAPE, name="image"),
            layers.MaxPooling2D(),
            *convolution(16, "valid"),
            *convolution(16, "valid"),
            layers.MaxPooling2D(),
            *convolution(32, "same"),
            *convolution(32, "same"),
            *convolution(48, "same"),
            *convolution(48, "same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(network.CLASSES),
        ],
        name="digits",
    )


def main():
    """Replace the network, its training plan, the test images and .build; then run build.py."""
    load = mnist.load

    def load_fewer(source):
        training, test = load(source)
        return training, test[:TEST_IMAGES]

    mnist.load = load_fewer
    network.build = small_network
    train.QUICK = PLAN
    train_commands.SCRATCH = Path(sys.argv[1])
    del sys.argv[:2]
    with bundling.without_compression():
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
