"""The names of labels, outputs and metadata that the app and its models share.

`model/` writes these names into the released model. `digits/` looks for them in each model that it
opens.
"""

from __future__ import annotations

DIGITS = "0123456789"
"""The labels, in the order in which a model lists its probabilities."""
SIGNS = "+-×÷=.,/:()"
"""The signs, in the order of the output SIGN_PROBABILITIES."""
SYMBOLS = DIGITS + SIGNS
"""Everything that a model can read."""

IS_DIGIT = "is_digit"
"""Optional output, float32 [N, 1]: the probability that an image shows any digit."""
SIGN_PROBABILITIES = "signs"
"""Optional output, float32 [N, 11]: the probability, for each sign, that an image shows it."""
FEATURES = "features"
"""Optional output, float32 [N, length]: the input of the network's last layer."""
DISTANCES = "distances"
"""Optional output, float32 [N, 21]: distance of the features to the nearest prototype per symbol. A
model that reads no signs may have the distances of the ten digits only."""
LAYER_PREFIX = "layer_"
"""Optional outputs `layer_1`, `layer_2`, ..., float32 [N, maps, height, width]: feature maps."""

THRESHOLD = "threshold"
"""Metadata: the minimum confidence to count as an answer, in 0..1."""
ACCURACY = "mnist_test_accuracy"
"""Metadata: the model's accuracy on MNIST's 10,000 test images, in 0..1."""
