"""Keras to ONNX, and the proof that both give the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf2onnx

from model.network import CLASSES, INPUT_SHAPE
from offline_onnx import TensorSpec
from tools.report import BuildError

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET = 17
TOLERANCE = 1e-5
INPUT = TensorSpec("image", "float32", ("N", *INPUT_SHAPE))
OUTPUT = TensorSpec("probabilities", "float32", ("N", CLASSES))


class ConversionError(BuildError):
    """The ONNX model does not answer as the Keras model does; the message gives by how much."""


def convert(model: Any) -> bytes:
    """Convert the trained network to a checked ONNX model, softmax inside."""

    @tf.function(  # type: ignore[untyped-decorator]  # TensorFlow has no type hints
        input_signature=[tf.TensorSpec([None, *INPUT_SHAPE], tf.float32, name=INPUT.name)]
    )
    def answer(image: Any) -> dict[str, Any]:
        return {OUTPUT.name: model(image, training=False)}

    proto, _ = tf2onnx.convert.from_function(
        answer, input_signature=answer.input_signature, opset=OPSET
    )
    _name_free_dimension(proto)
    proto.graph.ClearField("doc_string")  # a counter's value: no two builds would be alike
    onnx.checker.check_model(proto, full_check=True)
    return bytes(proto.SerializeToString())


def prove(model: Any, content: bytes, images: NDArray[np.float32]) -> float:
    """Give the largest difference between Keras and onnxruntime over the images.

    images: float32 [N, 28, 28, 1]. Raises ConversionError if it is over TOLERANCE.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (ours,) = session.run([OUTPUT.name], {INPUT.name: images})
    theirs = np.asarray(model(images, training=False))
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE:
        raise ConversionError(
            f"onnxruntime's answers differ from Keras's by {difference:.1e}, "
            f"more than {TOLERANCE:.0e}: the converted model is not the trained one."
        )
    return difference


def _name_free_dimension(proto: Any) -> None:
    """Call the first dimension N, where tf2onnx leaves a name of its own making."""
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "N"
