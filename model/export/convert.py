"""Keras to ONNX with weights of 16 bits, and the proof that all give the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx

from model.training.network import DIGITS, INPUT_SHAPE
from offline_onnx import TensorSpec
from tools.console import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

OPSET = 17
TOLERANCE = 1e-5
CHANGED = 2  # answers of 10,000 that weights of 16 bits may change
INPUT = TensorSpec("image", "float32", ("N", *INPUT_SHAPE))
PROBABILITIES = TensorSpec("probabilities", "float32", ("N", DIGITS))
IS_DIGIT = TensorSpec("is_digit", "float32", ("N", 1))


class ConversionError(BuildError):
    """The ONNX model does not answer as the Keras model does; the message gives by how much."""


def answers(model: Any, images: Any, temperature: float) -> dict[str, Any]:
    """Turn logits into what the released model tells.

    probabilities [N, 10]: of each digit, if it is one; they sum to 1. is_digit [N, 1]: the
    probability that it is a digit at all. temperature: what the logits are divided by, so that a
    probability is the share of such answers that are right (Guo et al., "On Calibration of Modern
    Neural Networks", 2017).
    """
    logits = model(images, training=False) / temperature
    return {
        PROBABILITIES.name: tf.nn.softmax(logits[:, :DIGITS]),
        IS_DIGIT.name: tf.reduce_sum(tf.nn.softmax(logits)[:, :DIGITS], axis=1, keepdims=True),
    }


def convert(model: Any, temperature: float) -> bytes:
    """Convert the trained network to a checked ONNX model, see `answers`."""

    @tf.function(  # type: ignore[untyped-decorator]  # TensorFlow has no type hints
        input_signature=[tf.TensorSpec([None, *INPUT_SHAPE], tf.float32, name=INPUT.name)]
    )
    def answer(image: Any) -> dict[str, Any]:
        return answers(model, image, temperature)

    proto, _ = tf2onnx.convert.from_function(
        answer, input_signature=answer.input_signature, opset=OPSET
    )
    _tidy(proto)
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())


def prove(model: Any, temperature: float, content: bytes, images: NDArray[np.float32]) -> float:
    """Give the largest difference between Keras and onnxruntime over the images.

    images: float32 [N, 28, 28, 1]. Raises ConversionError if it is over TOLERANCE.
    """
    theirs = answers(model, images, temperature)
    ours = opened(content)(images)
    difference = max(float(np.abs(ours[name] - theirs[name]).max()) for name in theirs)
    if not difference <= TOLERANCE:
        raise ConversionError(
            f"onnxruntime's answers differ from Keras's by {difference:.1e}, "
            f"more than {TOLERANCE:.0e}: the converted model is not the trained one."
        )
    return difference


def prove_same_answers(content: bytes, other: bytes, images: NDArray[np.float32]) -> int:
    """Give how many images the two models read otherwise.

    images: float32 [N, 28, 28, 1]. Raises ConversionError if it is more than CHANGED.
    """
    models = opened(content), opened(other)
    read = [run(images)[PROBABILITIES.name].argmax(1) for run in models]
    changed = int((read[0] != read[1]).sum())
    if changed > CHANGED:
        raise ConversionError(
            f"Weights of 16 bits change {changed} answers of {len(images)}, more than {CHANGED}."
        )
    return changed


def opened(content: bytes) -> Callable[[NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """Open an ONNX model: it takes images, float32 [N, 28, 28, 1], and gives outputs by name."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        return dict(zip(names, session.run(names, {INPUT.name: images}), strict=True))

    return run


def _tidy(proto: Any) -> None:
    """Put the probabilities first, and call the first dimension N; tf2onnx names it otherwise."""
    outputs = sorted(proto.graph.output, key=lambda value: value.name != PROBABILITIES.name)
    del proto.graph.output[:]
    proto.graph.output.extend(outputs)
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    proto.graph.ClearField("doc_string")  # a counter's value: no two builds would be alike
