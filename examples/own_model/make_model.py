"""Train color.onnx, a small network that gives each colour one of the 11 basic colour names.

    python make_model.py FILE.onnx [SEED]

The script needs only numpy and onnx, and takes seconds. The same seed gives the same file.

The network learns from the table EXAMPLES: a colour has the name of the example that is nearest to
it. If the nearest examples of two names are about equally near, both names are probable.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXAMPLES = {
    "black": "000000 0d0d0d 1a1a1a 14100c 0a0f1e 0f140f",
    "white": "ffffff f8f8f8 fffaf0 f5f8ff f5fff5",
    "grey": "404040 595959 737373 8c8c8c a9a9a9 c8c8c8 d3d3d3 708090 8c8880 9aa19a",
    "red": "ff0000 dc143c b22222 8b0000 e03c31 c21e1e d9252a 6e0a0a",
    "orange": "ff8c00 ffa500 ff7518 f28c28 ff6a13 e8752b ff7f50 ffb347 e2711d",
    "yellow": "ffff00 ffd700 fff44f f0e68c ffef9f e6c200 ffffaa d8d800 ffe135",
    "green": "00ff00 008000 228b22 32cd32 90ee90 006400 2e8b57 808000 9acd32 556b2f 00fa9a 98fb98"
    " 008080 20b2aa 8fbc8f 0a3d0a 4f7942 b4e68c",
    "blue": "0000ff 000080 4169e1 1e90ff 87ceeb add8e6 00bfff 4682b4 191970 00ffff 40e0d0 6495ed"
    " 5f9ea0 00008b b0e0f0 3c64a0 1040e0 0033cc 0047ab 2a52be 3333ff 2020a0",
    "purple": "800080 9400d3 8a2be2 4b0082 da70d6 ba55d3 c8a2c8 663399 9370db 5a285a b48cdc d000ff",
    "pink": "ffc0cb ff69b4 ff1493 ffb6c1 db7093 f4c2c2 ff85a2 e75480 ffd7e6 ff50c8 f78fa7",
    "brown": "8b4513 a0522d 654321 5c4033 7b3f00 964b00 cd853f d2b48c b5895b 3d2b1f a56b46 8b6b4a",
}
"""Examples of colours for each name, as RRGGBB in hexadecimal digits."""

SOFTNESS = 5.0
"""A distance in CIELAB. The larger it is, the more gradually one name changes into another."""
# The matrix of the sRGB standard.
SRGB_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
HIDDEN = (32, 32)
"""Sizes of the hidden layers."""
SAMPLES, STEPS, BATCH, LEARNING_RATE = 20_000, 4000, 256, 0.01
"""SAMPLES is the number of training colours, STEPS the number of training steps, BATCH the number
of colours in a step, and LEARNING_RATE the first learning rate, which falls to 0."""

type Array = NDArray[np.float64]


def to_cielab(rgb: Array) -> Array:
    """Convert colours from sRGB in 0..1, shape (N, 3), to CIELAB.

    In CIELAB, the distance between two colours corresponds to how different they look.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ SRGB_TO_XYZ.T / SRGB_TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def target_probabilities(rgb: Array) -> Array:
    """Return the probability of each name for each colour, shape (N, 11), according to EXAMPLES."""
    points = to_cielab(rgb)[:, None]
    distances = []
    for examples in EXAMPLES.values():
        colours = np.array([list(bytes.fromhex(colour)) for colour in examples.split()]) / 255
        distances.append(np.linalg.norm(points - to_cielab(colours), axis=2).min(axis=1))
    nearest = np.stack(distances, axis=1)
    weights = np.exp((nearest.min(axis=1, keepdims=True) - nearest) / SOFTNESS)
    return weights / weights.sum(axis=1, keepdims=True)


def train(seed: int) -> list[Array]:
    """Train the network with Adam.

    Returns:
        The weights and the biases of the first layer, then those of the second layer, and so on.
    """
    rng = np.random.default_rng(seed)
    sizes = (3, *HIDDEN, len(EXAMPLES))
    layers: list[Array] = []
    for inputs, outputs in pairwise(sizes):
        layers += [rng.normal(0, inputs**-0.5, (inputs, outputs)), np.zeros(outputs)]
    # Adam's moving averages of the gradients and of their squares.
    mean, square = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    # The cosine puts more samples near black, white and pure colours, which users pick more often.
    colours = 0.5 - 0.5 * np.cos(np.pi * rng.random((SAMPLES, 3)))
    targets = target_probabilities(colours)
    for step in range(1, STEPS + 1):
        rate = LEARNING_RATE * (1 - step / STEPS)
        batch = rng.integers(SAMPLES, size=BATCH)
        for i, gradient in enumerate(gradients(layers, colours[batch], targets[batch])):
            mean[i] += 0.1 * (gradient - mean[i])
            square[i] += 0.001 * (gradient**2 - square[i])
            divisor = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
            layers[i] -= rate * mean[i] / (1 - 0.9**step) / divisor
    return layers


def gradients(layers: list[Array], rgb: Array, targets: Array) -> list[Array]:
    """Return the gradients of the mean cross-entropy, in the order of `layers`.

    Args:
        layers: the weights and the biases of the layers, as `train` returns them.
        rgb: colours in 0..1, shape (N, 3).
        targets: the wanted probabilities, shape (N, 11).
    """
    values = [rgb]  # the inputs of each layer
    for i in range(0, len(layers) - 2, 2):
        values.append(np.tanh(values[-1] @ layers[i] + layers[i + 1]))
    error = (softmax(values[-1] @ layers[-2] + layers[-1]) - targets) / len(rgb)
    found: list[Array] = []
    for i in range(len(layers) - 2, -1, -2):
        value = values[i // 2]
        found = [value.T @ error, error.sum(axis=0), *found]
        error = error @ layers[i].T * (1 - value**2)
    return found


def softmax(logits: Array) -> Array:
    """Return the probabilities of logits, shape (N, 11)."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def to_onnx(layers: list[Array]) -> bytes:
    """Return the network as an ONNX file.

    Its input is "rgb", float32 (N, 3) in 0..1. Its output is "probabilities", float32 (N, 11).
    """
    nodes, weights, value = [], [], "rgb"
    for i in range(0, len(layers), 2):
        names = [f"weight{i // 2}", f"bias{i // 2}"]
        for name, layer in zip(names, layers[i : i + 2], strict=True):
            weights.append(numpy_helper.from_array(layer.astype(np.float32), name))
        nodes.append(helper.make_node("Gemm", [value, *names], [f"sum{i // 2}"]))
        last = i + 2 == len(layers)
        kind, value = ("Softmax", "probabilities") if last else ("Tanh", f"value{i // 2}")
        nodes.append(helper.make_node(kind, [f"sum{i // 2}"], [value]))
    graph = helper.make_graph(
        nodes,
        "color",
        [helper.make_tensor_value_info("rgb", TensorProto.FLOAT, ["N", 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", len(EXAMPLES)])],
        weights,
    )
    # By default, onnx writes newer versions, which not all runtimes support.
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    return bytes(model.SerializeToString(deterministic=True))


def make(file: Path, seed: int = 1) -> None:
    """Train a network, and write it to a file."""
    file.write_bytes(to_onnx(train(seed)))


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
