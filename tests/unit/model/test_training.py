"""Training on a handful of images: what matters is that it can stop and go on."""

import dataclasses
from itertools import chain

import numpy as np
import pytest

from model.data import augment
from model.data import batches as mixture
from model.data import mnist as dataset
from model.training import callbacks, network, train

PLAN = dataclasses.replace(
    train.QUICK,
    scans=256,
    validation=60,
    pen=40,
    negatives=20,
    epochs=3,
    steps=4,
    shares=(40, 16, 8),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return train.data(dataset.load()[0][:320], PLAN, tmp_path_factory.mktemp("drawings"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    return train.train(data, PLAN, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("times", [2, PLAN.epochs])
def test_an_interrupted_training_ends_with_the_same_weights(
    data, trained, tmp_path, monkeypatch, times
):
    save = callbacks.Save.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(callbacks.Save, "on_epoch_end", save_and_stop)
        for _ in range(times):
            with pytest.raises(KeyboardInterrupt):
                train.train(data, PLAN, tmp_path)
    model, history = train.train(data, PLAN, tmp_path)
    for ours, theirs in zip(model.get_weights(), trained[0].get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert history == trained[1]


def test_the_history_has_an_entry_an_epoch(data, trained):
    model, history = trained
    assert [entry["epoch"] for entry in history] == [1, 2, 3]
    assert history[-1]["loss"] < history[0]["loss"]
    for digits, name in ((data.held_out_scans, "validation"), (data.held_out_pen, "pen")):
        read = np.asarray(model(digits.as_input(), training=False))
        found = read if name == "validation" else read[:, : network.DIGITS]
        right = (found.argmax(1) == digits.labels).mean()
        assert history[-1][f"{name}_accuracy"] == pytest.approx(right)


def test_a_training_that_has_ended_is_forgotten(data, tmp_path):
    plan = dataclasses.replace(PLAN, epochs=1, steps=1)
    train.train(data, plan, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    train.forget(plan, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_plan_does_not_go_on_from_this_ones_state(tmp_path):
    other = dataclasses.replace(PLAN, seed=2)
    assert train.state_file(PLAN, tmp_path) != train.state_file(other, tmp_path)


def batches(data, steps, seed=1, shares=(64, 10)):
    sources = zip((data.scans, data.pen), shares, strict=True)
    return list(mixture.batches(list(sources), seed, steps))


def test_batches_go_on_where_they_stopped(data):
    whole, rest = batches(data, range(12)), batches(data, range(5, 12))
    assert len(whole) == 12
    for (image, label), (other, other_label) in zip(whole[5:], rest, strict=True):
        assert np.array_equal(image, other)
        assert np.array_equal(label, other_label)


def test_every_image_has_its_turn_before_one_comes_again_and_each_time_in_another_order(data):
    labels = [label.numpy().tolist() for _, label in batches(data, range(8))]
    scans = list(chain(*(each[:64] for each in labels)))
    assert sorted(scans[:256]) == sorted(scans[256:]) == sorted(data.scans.labels.tolist())
    assert scans[:256] != scans[256:]
    pen = list(chain(*(each[64:] for each in labels)))
    assert sorted(pen[:40]) == sorted(pen[40:]) == sorted(data.pen.labels.tolist())


def test_the_turns_go_on_within_a_batch(data):
    labels = [label.numpy().tolist() for _, label in batches(data, range(5), shares=(48, 16))]
    pen = list(chain(*(each[48:] for each in labels)))  # 40 images, 16 a batch
    assert sorted(pen[:40]) == sorted(pen[40:]) == sorted(data.pen.labels.tolist())


def test_another_seed_gives_other_batches(data):
    (ours, _), *_ = batches(data, range(1))
    (theirs, _), *_ = batches(data, range(1), seed=2)
    assert not np.array_equal(ours, theirs)


def test_what_is_held_out_is_not_trained_on(data):
    for plan in (train.FULL, train.QUICK):
        assert plan.scans + plan.validation <= 60_000
    assert train.FULL.scans + train.FULL.validation == 60_000
    seen = {image.tobytes() for image in (*data.scans.images, *data.pen.images)}
    held_out = (*data.held_out_scans.images, *data.held_out_pen.images)
    assert not seen & {image.tobytes() for image in held_out}


def test_augmentation_moves_ink_and_keeps_most_of_it(data):
    images = data.scans[:64].as_input()
    distorted = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert distorted.shape == images.shape
    assert not np.allclose(distorted, images, atol=0.1)
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert distorted.sum() == pytest.approx(images.sum(), rel=0.2)
    again = augment.augment(images, np.array([1, 2], np.int64)).numpy()
    assert np.array_equal(distorted, again)


def test_sampling_where_a_pixel_is_gives_the_pixel(data):
    images = data.scans[:8].as_input()
    y, x = np.mgrid[:28, :28].astype(np.float32)
    same = augment._sample(images, np.stack([x] * 8), np.stack([y] * 8)).numpy()
    assert np.allclose(same, images, atol=1e-5)
    right = augment._sample(images, np.stack([x - 1] * 8), np.stack([y] * 8)).numpy()
    assert np.allclose(right[:, :, 1:], images[:, :, :-1], atol=1e-5)
    half = augment._sample(images, np.stack([x + 0.5] * 8), np.stack([y] * 8)).numpy()
    means = (images[:, :, 1:] + images[:, :, :-1]) / 2
    assert np.allclose(half[:, :, :-1], means, atol=1e-5)


def test_the_network_is_small():
    assert network.build().count_params() < 100_000
