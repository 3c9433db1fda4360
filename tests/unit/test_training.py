"""Training on a handful of images: what matters is that it can stop and go on."""

import dataclasses
from itertools import chain

import numpy as np
import pytest

from model import augment, callbacks, dataset, fitting, mixture, network, teachers, train

PLAN = train.Plan(
    scans=256,
    validation=60,
    pen=40,
    negatives=20,
    shares=(40, 16, 8),
    schedule=fitting.Schedule(epochs=3, steps=4, seed=1, ema=0.95),
)


def scheduled(**changed):
    """Give PLAN with another schedule."""
    return dataclasses.replace(PLAN, schedule=dataclasses.replace(PLAN.schedule, **changed))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return train.data(dataset.load()[0][:320], PLAN, tmp_path_factory.mktemp("drawings"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    return train.train(data, PLAN, tmp_path_factory.mktemp("whole"))


def test_an_interrupted_training_ends_with_the_same_weights(data, trained, tmp_path, monkeypatch):
    save = callbacks.Save.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(callbacks.Save, "on_epoch_end", save_and_stop)
        for _ in range(2):
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
    plan = scheduled(epochs=1, steps=1)
    train.train(data, plan, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    train.forget(plan, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_plan_does_not_go_on_from_this_ones_state(tmp_path):
    other = scheduled(seed=2)
    assert train.state_file(PLAN, tmp_path) != train.state_file(other, tmp_path)


def batches(steps, seed=1, shares=(64, 10)):
    """Give batches of images that are all as dark as their number, 256 and 40 of them."""
    sources = [
        mixture.Source(
            np.tile(np.arange(count, dtype=np.uint8)[:, np.newaxis, np.newaxis], (1, 28, 28)),
            np.eye(count, 256, dtype=np.float32),
            share,
            distortion,
        )
        for count, share, distortion in zip(
            (256, 40), shares, (None, augment.DRAWINGS), strict=True
        )
    ]
    return list(mixture.batches(sources, seed, steps))


def numbers(batches):
    """Give what each batch's images are."""
    return [targets.numpy().argmax(1).tolist() for _, targets in batches]


def test_batches_go_on_where_they_stopped():
    whole, rest = batches(range(12)), batches(range(5, 12))
    assert len(whole) == 12
    for (images, targets), (other, other_targets) in zip(whole[5:], rest, strict=True):
        assert np.array_equal(images, other)
        assert np.array_equal(targets, other_targets)


def test_an_image_keeps_its_target_and_stays_as_it_is_unless_it_is_to_be_distorted():
    [(images, targets)] = batches(range(1))
    middle = np.round(images.numpy()[:, 14, 14, 0] * 255)
    assert np.array_equal(middle, targets.numpy().argmax(1))
    edges = np.round(images.numpy()[:, 0, 0, 0] * 255)
    assert np.array_equal(edges[:64], middle[:64])
    assert not np.array_equal(edges[64:], middle[64:])


def test_every_image_has_its_turn_before_one_comes_again_and_each_time_in_another_order():
    found = numbers(batches(range(8)))
    first = list(chain(*(each[:64] for each in found)))
    assert sorted(first[:256]) == sorted(first[256:]) == list(range(256))
    assert first[:256] != first[256:]
    second = list(chain(*(each[64:] for each in found)))
    assert sorted(second[:40]) == sorted(second[40:]) == list(range(40))


def test_the_turns_go_on_within_a_batch():
    second = list(chain(*(each[48:] for each in numbers(batches(range(5), shares=(48, 16))))))
    assert sorted(second[:40]) == sorted(second[40:]) == list(range(40))  # 40 images, 16 a batch


def test_another_seed_gives_other_batches():
    assert numbers(batches(range(1))) != numbers(batches(range(1), seed=2))


def test_what_is_held_out_is_not_trained_on(data):
    for plan in (train.FULL, train.QUICK):
        assert plan.scans <= teachers.SCANS
        assert plan.validation <= teachers.HELD_OUT
    assert teachers.SCANS + teachers.HELD_OUT == 60_000
    held_out = {
        image.tobytes() for image in (*data.held_out_scans.images, *data.held_out_pen.images)
    }
    originals = {image.tobytes() for image in dataset.load()[0][: PLAN.scans].images}
    pen = {image.tobytes() for image in data.sources[1].images}
    assert not (originals | pen) & held_out


def test_the_teachers_labels_are_those_of_the_scans(data):
    scans = data.sources[0]
    assert scans.targets.shape == (teachers.VIEWS * PLAN.scans, network.CLASSES)
    assert scans.targets.sum(1) == pytest.approx(1)
    labels = np.tile(dataset.load()[0][: PLAN.scans].labels, teachers.VIEWS)
    assert (scans.targets.argmax(1) == labels).mean() > 0.98


def test_the_views_of_a_scan_are_alike_and_always_the_same():
    scans = dataset.load()[0][:32]
    views = teachers.views(scans)
    assert views.shape == (teachers.VIEWS, 32, 28, 28)
    assert np.array_equal(views[:, :8], teachers.views(scans)[:, :8])
    for place, view in enumerate(views):
        ink = view.reshape(32, -1).sum(1, dtype=float)
        assert ink == pytest.approx(scans.images.reshape(32, -1).sum(1, dtype=float), rel=0.45)
        assert all(not np.array_equal(view, other) for other in views[:place])


def test_augmentation_moves_ink_and_keeps_most_of_it(data):
    images = data.held_out_pen[:64].as_input()
    distorted = augment.augment(images, np.array([1, 2], np.int64), augment.DRAWINGS).numpy()
    assert distorted.shape == images.shape
    assert not np.allclose(distorted, images, atol=0.1)
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert distorted.sum() == pytest.approx(images.sum(), rel=0.2)
    again = augment.augment(images, np.array([1, 2], np.int64), augment.DRAWINGS).numpy()
    assert np.array_equal(distorted, again)


def test_sampling_where_a_pixel_is_gives_the_pixel(data):
    images = data.held_out_pen[:8].as_input()
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
