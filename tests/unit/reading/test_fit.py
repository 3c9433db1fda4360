import asyncio
from array import array

import pytest

from digits.reading.compatible import Misfit, try_on
from digits.reading.recogniser import Recogniser
from offline_onnx import Model, Tensor, TensorSpec
from tests.unit.fakes import manifest_of

FIRST = TensorSpec("probabilities", "float32", ("N", 10))


def image(*shape, dtype="float32"):
    return (TensorSpec("image", dtype, shape),)


def more(name, *shape, dtype="float32"):
    return (FIRST, TensorSpec(name, dtype, shape))


class Answering:
    """Gives every image the same row, and remembers what it was given."""

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


SURE = [0.0] * 3 + [1.0] + [0.0] * 6


def tried(row=SURE, **fields):
    session = Answering(row)
    model = Model(manifest_of(b"model", **fields), session)
    asyncio.run(try_on(model))
    return model, session


@pytest.mark.parametrize(
    "shape", [("N", 28, 28, 1), ("N", 1, 28, 28), ("batch", 28, 28), ("N", 784)]
)
def test_a_model_that_takes_images_fits_whatever_the_order_of_its_dimensions(shape):
    model, session = tried(inputs=image(*shape))
    (reading,) = asyncio.run(Recogniser(model).read([array("f", [0.0] * 784)]))
    assert reading.label == "3"
    assert session.shapes == [(2, *shape[1:]), (1, *shape[1:])]


def test_outputs_that_nobody_looks_at_may_be_anything():
    tried(outputs=more("attention", "N", "M", dtype="int64"))
    tried(outputs=more("is_digit", "N", 1))


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("misfit_input", {"inputs": image(1, 28, 28, 1)}),
        ("misfit_input", {"inputs": image("N", 28, 28, 3)}),
        ("misfit_input", {"inputs": image("N", "H", "W", 1)}),
        ("misfit_input", {"inputs": image("N", 28, 28, 1, dtype="uint8")}),
        ("misfit_input", {"inputs": image()}),
        ("misfit_input", {"inputs": (*image("N", 784), TensorSpec("more", "float32", (1,)))}),
        ("misfit_labels", {"labels": ()}),
        ("misfit_labels", {"labels": tuple("1234567890")}),
        ("misfit_output", {"outputs": (TensorSpec("probabilities", "float32", ("N", 11)),)}),
        ("misfit_output", {"outputs": (TensorSpec("probabilities", "float32", (10,)),)}),
        ("misfit_output", {"outputs": more("is_digit", "N", 2)}),
        ("misfit_output", {"outputs": more("distances", "N", 9)}),
        ("misfit_output", {"outputs": more("features", "N", "width")}),
        ("misfit_output", {"outputs": more("layer_1", "N", 64)}),
        ("misfit_threshold", {"metadata": {"threshold": "high"}}),
        ("misfit_threshold", {"metadata": {"threshold": 46}}),
        ("misfit_probabilities", {"row": [4.0, -2.0] + [0.0] * 8}),
        ("misfit_probabilities", {"row": [0.3] * 10}),
        ("misfit_probabilities", {"row": [float("nan")] * 10}),
    ],
)
def test_what_can_not_be_used_is_told(key, fields):
    with pytest.raises(Misfit) as caught:
        tried(**fields)
    assert caught.value.key == key
    assert caught.value.values["found"]
