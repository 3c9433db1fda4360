"""Tests of the report on the released model, with few images."""

import gzip
import json
import shutil

import pytest

from model.data import drawings, mnist
from model.evaluation import evaluate, line_photos, robustness, written_lines
from model.evaluation.readings import images_of, load_recogniser, read
from model.report import report
from tools.site.bundle import MODEL

SEEDS_TEXT = "3 trainings with different seeds"


@pytest.fixture(autouse=True)
def short_test_set(monkeypatch):
    """Shorten the measurement; return the 1,000 images that it keeps of MNIST's test set."""
    training, test = mnist.load()
    monkeypatch.setattr(mnist, "load", lambda _: (training, test[:1000]))
    monkeypatch.setattr(evaluate, "NUMBER_COUNTS", (5, 5))
    monkeypatch.setattr(evaluate, "PHOTOS_PER_KIND", 1)
    monkeypatch.setattr(evaluate, "KINDS", evaluate.KINDS[:2])
    monkeypatch.setattr(robustness, "SUBSET", 20)
    monkeypatch.setattr(drawings, "EVALUATION_COUNT", 20)
    monkeypatch.setattr(written_lines, "COUNT", 5)
    monkeypatch.setattr(line_photos, "COUNT", 1)
    return test[:1000]


def test_the_report_contains_digest_accuracy_and_seeds_of_the_model_in_the_folder(
    tmp_path, short_test_set
):
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    training = json.loads((model / "digits.json").read_text("utf-8"))["metadata"]["training"]
    seeds = {"training": training, "accuracies": {"2": 0.9, "3": 0.91}}
    (model / "seeds.json").write_text(json.dumps(seeds), "utf-8")
    report.measure_and_write(model, tmp_path, "npm", [])
    text = (tmp_path / "README.md").read_text("utf-8")
    manifest = json.loads((MODEL / "digits.json").read_text("utf-8"))
    assert manifest["sha256"][:12] in text
    readings = read(load_recogniser(MODEL), images_of(short_test_set))
    labels = [int(reading.label) for reading in readings]
    accuracy = (labels == short_test_set.labels).mean()
    assert 0.98 < accuracy < 1
    assert f"{accuracy:.2%}" in text
    for kind in (report.SYNTHETIC_DIGITS, report.SYNTHETIC_LINES, report.SYNTHETIC_OTHERS):
        assert kind in text
    assert SEEDS_TEXT in text


def test_the_report_omits_seeds_of_another_training_and_names_the_source_of_each_kind_of_drawing(
    tmp_path, monkeypatch
):
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    seeds = {"training": "another", "accuracies": {"2": 0.9, "3": 0.91}}
    (model / "seeds.json").write_text(json.dumps(seeds), "utf-8")
    written = {}
    monkeypatch.setattr(report, "write", lambda _, **results: written.update(results))
    file = tmp_path / "line.jsonl.gz"
    strokes = [[[x, 0], [x, 1]] for x in (0, 0.5)]
    with gzip.open(file, "wt") as lines:
        lines.write(json.dumps({"label": "11", "strokes": strokes}))
    report.measure_and_write(model, tmp_path / "report", "npm", [file])
    assert written["seeds"] == []
    assert written["pen_name"] == report.SYNTHETIC_DIGITS
    assert written["lines_name"] == "the lines in line.jsonl.gz"
    assert written["others_name"] == report.SYNTHETIC_OTHERS
