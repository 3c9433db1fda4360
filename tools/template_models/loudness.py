"""Whether there is a sound: the power of 512 samples, smoothed over time by a state."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from tools.template_models.graphs import model_of

LABELS = ["silence", "sound"]
SAMPLES = 512
SAMPLE = {
    "samples": (0.1 * np.sin(np.arange(SAMPLES) / 8)).astype(np.float32).reshape(1, SAMPLES),
    "state": np.full((1, 1), 6, np.float32),
}
"""A tone of a tenth of full scale."""
_FLOOR = 1e-8
"""The power of silence: -80 dB."""
_THRESHOLD = 8.06
"""A power of -45 dB, on the scale of the state."""


def model() -> bytes:
    """Return the model, from "samples" (1, 512) and "state" (1, 1).

    Its outputs are "probabilities" (1, 2) and "stateN" (1, 1): the smoothed natural logarithm of
    the power, from 0 for silence to 18 for full scale.
    """
    return model_of(
        {
            "samples": (TensorProto.FLOAT, [1, SAMPLES]),
            "state": (TensorProto.FLOAT, [1, 1]),
        },
        {
            "probabilities": (TensorProto.FLOAT, [1, 2]),
            "stateN": (TensorProto.FLOAT, [1, 1]),
        },
        [
            helper.make_node("Mul", ["samples", "samples"], ["squares"]),
            helper.make_node("ReduceMean", ["squares"], ["power"], axes=[1], keepdims=1),
            helper.make_node("Add", ["power", "floor"], ["raised"]),
            helper.make_node("Log", ["raised"], ["log"]),
            helper.make_node("Sub", ["log", "log_floor"], ["level"]),
            helper.make_node("Mul", ["level", "new"], ["new_part"]),
            helper.make_node("Mul", ["state", "old"], ["old_part"]),
            helper.make_node("Add", ["new_part", "old_part"], ["stateN"]),
            helper.make_node("Gemm", ["stateN", "slopes", "bias"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        ],
        {
            "floor": _FLOOR,
            "log_floor": float(np.log(_FLOOR)),
            "new": 0.3,
            "old": 0.7,
            "slopes": [[0.0, 1.5]],
            "bias": [0.0, -1.5 * _THRESHOLD],
        },
        {"labels": LABELS},
    )
