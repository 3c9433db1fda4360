"""The choice of the released network. tests/browser/start/test_quick.py tests a whole build."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from model import release
from model.training import train

LOSSES = {1: 0.05, 2: 0.03, 3: 0.04}
"""The loss on held-out images of the network that is trained with each seed."""


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """Train and convert nothing; return the list of the seeds that would be trained."""
    trained = []

    def fake_train(_data, plan, state, _title):
        if not state.exists():
            trained.append(plan.seed)
            state.parent.mkdir(exist_ok=True)
            state.touch()
            state.with_suffix(".json").touch()
        return plan.seed, [{"epoch": plan.seed}]

    def fake_convert(best, *_):
        manifest = SimpleNamespace(file="digits.onnx", to_json=lambda: str(best.seed))
        return bytes([best.network]), manifest

    monkeypatch.setattr(release, "SEEDS", tuple(LOSSES))
    monkeypatch.setattr(release, "STATES", tmp_path / "states")
    monkeypatch.setattr(release, "_data", lambda *_: None)
    monkeypatch.setattr(release.grouping, "train_grouping", lambda: None)
    monkeypatch.setattr(release.template_hand, "write_template_hand", lambda: None)
    monkeypatch.setattr(train, "fingerprint", lambda _, plan: f"training-{plan.seed}")
    monkeypatch.setattr(train, "train", fake_train)
    monkeypatch.setattr(release, "held_out_loss", lambda network, _: LOSSES[network])
    monkeypatch.setattr(release, "_convert", fake_convert)
    monkeypatch.setattr(release, "_accuracy", lambda network, _: network / 10)
    return trained


def build(folder, *, quick=False):
    """Release into a folder."""
    release.release("npm", folder, [], quick=quick)


def test_the_network_that_is_best_on_held_out_images_is_released(tmp_path, trained):
    build(tmp_path / "model")
    assert trained == [1, 2, 3]
    written = {file.name: file.read_text("utf-8") for file in (tmp_path / "model").iterdir()}
    assert set(written) == {"digits.onnx", "digits.json", "history.json", "seeds.json"}
    assert written["digits.onnx"] == "\x02"
    assert json.loads(written["history.json"]) == [{"epoch": 2}]
    assert json.loads(written["seeds.json"]) == {
        "training": "training-2",
        "accuracies": {"1": 0.1, "3": 0.3},
    }
    assert not list((tmp_path / "states").iterdir())


def test_a_finished_training_is_not_repeated_after_an_interruption(tmp_path, trained, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(release, "_convert", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path / "model")
    assert not Path(tmp_path / "model").exists()
    build(tmp_path / "model")
    assert trained == [1, 2, 3]


def test_a_quick_build_trains_once(tmp_path, trained):
    build(tmp_path / "model", quick=True)
    assert trained == [1]
