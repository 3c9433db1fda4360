import re

import numpy as np
import pytest

from model.evaluation.evaluate import Result
from model.evaluation.metrics import Predictions
from model.report import report
from offline_onnx import Manifest
from tools.site.bundle import MODEL

RELEASED = Manifest.parse((MODEL / "digits.json").read_text("utf-8"))
COUNT = 40
LABELS = np.arange(COUNT) % 10
WRONG = {3: 5, 17: 1, 23: 5, 38: 2}
"""Misread images, by index."""
HISTORY = [
    {
        "epoch": epoch,
        "loss": 1 / epoch,
        "validation_loss": 0.8 / epoch,
        "validation_accuracy": 1 - 0.1 / epoch,
        "pen_accuracy": 1 - 0.2 / epoch,
        "rate": 0.003 / epoch,
    }
    for epoch in range(1, 5)
]
ROBUSTNESS = {
    "shift": [(-2.0, 0.5), (-1.0, 0.895), (0.0, 0.9), (1.0, 0.88), (2.0, 0.9)],
    "scale": [(0.6, 0.3), (1.0, 0.9), (1.4, 0.7)],
    "rotation": [(-45.0, 0.4), (0.0, 0.9), (45.0, 0.5)],
    "stroke width": [(-1.2, 0.2), (0.0, 0.9), (2.4, 0.9)],
}


def predictions(misread):
    probabilities = np.zeros((COUNT, 10), np.float32)
    probabilities[range(COUNT), LABELS] = 0.96
    for place, (index, reading) in enumerate(misread.items()):
        probabilities[index, LABELS[index]] = 0.0625
        probabilities[index, reading] = 0.9375 - place / 32
    return Predictions(LABELS, probabilities)


def write(folder, mnist, seeds=(0.99, 0.992, 0.994)):
    report.write(
        folder,
        released=RELEASED,
        history=HISTORY,
        result=Result(
            parameters=71_717,
            model_bytes=RELEASED.size,
            mnist=mnist,
            drawn=predictions({3: 5}),
            mnist_accepted=0.991,
            accepted=0.972,
            refused=0.825,
            auroc=0.9614,
            numbers={1: 0.99, 4: 0.934},
            photos={"pencil": 0.96, "marker": 0.881},
        ),
        mnist_images=np.random.default_rng(1).integers(0, 256, (COUNT, 28, 28), np.uint8),
        pen_name="digits drawn for a test",
        robustness=ROBUSTNESS,
        seeds=seeds,
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("report"), predictions(WRONG))


@pytest.fixture(scope="module")
def readme(folder):
    return (folder / "README.md").read_text("utf-8")


def texts(file):
    return re.findall(r">([^<>]+)</text>", file.read_text("utf-8"))


def test_the_same_measurements_give_the_same_bytes(folder, tmp_path):
    again = write(tmp_path / "again", predictions(WRONG))
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_every_file_is_linked_and_every_link_has_a_file(folder, readme):
    linked = re.findall(r"\]\(([^)]+)\)", readme)
    assert sorted([*linked, "README.md"]) == sorted(file.name for file in folder.iterdir())


def test_every_misread_image_is_listed_the_most_confident_first(readme):
    rows = re.findall(r"^\| (\d+) \| (\d) \| (\w+) \| ([\d.]+)% \| ([\d.]+)% \|$", readme, re.M)
    assert [(row[:3]) for row in rows] == [
        ("3", "3", "5"),
        ("17", "7", "1"),
        ("23", "3", "5"),
        ("38", "8", "2"),
    ]
    assert rows[0][3:] == ("93.8", "6.2")


def test_confidence_numbers_and_photos_are_reported(readme):
    for row in (
        "| MNIST test | 99.1% |",
        "| pen digits | 97.2% |",
        "| not a digit | 17.5% |",
        "| 4 | 93.4% |",
        "| marker | 88.1% |",
    ):
        assert row in readme
    assert "0.961" in readme


def test_the_model_is_compared_with_the_old_app(readme):
    for row in (
        "| MNIST test accuracy | 99.39% | 90.00% |",
        "| misread of 40 images | 0 | 4 |",
        "| parameters | 594,922 | 71,717 |",
        f"| size | 2.38 MB | {RELEASED.size / 1e6:.2f} MB |",
        "| pen digits | 88.0% | 97.5% |",
    ):
        assert row in readme
    assert "digits drawn for a test" in readme
    assert "99.20% on average" in readme
    assert "0.20 points: 99.00%, 99.20% and 99.40%." in readme


def test_other_seeds_are_not_mentioned_if_there_are_none(tmp_path):
    assert "seeds" not in (write(tmp_path, predictions({}), ()) / "README.md").read_text("utf-8")


def test_the_most_frequent_mistakes_are_listed(readme):
    assert "3 as 5 (2), 7 as 1 (1) and 8 as 2 (1)." in readme
    assert "Pen digits, most often misread: 3 as 5 (1)." in readme


def test_the_last_epoch_and_the_calibration_are_reported(readme):
    assert "After epoch 4" in readme
    assert "97.50% of the held-out scans are read right" in readme
    # Of the pen digits 39 are right at 96%, and one is wrong at 93.75%, in the same bin.
    assert "and 1.56% (Pen digits)" in readme


def test_the_tolerated_changes_are_reported(readme):
    assert "| shift (pixels, across or down) | -1 to 0 | 50.0% at -2 | 90.0% at 2 |" in readme
    assert "0 to 2.4 | 20.0% at -1.2 | 90.0% at 2.4 |" in readme


def test_plots_are_labelled_with_text(folder):
    assert {"true digit", "read as", "MNIST test"} <= set(texts(folder / "confusion.svg"))
    assert {"epoch", "training", "validation", "pen"} <= set(texts(folder / "learning.svg"))
    assert "degrees clockwise" in texts(folder / "robustness.svg")
    assert "probability of the answer" in texts(folder / "calibration.svg")


def test_plots_are_small_and_contain_no_date_and_no_local_font(folder):
    for file in folder.iterdir():
        assert file.stat().st_size < 150_000, file.name
    for file in folder.glob("*.svg"):
        text = file.read_text("utf-8")
        assert "<dc:date>" not in text
        assert "<dc:creator>" not in text
        assert set(re.findall(r"font-family: ([^;\"]+)", text)) == {"system-ui, sans-serif"}


def test_a_model_that_misreads_nothing_has_a_report(tmp_path):
    readme = (write(tmp_path, predictions({})) / "README.md").read_text("utf-8")
    assert "There are none." in readme
    assert "MNIST test, most often misread: nothing." in readme
    assert not (tmp_path / "misread.png").exists()
