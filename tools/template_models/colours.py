"""The name of a picture's average colour: that of the nearest of twelve colours."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from tools.template_models.graphs import model_of

COLOURS = {
    "black": "000000", "grey": "808080", "white": "ffffff", "red": "c81e1e",
    "orange": "e8752b", "yellow": "f0d020", "green": "2e9e3f", "turquoise": "2fb8b0",
    "blue": "2f5fd0", "purple": "7a3fb0", "pink": "f08fb0", "brown": "7a4a25",
}  # fmt: skip
SIZE = 32
SAMPLE = np.full((1, 3, SIZE, SIZE), 0.25, np.float32) * np.array(
    [3.6, 1.8, 0.7], np.float32
).reshape(1, 3, 1, 1)
"""An orange picture."""
_SHARPNESS = 40.0
"""The factor of squared distances in the scores."""


def model() -> bytes:
    """Return the model: from "image" (N, 3, 32, 32), from 0 to 1, to "probabilities" (N, 12)."""
    points = np.array([[*bytes.fromhex(code)] for code in COLOURS.values()]) / 255
    # The squared distance of x and p is x² - 2xp + p²; x² is the same for all colours.
    slopes = (2 * _SHARPNESS * points.T).astype(np.float32)
    bias = (-_SHARPNESS * np.sum(points**2, axis=1)).astype(np.float32)
    return model_of(
        {"image": (TensorProto.FLOAT, ["N", 3, SIZE, SIZE])},
        {"probabilities": (TensorProto.FLOAT, ["N", len(COLOURS)])},
        [
            helper.make_node("GlobalAveragePool", ["image"], ["average"]),
            helper.make_node("Flatten", ["average"], ["rgb"]),
            helper.make_node("Gemm", ["rgb", "slopes", "bias"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        {"slopes": slopes, "bias": bias},
        {"labels": list(COLOURS)},
    )
