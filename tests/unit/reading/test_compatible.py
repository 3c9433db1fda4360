"""Checking custom models: the layouts that are accepted, and the reasons for a refusal."""

import asyncio
from array import array

import pytest

from digits.reading.compatible import Incompatible, check_compatible
from digits.reading.recogniser import Recogniser
from offline_onnx import Model, Tensor
from offline_onnx.inference.tensor import TensorSpec
from tests.unit.fakes import manifest_of

PROBABILITIES = TensorSpec("probabilities", "float32", ("N", 10))


def image(*shape, dtype="float32"):
    """Return the inputs of a model: one image input of this shape."""
    return (TensorSpec("image", dtype, shape),)


def with_output(name, *shape, dtype="float32"):
    """Return the outputs of a model: the probabilities, and another output of this shape."""
    return (PROBABILITIES, TensorSpec(name, dtype, shape))


class ConstantSession:
    """Returns the same probabilities for every image.

    Attributes:
        row: the probabilities.
        shapes: the shape of the input of each run.
    """

    def __init__(self, row):
        self.row = row
        self.shapes = []

    async def run(self, inputs, outputs=None):
        (tensor,) = inputs.values()
        self.shapes.append(tensor.shape)
        count = tensor.shape[0]
        rows = {"probabilities": self.row, "is_digit": [1.0]}
        return {
            name: Tensor(array("f", rows[name] * count), (count, len(rows[name])))
            for name in outputs
        }


CERTAIN = [0.0] * 3 + [1.0] + [0.0] * 6
"""The probabilities of an image that is certainly a 3."""


def check(row=CERTAIN, **fields):
    """Check a model that returns `row` for every image; return the model and its session.

    fields: the fields of its manifest.
    """
    session = ConstantSession(row)
    model = Model(manifest_of(b"model", **fields), session)
    asyncio.run(check_compatible(model))
    return model, session


@pytest.mark.parametrize(
    "shape", [("N", 28, 28, 1), ("N", 1, 28, 28), ("batch", 28, 28), ("N", 784)]
)
def test_models_with_various_layouts_of_images_are_accepted(shape):
    model, session = check(inputs=image(*shape))
    (reading,) = asyncio.run(Recogniser(model).read([array("f", [0.0] * 784)]))
    assert reading.label == "3"
    assert session.shapes == [(2, *shape[1:]), (1, *shape[1:])]  # the check, then `read`


def test_an_output_is_digit_and_an_unknown_output_are_accepted():
    check(outputs=with_output("attention", "N", "M", dtype="int64"))
    check(outputs=with_output("is_digit", "N", 1))


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("incompatible_input", {"inputs": image(1, 28, 28, 1)}),
        ("incompatible_input", {"inputs": image("N", 28, 28, 3)}),
        ("incompatible_input", {"inputs": image("N", "H", "W", 1)}),
        ("incompatible_input", {"inputs": image("N", 28, 28, 1, dtype="uint8")}),
        ("incompatible_input", {"inputs": image()}),
        ("incompatible_input", {"inputs": (*image("N", 784), TensorSpec("more", "float32", (1,)))}),
        ("incompatible_labels", {"labels": ()}),
        ("incompatible_labels", {"labels": tuple("1234567890")}),
        ("incompatible_output", {"outputs": (TensorSpec("probabilities", "float32", ("N", 11)),)}),
        ("incompatible_output", {"outputs": (TensorSpec("probabilities", "float32", (10,)),)}),
        ("incompatible_output", {"outputs": with_output("is_digit", "N", 2)}),
        ("incompatible_output", {"outputs": with_output("distances", "N", 9)}),
        ("incompatible_output", {"outputs": with_output("features", "N", "width")}),
        ("incompatible_output", {"outputs": with_output("layer_1", "N", 64)}),
        ("incompatible_threshold", {"metadata": {"threshold": "high"}}),
        ("incompatible_threshold", {"metadata": {"threshold": 46}}),
        ("incompatible_probabilities", {"row": [4.0, -2.0] + [0.0] * 8}),
        ("incompatible_probabilities", {"row": [0.3] * 10}),
        ("incompatible_probabilities", {"row": [float("nan")] * 10}),
    ],
)
def test_an_incompatible_model_is_refused_with_the_reason(key, fields):
    with pytest.raises(Incompatible) as caught:
        check(**fields)
    assert caught.value.key == key
    assert caught.value.values["found"]
