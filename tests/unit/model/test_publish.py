"""The report on the released model, from measuring to its page."""

import json
import shutil

import pytest

from model.data import drawings as synthetic
from model.evaluation import evaluate, robustness
from model.report import publish
from tools.site.bundle import MODEL

TWINS = "3 trainings with different seeds"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(evaluate, "NUMBERS", (5, 5))
    monkeypatch.setattr(evaluate, "PHOTOS", 1)
    monkeypatch.setattr(evaluate, "KINDS", evaluate.KINDS[:2])
    monkeypatch.setattr(robustness, "SUBSET", 20)
    monkeypatch.setattr(synthetic, "MEASURED", 20)


def test_the_report_is_on_the_model_in_the_folder(tmp_path):
    publish.write(MODEL, tmp_path, "npm", [])
    text = (tmp_path / "README.md").read_text("utf-8")
    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["sha256"][:12] in text
    assert f"{manifest['metadata']['mnist_test_accuracy']:.2%}" in text
    assert publish.SYNTHETIC in text
    assert TWINS in text


def test_twins_of_another_training_do_not_tell_of_chance(tmp_path):
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    seeds = {"training": "another", "accuracies": {"2": 0.9, "3": 0.91}}
    (model / "seeds.json").write_text(json.dumps(seeds), "utf-8")
    publish.write(model, tmp_path / "report", "npm", [])
    assert TWINS not in (tmp_path / "report" / "README.md").read_text("utf-8")
