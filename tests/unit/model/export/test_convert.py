"""Tests of the conversion from Keras to ONNX, and of the changes of the ONNX graph."""

import keras
import numpy as np
import onnx
import pytest

from model.data import mnist
from model.export import convert, graph, prototypes
from model.export.convert import ConversionError
from model.training import network

TEMPERATURE = 1.5


@pytest.fixture(scope="module")
def images():
    """Return 200 digits as float32 [200, 28, 28, 1]."""
    return mnist.load()[0][:200].as_input()


@pytest.fixture(scope="module")
def model():
    """Return a Keras network with random weights."""
    keras.utils.set_random_seed(1)
    model = network.build()
    for weight in model.trainable_weights:  # tf2onnx leaves out biases that are 0
        weight.assign(weight + keras.random.normal(weight.shape, stddev=0.05))
    return model


@pytest.fixture(scope="module")
def content(model):
    """Return the converted network as ONNX."""
    return convert.convert(model, TEMPERATURE)


def test_the_converted_model_computes_the_outputs_of_keras(model, content, images):
    assert convert.check_outputs(model, TEMPERATURE, content, images) <= convert.TOLERANCE
    proto = onnx.load_from_string(content).graph
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (*proto.input, *proto.output)
    }
    assert list(shapes) == ["image", "probabilities", "is_digit", "signs"]
    assert list(shapes.values()) == [["N", 28, 28, 1], ["N", 10], ["N", 1], ["N", 11]]


def test_the_outputs_cover_ten_digits_eleven_signs_and_what_is_neither(model, content, images):
    found = convert.open_model(content)(images)
    logits = np.asarray(model(images, training=False), np.float64) / TEMPERATURE
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.allclose(found["is_digit"][:, 0], softmax[:, :10].sum(1), atol=1e-5)
    assert np.allclose(found["signs"], softmax[:, 10:21], atol=1e-5)
    digits = softmax[:, :10] / softmax[:, :10].sum(1, keepdims=True)
    assert np.allclose(found["probabilities"], digits, atol=1e-5)


def test_check_outputs_fails_for_another_network_or_temperature(model, content, images):
    other = keras.models.clone_model(model)
    with pytest.raises(ConversionError, match="differ"):
        convert.check_outputs(other, TEMPERATURE, content, images)
    with pytest.raises(ConversionError, match="differ"):
        convert.check_outputs(model, 1.0, content, images)


def test_float16_weights_halve_the_size_and_nearly_keep_the_outputs(content, images):
    half = graph.with_float16_weights(content)
    assert len(half) < 0.52 * len(content)
    assert graph.count_parameters(half) == graph.count_parameters(content)
    found, expected = (
        convert.open_model(each)(images)["probabilities"] for each in (half, content)
    )
    assert 0 < np.abs(found - expected).max() < 1e-3


def test_count_parameters_counts_batch_normalisation_as_biases(model, content):
    kernels = sum(int(np.prod(w.shape)) for w in model.trainable_weights if w.path[-6:] == "kernel")
    biases = sum(layer.filters for layer in model.layers if hasattr(layer, "filters"))
    assert graph.count_parameters(content) == kernels + biases + network.CLASSES


def test_check_predictions_fails_if_too_many_predictions_change(content, images, model):
    other = keras.models.clone_model(model)
    with pytest.raises(ConversionError, match="change"):
        convert.check_predictions(content, convert.convert(other, TEMPERATURE), images)
    assert convert.check_predictions(content, content, images) == 0


def test_with_layer_outputs_adds_layers_and_features_and_keeps_the_other_outputs(
    content, images, model
):
    more = graph.with_layer_outputs(content)
    found, before = convert.open_model(more)(images), convert.open_model(content)(images)
    assert all((found[name] == before[name]).all() for name in before)
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.ReLU)]
    for number, layer in enumerate(layers, 1):
        expected = keras.Model(model.inputs[0], layer.output)(images).numpy()
        assert np.allclose(found[f"layer_{number}"], expected.transpose(0, 3, 1, 2), atol=1e-4)
    features = keras.Model(model.inputs[0], model.layers[-2].output)(images).numpy()
    assert np.allclose(found["features"], features, atol=1e-4)
    assert graph.with_layer_outputs(more) == more


def test_with_distance_output_adds_the_distance_to_the_nearest_prototype_of_each_class(
    content, images
):
    features = graph.with_layer_outputs(content)
    points = np.random.default_rng(1).random((3, 4, network.FEATURES), np.float32)
    found = convert.open_model(graph.with_distance_output(features, points))(images)
    differences = found["features"][:, np.newaxis, np.newaxis] - points
    expected = np.linalg.norm(differences, axis=3).min(2)
    assert np.allclose(found["distances"], expected, atol=1e-5)
    assert graph.count_parameters(
        graph.with_distance_output(features, points)
    ) == graph.count_parameters(content)


def test_find_prototypes_returns_means_of_the_features_of_each_class(content):
    scans = mnist.load()[0][:600]
    found = prototypes.find_prototypes(
        graph.with_layer_outputs(content), [scans, scans[:300]], range(10)
    )
    assert found.shape == (10, 2 * prototypes.PER_SOURCE, network.FEATURES)
    run = convert.open_model(graph.with_layer_outputs(content))
    sevens = run(scans.as_input()[scans.labels == 7])["features"]
    assert (found[7].min(0) >= sevens.min(0) - 1e-5).all()
    assert (found[7].max(0) <= sevens.max(0) + 1e-5).all()
    nearest = np.linalg.norm(sevens[:, np.newaxis] - found[7, :4], axis=2).argmin(1)
    means = [sevens[nearest == each].mean(0) for each in range(prototypes.PER_SOURCE)]
    assert np.abs(found[7, :4] - means).max() < 0.5 * sevens.std()
