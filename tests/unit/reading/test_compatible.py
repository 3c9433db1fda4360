import asyncio
from array import array

import pytest

from digits.reading.compatible import Incompatible, check_compatible
from digits.reading.recogniser import Recogniser
from offline_onnx import Model, Tensor, TensorSpec
from tests.unit.fakes import manifest_of

FIRST = TensorSpec("probabilities", "float32", ("N", 10))


def image(*shape, dtype="float32"):
    return (TensorSpec("image", dtype, shape),)


def more(name, *shape, dtype="float32"):
    return (FIRST, TensorSpec(name, dtype, shape))


class ConstantSession:
    """Answer every image with the same row, and record the shapes of the inputs."""

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


def check(row=CERTAIN, **fields):
    session = ConstantSession(row)
    model = Model(manifest_of(b"model", **fields), session)
    asyncio.run(check_compatible(model))
    return model, session


@pytest.mark.parametrize(
    "shape", [("N", 28, 28, 1), ("N", 1, 28, 28), ("batch", 28, 28), ("N", 784)]
)
def test_a_model_may_order_the_dimensions_of_its_images_in_any_way(shape):
    model, session = check(inputs=image(*shape))
    (reading,) = asyncio.run(Recogniser(model).read([array("f", [0.0] * 784)]))
    assert reading.label == "3"
    assert session.shapes == [(2, *shape[1:]), (1, *shape[1:])]


def test_outputs_that_the_app_never_reads_may_be_anything():
    check(outputs=more("attention", "N", "M", dtype="int64"))
    check(outputs=more("is_digit", "N", 1))


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
        ("incompatible_output", {"outputs": more("is_digit", "N", 2)}),
        ("incompatible_output", {"outputs": more("distances", "N", 9)}),
        ("incompatible_output", {"outputs": more("features", "N", "width")}),
        ("incompatible_output", {"outputs": more("layer_1", "N", 64)}),
        ("incompatible_threshold", {"metadata": {"threshold": "high"}}),
        ("incompatible_threshold", {"metadata": {"threshold": 46}}),
        ("incompatible_probabilities", {"row": [4.0, -2.0] + [0.0] * 8}),
        ("incompatible_probabilities", {"row": [0.3] * 10}),
        ("incompatible_probabilities", {"row": [float("nan")] * 10}),
    ],
)
def test_a_model_that_can_not_be_used_is_refused_with_the_reason(key, fields):
    with pytest.raises(Incompatible) as caught:
        check(**fields)
    assert caught.value.key == key
    assert caught.value.values["found"]
