"""Keras to ONNX: the same answers, in fewer bytes."""

import keras
import numpy as np
import onnx
import pytest

from model.data import mnist as dataset
from model.export import convert, prototypes, weights
from model.export import graph as outputs
from model.export.convert import ConversionError
from model.training import network

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


def test_layers_and_features_are_outputs_and_the_answers_stay(content, images, model):
    shown = outputs.with_layers(content)
    found, before = convert.opened(shown)(images), convert.opened(content)(images)
    assert all((found[name] == before[name]).all() for name in before)
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.ReLU)]
    for number, layer in enumerate(layers, 1):
        theirs = keras.Model(model.inputs[0], layer.output)(images).numpy()
        assert np.allclose(found[f"layer_{number}"], theirs.transpose(0, 3, 1, 2), atol=1e-4)
    features = keras.Model(model.inputs[0], model.layers[-2].output)(images).numpy()
    assert np.allclose(found["features"], features, atol=1e-4)
    assert outputs.with_layers(shown) == shown


def test_distances_are_to_the_nearest_prototype_of_each_class(content, images):
    shown = outputs.with_layers(content)
    looks = np.random.default_rng(1).random((3, 4, 64), np.float32)
    found = convert.opened(outputs.with_distances(shown, looks))(images)
    away = np.linalg.norm(found["features"][:, np.newaxis, np.newaxis] - looks, axis=3).min(2)
    assert np.allclose(found["distances"], away, atol=1e-5)
    assert weights.parameters(outputs.with_distances(shown, looks)) == weights.parameters(content)


def test_prototypes_are_means_of_what_the_network_makes_of_a_class(content):
    scans = dataset.load()[0][:600]
    looks = prototypes.of_classes(outputs.with_layers(content), [scans, scans[:300]], range(10))
    assert looks.shape == (10, 2 * prototypes.OF_EACH, 64)
    run = convert.opened(outputs.with_layers(content))
    sevens = run(scans.as_input()[scans.labels == 7])["features"]
    assert (looks[7].min(0) >= sevens.min(0) - 1e-5).all()
    assert (looks[7].max(0) <= sevens.max(0) + 1e-5).all()
    nearest = np.linalg.norm(sevens[:, np.newaxis] - looks[7, :4], axis=2).argmin(1)
    means = [sevens[nearest == each].mean(0) for each in range(prototypes.OF_EACH)]
    assert np.abs(looks[7, :4] - means).max() < 0.5 * sevens.std()
