"""Keras to ONNX: the same answers, in fewer bytes."""

import keras
import numpy as np
import onnx
import pytest

from model import convert, dataset, network, weights
from model.convert import ConversionError

TEMPERATURE = 1.5


@pytest.fixture(scope="module")
def images():
    return dataset.load()[0][:200].as_input()


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    model = network.build()
    for weight in model.trainable_weights:  # a new network's biases are 0, and left out
        weight.assign(weight + keras.random.normal(weight.shape, stddev=0.05))
    return model


@pytest.fixture(scope="module")
def content(model):
    return convert.convert(model, TEMPERATURE)


def test_the_converted_model_answers_as_keras_does(model, content, images):
    assert convert.prove(model, TEMPERATURE, content, images) <= convert.TOLERANCE
    graph = onnx.load_from_string(content).graph
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert list(shapes) == ["image", "probabilities", "is_digit"]
    assert list(shapes.values()) == [["N", 28, 28, 1], ["N", 10], ["N", 1]]


def test_probabilities_are_of_digits_and_what_is_left_of_eleven_is_no_digit(model, content, images):
    found = convert.opened(content)(images)
    logits = np.asarray(model(images, training=False), np.float64) / TEMPERATURE
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.allclose(found["is_digit"][:, 0], 1 - chances[:, 10], atol=1e-5)
    digits = chances[:, :10] / chances[:, :10].sum(1, keepdims=True)
    assert np.allclose(found["probabilities"], digits, atol=1e-5)


def test_a_model_that_answers_otherwise_stops_the_build(model, content, images):
    other = keras.models.clone_model(model)
    with pytest.raises(ConversionError, match="differ"):
        convert.prove(other, TEMPERATURE, content, images)
    with pytest.raises(ConversionError, match="differ"):
        convert.prove(model, 1.0, content, images)


def test_weights_of_16_bits_take_half_the_bytes_and_answer_nearly_the_same(content, images):
    half = weights.halve(content)
    assert len(half) < 0.52 * len(content)
    assert weights.parameters(half) == weights.parameters(content)
    ours, theirs = (convert.opened(each)(images)["probabilities"] for each in (half, content))
    assert 0 < np.abs(ours - theirs).max() < 1e-3


def test_parameters_are_the_networks_with_its_normalisation_folded_in(model, content):
    kernels = sum(int(np.prod(w.shape)) for w in model.trainable_weights if w.path[-6:] == "kernel")
    biases = sum(layer.filters for layer in model.layers if hasattr(layer, "filters"))
    assert weights.parameters(content) == kernels + biases + network.CLASSES


def test_answers_that_change_too_often_stop_the_build(content, images, model):
    other = keras.models.clone_model(model)
    with pytest.raises(ConversionError, match="change"):
        convert.prove_same_answers(content, convert.convert(other, TEMPERATURE), images)
    assert convert.prove_same_answers(content, content, images) == 0
