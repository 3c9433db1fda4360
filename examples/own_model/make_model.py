"""Make color.onnx, a small network that gives each colour one of the 11 basic names.

    python make_model.py FILE.onnx [SEED]

It needs numpy and onnx alone, and takes seconds. The same seed gives the same file. What the
network learns is the table below: a colour is called as the nearest colour in the table is, and
between two names it is a little of both.
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

NAMES = {
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
"""Colours as people call them, #RRGGBB."""

SOFTNESS = 5.0
"""How gradually one name becomes another, in units of the CIELAB colour space."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
HIDDEN = (32, 32)
SAMPLES, STEPS, BATCH, RATE = 20_000, 4000, 256, 0.01

type Array = NDArray[np.float64]


def lab(rgb: Array) -> Array:
    """Convert sRGB in 0..1, shape (N, 3), to CIELAB, where distances are as the eye sees them."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def called(rgb: Array) -> Array:
    """Give how much of each name colours have, shape (N, 11), by the table."""
    distances = []
    for table in NAMES.values():
        colours = np.array([list(bytes.fromhex(colour)) for colour in table.split()]) / 255
        distances.append(np.linalg.norm(lab(rgb)[:, None] - lab(colours), axis=2).min(axis=1))
    nearest = np.stack(distances, axis=1)
    part = np.exp((nearest.min(axis=1, keepdims=True) - nearest) / SOFTNESS)
    return part / part.sum(axis=1, keepdims=True)


def train(seed: int) -> list[Array]:
    """Fit the network with Adam; give its weights and biases, layer by layer."""
    random = np.random.default_rng(seed)
    sizes = (3, *HIDDEN, len(NAMES))
    layers: list[Array] = []
    for width, height in pairwise(sizes):
        layers += [random.normal(0, width**-0.5, (width, height)), np.zeros(height)]
    mean, square = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    # More of them near black, white and the pure colours, which is what people pick.
    colours = 0.5 - 0.5 * np.cos(np.pi * random.random((SAMPLES, 3)))
    wanted = called(colours)
    for step in range(1, STEPS + 1):
        rate = RATE * (1 - step / STEPS)
        some = random.integers(SAMPLES, size=BATCH)
        for i, slope in enumerate(slopes(layers, colours[some], wanted[some])):
            mean[i] += 0.1 * (slope - mean[i])
            square[i] += 0.001 * (slope**2 - square[i])
            fair = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
            layers[i] -= rate * mean[i] / (1 - 0.9**step) / fair
    return layers


def slopes(layers: list[Array], rgb: Array, wanted: Array) -> list[Array]:
    """Give the gradient of the cross-entropy for each weight and bias."""
    values = [rgb]
    for i in range(0, len(layers) - 2, 2):
        values.append(np.tanh(values[-1] @ layers[i] + layers[i + 1]))
    error = (softmax(values[-1] @ layers[-2] + layers[-1]) - wanted) / len(rgb)
    found: list[Array] = []
    for i in range(len(layers) - 2, -1, -2):
        value = values[i // 2]
        found = [value.T @ error, error.sum(axis=0), *found]
        error = error @ layers[i].T * (1 - value**2)
    return found


def softmax(scores: Array) -> Array:
    """Turn scores, shape (N, 11), into probabilities."""
    part = np.exp(scores - scores.max(axis=1, keepdims=True))
    return part / part.sum(axis=1, keepdims=True)


def to_onnx(layers: list[Array]) -> bytes:
    """Write the network as ONNX: "rgb" float32 (N, 3) in 0..1 to "probabilities" (N, 11)."""
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
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", len(NAMES)])],
        weights,
    )
    # Versions that every runtime of today reads, whatever the package onnx has newer.
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    return bytes(model.SerializeToString(deterministic=True))


def make(file: Path, seed: int = 1) -> None:
    """Train a network and write it."""
    file.write_bytes(to_onnx(train(seed)))


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
