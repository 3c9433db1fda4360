"""Training on a handful of images: what matters is that it can stop and go on."""

import dataclasses
from itertools import chain

import keras
import numpy as np
import onnx
import pytest

from model import augment, convert, dataset, network, train
from model.convert import ConversionError

PLAN = dataclasses.replace(train.QUICK, images=256, validation=64, epochs=3, batch=64)


@pytest.fixture(scope="module")
def digits():
    return dataset.load()[0][:320]


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    return train.train(digits, PLAN, tmp_path_factory.mktemp("whole"))


def test_an_interrupted_training_ends_with_the_same_weights(digits, trained, tmp_path, monkeypatch):
    save = train._Save.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(train._Save, "on_epoch_end", save_and_stop)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                train.train(digits, PLAN, tmp_path)
    model = train.train(digits, PLAN, tmp_path)
    for ours, theirs in zip(model.get_weights(), trained.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_another_plan_does_not_go_on_from_this_ones_state(tmp_path):
    other = dataclasses.replace(PLAN, seed=2)
    assert train.state_file(PLAN, tmp_path) != train.state_file(other, tmp_path)


def test_batches_go_on_where_they_stopped(digits):
    whole = list(train.batches(digits[:256], PLAN, first=0))
    rest = list(train.batches(digits[:256], PLAN, first=5))
    assert len(whole) == PLAN.epochs * PLAN.steps == 12
    for (image, label), (other, other_label) in zip(whole[5:], rest, strict=True):
        assert np.array_equal(image, other)
        assert np.array_equal(label, other_label)


def test_an_epoch_has_every_image_once_and_the_next_in_another_order(digits):
    labels = [label.numpy().tolist() for _, label in train.batches(digits[:256], PLAN, first=0)]
    first, second = (list(chain(*labels[i : i + 4])) for i in (0, 4))
    assert sorted(first) == sorted(second) == sorted(digits[:256].labels.tolist())
    assert first != second


def test_the_held_out_images_are_not_trained_on():
    for plan in (train.FULL, train.QUICK):
        assert plan.images + plan.validation <= 60_000
    assert train.FULL.images + train.FULL.validation == 60_000


def test_augmentation_moves_ink_and_keeps_most_of_it(digits):
    images = digits[:64].as_input()
    distorted = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert distorted.shape == images.shape
    assert not np.allclose(distorted, images, atol=0.1)
    assert distorted.sum() == pytest.approx(images.sum(), rel=0.15)
    again = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert np.array_equal(distorted, again)


def test_the_network_is_small():
    assert network.build().count_params() < 75_000


def test_the_converted_model_answers_as_keras_does(digits, trained):
    content = convert.convert(trained)
    assert convert.prove(trained, content, digits.as_input()) <= convert.TOLERANCE
    graph = onnx.load_from_string(content).graph
    shapes = [
        [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
        for v in (graph.input[0], graph.output[0])
    ]
    assert (graph.input[0].name, graph.output[0].name) == ("image", "probabilities")
    assert shapes == [["N", 28, 28, 1], ["N", 10]]


def test_a_model_that_answers_otherwise_stops_the_build(digits, trained):
    content = convert.convert(trained)
    other = keras.models.clone_model(trained)
    with pytest.raises(ConversionError, match="differ"):
        convert.prove(other, content, digits.as_input())
