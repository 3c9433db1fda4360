"""The report on the released model, from measuring it to the page."""

import json
import shutil

import pytest

from digits.reading.contract import ACCURACY
from model.data import drawings, mnist
from model.evaluation import evaluate, robustness
from model.report import report
from tools.site.bundle import MODEL

OTHER_SEEDS = "3 trainings with different seeds"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(evaluate, "NUMBERS", (5, 5))
    monkeypatch.setattr(evaluate, "PHOTOS", 1)
    monkeypatch.setattr(evaluate, "KINDS", evaluate.KINDS[:2])
    monkeypatch.setattr(robustness, "SUBSET", 20)
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 20)


def test_the_report_is_about_the_model_in_the_folder(tmp_path):
    report.measure_and_write(MODEL, tmp_path, "npm", [])
    text = (tmp_path / "README.md").read_text("utf-8")
    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["sha256"][:12] in text
    assert f"{manifest['metadata'][ACCURACY]:.2%}" in text
    assert report.SYNTHETIC in text
    assert OTHER_SEEDS in text


def test_seeds_of_another_training_are_not_reported(tmp_path, monkeypatch):
    training, test = mnist.load()
    monkeypatch.setattr(mnist, "load", lambda _: (training, test[:100]))
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    seeds = {"training": "another", "accuracies": {"2": 0.9, "3": 0.91}}
    (model / "seeds.json").write_text(json.dumps(seeds), "utf-8")
    report.measure_and_write(model, tmp_path / "report", "npm", [])
    assert OTHER_SEEDS not in (tmp_path / "report" / "README.md").read_text("utf-8")
