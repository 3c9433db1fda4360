"""Tests of the report on the released model, with few images."""

import json
import shutil

import pytest

from digits.reading.contract import ACCURACY
from model.data import drawings, mnist
from model.evaluation import evaluate, robustness
from model.report import report
from tools.site.bundle import MODEL

SEEDS_TEXT = "3 trainings with different seeds"


@pytest.fixture(autouse=True)
def measure_few(monkeypatch):
    """Shorten the measurement."""
    monkeypatch.setattr(evaluate, "NUMBER_COUNTS", (5, 5))
    monkeypatch.setattr(evaluate, "PHOTOS_PER_KIND", 1)
    monkeypatch.setattr(evaluate, "KINDS", evaluate.KINDS[:2])
    monkeypatch.setattr(robustness, "SUBSET", 20)
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 20)


def test_the_report_contains_digest_accuracy_and_seeds_of_the_model_in_the_folder(tmp_path):
    report.measure_and_write(MODEL, tmp_path, "npm", [])
    text = (tmp_path / "README.md").read_text("utf-8")
    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["sha256"][:12] in text
    assert f"{manifest['metadata'][ACCURACY]:.2%}" in text
    assert report.SYNTHETIC in text
    assert SEEDS_TEXT in text


def test_the_report_omits_seeds_of_another_training(tmp_path, monkeypatch):
    training, test = mnist.load()
    monkeypatch.setattr(mnist, "load", lambda _: (training, test[:100]))
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    seeds = {"training": "another", "accuracies": {"2": 0.9, "3": 0.91}}
    (model / "seeds.json").write_text(json.dumps(seeds), "utf-8")
    report.measure_and_write(model, tmp_path / "report", "npm", [])
    assert SEEDS_TEXT not in (tmp_path / "report" / "README.md").read_text("utf-8")
