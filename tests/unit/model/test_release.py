"""The trainings beside the released one; releasing itself is in `test_quick.py`."""

import json
from types import SimpleNamespace

import pytest

from model import release
from model.training import train


def test_seeds_that_were_cut_short_are_not_trained_twice(tmp_path, monkeypatch):
    trained = []

    def made(_, plan, *_examples):
        state = train.state_file(plan, tmp_path)
        if not state.exists():
            if plan.seed == release.SEEDS[-1] and "cut short" not in trained:
                trained.append("cut short")
                raise KeyboardInterrupt
            trained.append(plan.seed)
            state.touch()
            state.with_suffix(".json").touch()
        return b"", SimpleNamespace(metadata={"mnist_test_accuracy": plan.seed / 10}), []

    monkeypatch.setattr(release, "TRAINING", tmp_path)
    monkeypatch.setattr(release, "_made", made)
    with pytest.raises(KeyboardInterrupt):
        release.seeds("npm", tmp_path)
    assert release.seeds("npm", tmp_path) == {"2": 0.2, "3": 0.3}
    assert trained == [2, "cut short", 3]
    assert [file.name for file in tmp_path.iterdir()] == ["seeds.json"]
    kept = json.loads((tmp_path / "seeds.json").read_text("utf-8"))
    assert kept == {
        "training": train.fingerprint(train.FULL),
        "accuracies": {"2": 0.2, "3": 0.3},
    }
