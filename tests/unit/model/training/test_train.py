"""Tests of the training, of its batches and of the distortion of images, with few images."""

import dataclasses
from itertools import chain

import keras
import numpy as np
import pytest

from digits.reading.contract import DIGITS
from model.data import augment, batches, mnist
from model.training import callbacks, network, train

PLAN = dataclasses.replace(
    train.QUICK,
    scans=256,
    validation=60,
    pen=40,
    signs=22,
    not_digits=20,
    epochs=2,
    steps=4,
    shares=(36, 16, 8, 4),
)


@pytest.fixture(scope="module")
def data():
    """Return the images of a small training."""
    return train.prepare_data(mnist.load()[0][:320], PLAN)


def small_network():
    """Return a network with the same kinds of layers; it is faster than the real one."""
    return keras.Sequential(
        [
            keras.Input(network.INPUT_SHAPE),
            *network._convolution(8),
            keras.layers.MaxPooling2D(4),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(network.CLASSES),
        ]
    )


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """Return the network and the history of a training without interruption."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "build", small_network)
        return train.train(
            data, PLAN, tmp_path_factory.mktemp("uninterrupted") / "state.keras", "Training"
        )


def train_one_epoch(data, state, monkeypatch):
    """Start or resume a training, and interrupt it after one epoch."""
    save = callbacks.Save.on_epoch_end

    def save_and_interrupt(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(callbacks.Save, "on_epoch_end", save_and_interrupt)
        with pytest.raises(KeyboardInterrupt):
            train.train(data, PLAN, state, "Training")


def test_a_resumed_training_gives_the_same_weights_and_history(
    data, trained, tmp_path, monkeypatch
):
    monkeypatch.setattr(network, "build", small_network)
    state = tmp_path / "new folder" / "state.keras"
    for _ in range(PLAN.epochs - 1):
        train_one_epoch(data, state, monkeypatch)
    for _ in range(2):  # the second time, the state is that of the last epoch
        model, history = train.train(data, PLAN, state, "Training")
        for found, expected in zip(model.get_weights(), trained[0].get_weights(), strict=True):
            assert np.array_equal(found, expected)
        assert history == trained[1]


def test_delete_state_deletes_the_state_and_the_history(tmp_path):
    state = tmp_path / "state.keras"
    for file in (state, state.with_suffix(".json")):
        file.touch()
    train.delete_state(state)
    assert list(tmp_path.iterdir()) == []


def test_the_history_has_losses_and_accuracies_for_each_epoch(data, trained):
    model, history = trained
    assert [entry["epoch"] for entry in history] == [1, 2]
    assert history[-1]["loss"] < history[0]["loss"]
    for digits, name in ((data.held_out_scans, "validation"), (data.held_out_synthetic, "pen")):
        logits = np.asarray(model(digits.as_input(), training=False))
        found = logits if name == "validation" else logits[:, : len(DIGITS)]
        accuracy = (found.argmax(1) == digits.labels).mean()
        assert history[-1][f"{name}_accuracy"] == pytest.approx(accuracy)


def list_batches(data, steps, seed=1, shares=(64, 10)):
    """Return batches as a list. shares: Numbers of scans and of synthetic digits in a batch."""
    sources = zip((data.scans, data.synthetic), shares, strict=True)
    return list(batches.batches(list(sources), seed, steps))


def test_batches_of_later_steps_do_not_depend_on_earlier_steps(data):
    full, resumed = list_batches(data, range(12)), list_batches(data, range(5, 12))
    assert len(full) == 12
    for (images, labels), (others, other_labels) in zip(full[5:], resumed, strict=True):
        assert np.array_equal(images, others)
        assert np.array_equal(labels, other_labels)


def test_batches_use_every_image_once_before_they_repeat_in_another_order(data):
    labels = [label.numpy().tolist() for _, label in list_batches(data, range(8))]
    scans = list(chain(*(each[:64] for each in labels)))
    assert sorted(scans[:256]) == sorted(scans[256:]) == sorted(data.scans.labels.tolist())
    assert scans[:256] != scans[256:]
    pen = list(chain(*(each[64:] for each in labels)))
    assert sorted(pen[:40]) == sorted(pen[40:]) == sorted(data.synthetic.labels.tolist())


def test_batches_repeat_images_within_a_batch_if_a_source_ends_there(data):
    labels = [label.numpy().tolist() for _, label in list_batches(data, range(5), shares=(48, 16))]
    pen = list(chain(*(each[48:] for each in labels)))  # 40 images, 16 in a batch
    assert sorted(pen[:40]) == sorted(pen[40:]) == sorted(data.synthetic.labels.tolist())


def test_batches_depend_on_the_seed(data):
    (images, _), *_ = list_batches(data, range(1))
    (others, _), *_ = list_batches(data, range(1), seed=2)
    assert not np.array_equal(images, others)


def test_held_out_images_are_not_among_the_training_images(data):
    for plan in (train.FULL, train.QUICK):
        assert plan.scans + plan.validation <= 60_000
    assert train.FULL.scans + train.FULL.validation == 60_000
    training_images = {image.tobytes() for image in (*data.scans.images, *data.synthetic.images)}
    held_out = (*data.held_out_scans.images, *data.held_out_synthetic.images)
    assert not training_images & {image.tobytes() for image in held_out}


def test_augment_changes_images_and_keeps_the_amount_of_ink_roughly(data):
    images = data.scans[:64].as_input()
    distorted = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert distorted.shape == images.shape
    assert not np.allclose(distorted, images, atol=0.1)
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert distorted.sum() == pytest.approx(images.sum(), rel=0.2)
    again = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert np.array_equal(distorted, again)


def test_sample_interpolates_between_pixels(data):
    images = data.scans[:8].as_input()
    y, x = np.mgrid[:28, :28].astype(np.float32)
    same = augment._sample(images, np.stack([x] * 8), np.stack([y] * 8)).numpy()
    assert np.allclose(same, images, atol=1e-5)
    right = augment._sample(images, np.stack([x - 1] * 8), np.stack([y] * 8)).numpy()
    assert np.allclose(right[:, :, 1:], images[:, :, :-1], atol=1e-5)
    half = augment._sample(images, np.stack([x + 0.5] * 8), np.stack([y] * 8)).numpy()
    means = (images[:, :, 1:] + images[:, :, :-1]) / 2
    assert np.allclose(half[:, :, :-1], means, atol=1e-5)


def test_the_network_has_at_most_150000_parameters():
    assert network.build().count_params() <= 150_000
