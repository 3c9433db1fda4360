"""Convert the Keras network to ONNX, and check that both compute the same outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx

from digits.reading import contract
from digits.reading.contract import DIGITS, SIGNS, SYMBOLS
from model.training.network import INPUT_SHAPE
from offline_onnx.inference.tensor import TensorSpec
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

OPSET = 17
TOLERANCE = 1e-5
"""Largest accepted difference between an output value of Keras and that of onnxruntime."""
MAX_CHANGED = 2
"""Largest number of test images, of 10,000, whose prediction the float16 weights may change."""
INPUT = TensorSpec("image", "float32", ("N", *INPUT_SHAPE))
PROBABILITIES = TensorSpec("probabilities", "float32", ("N", len(DIGITS)))
IS_DIGIT = TensorSpec(contract.IS_DIGIT, "float32", ("N", 1))
SIGN_PROBABILITIES = TensorSpec(contract.SIGN_PROBABILITIES, "float32", ("N", len(SIGNS)))


class ConversionError(BuildError):
    """The outputs of the converted model are wrong; the message says by how much."""


def compute_outputs(network: Any, images: Any, temperature: float) -> dict[str, Any]:
    """Compute the outputs of the released model from the network's logits.

    Args:
        network: The trained network.
        images: float32 [N, 28, 28, 1].
        temperature: Divisor of the logits that calibrates the probabilities (C. Guo et al.: "On
            Calibration of Modern Neural Networks", ICML 2017).

    Returns:
        `probabilities` [N, 10]: the probability of each digit if the image is a digit; they sum to
        1. `is_digit` [N, 1]: the probability that the image is a digit. `signs` [N, 11]: for each
        sign, the probability that the image is this sign.
    """
    logits = network(images, training=False) / temperature
    count = len(DIGITS)
    joint = tf.nn.softmax(logits)
    return {
        PROBABILITIES.name: tf.nn.softmax(logits[:, :count]),
        IS_DIGIT.name: tf.reduce_sum(joint[:, :count], axis=1, keepdims=True),
        SIGN_PROBABILITIES.name: joint[:, count : len(SYMBOLS)],
    }


def convert(network: Any, temperature: float) -> bytes:
    """Convert the trained network to an ONNX model whose outputs are those of `compute_outputs`."""

    @tf.function(  # type: ignore[untyped-decorator]  # TensorFlow has no type hints
        input_signature=[tf.TensorSpec([None, *INPUT_SHAPE], tf.float32, name=INPUT.name)]
    )
    def outputs(image: Any) -> dict[str, Any]:
        return compute_outputs(network, image, temperature)

    proto, _ = tf2onnx.convert.from_function(
        outputs, input_signature=outputs.input_signature, opset=OPSET
    )
    _normalise(proto)
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())


def check_outputs(
    network: Any, temperature: float, content: bytes, images: NDArray[np.float32]
) -> float:
    """Check that the ONNX model and the Keras network compute the same outputs.

    Args:
        network: The trained network.
        temperature: The temperature that the model was converted with.
        content: The ONNX model.
        images: float32 [N, 28, 28, 1].

    Returns:
        The largest difference between an output value of Keras and that of onnxruntime.

    Raises:
        ConversionError: The difference is larger than TOLERANCE.
    """
    expected = compute_outputs(network, images, temperature)
    found = open_model(content)(images)
    difference = max(float(np.abs(found[name] - expected[name]).max()) for name in expected)
    if not difference <= TOLERANCE:  # also true if the difference is NaN
        raise ConversionError(
            f"The outputs of onnxruntime and Keras differ by {difference:.1e}, "
            f"more than {TOLERANCE:.0e}: tf2onnx has converted the network wrongly."
        )
    return difference


def check_predictions(
    float32_model: bytes, float16_model: bytes, images: NDArray[np.float32]
) -> int:
    """Check that a model predicts almost the same digits with float16 weights as with float32.

    Args:
        float32_model: The model with float32 weights.
        float16_model: The same model with float16 weights.
        images: float32 [N, 28, 28, 1].

    Returns:
        The number of images with different predictions.

    Raises:
        ConversionError: The number is larger than MAX_CHANGED.
    """
    before, after = (
        open_model(content)(images)[PROBABILITIES.name].argmax(1)
        for content in (float32_model, float16_model)
    )
    changed = int((before != after).sum())
    if changed > MAX_CHANGED:
        raise ConversionError(
            f"The float16 weights change {changed} of {len(images)} predictions, "
            f"more than {MAX_CHANGED}."
        )
    return changed


def open_model(content: bytes) -> Callable[[NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """Open an ONNX model with onnxruntime.

    Returns:
        A function that takes images, float32 [N, 28, 28, 1], and returns the model's outputs by
        name.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        return dict(zip(names, session.run(names, {INPUT.name: images}), strict=True))

    return run


def _normalise(proto: Any) -> None:
    """Put the probabilities first, name the first dimension N, and remove the doc string."""
    outputs = sorted(proto.graph.output, key=lambda value: value.name != PROBABILITIES.name)
    del proto.graph.output[:]
    proto.graph.output.extend(outputs)
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    proto.graph.ClearField("doc_string")  # it contains a counter that differs between builds
