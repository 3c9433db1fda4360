"""Tests of the report's text and plots, with made-up measurements."""

import re

import numpy as np
import pytest

from model.evaluation.evaluate import Result
from model.evaluation.metrics import Predictions
from model.evaluation.written_lines import LineResult
from model.report import report
from offline_onnx import Manifest
from tools.site.bundle import MODEL

RELEASED = Manifest.parse((MODEL / "digits.json").read_text("utf-8"))
COUNT = 40
LABELS = np.arange(COUNT) % 10
MISREAD = {3: 5, 17: 1, 23: 5, 38: 2}
"""The predicted digit of each misread image, by the image's index."""
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
    """Return predictions for LABELS. misread: the wrong predictions, in the format of MISREAD."""
    probabilities = np.zeros((COUNT, 10), np.float32)
    probabilities[range(COUNT), LABELS] = 0.96
    for rank, (index, predicted) in enumerate(misread.items()):
        probabilities[index, LABELS[index]] = 0.0625
        probabilities[index, predicted] = 0.9375 - rank / 32
    return Predictions(LABELS, probabilities)


def write(folder, mnist, seeds=(0.99, 0.992, 0.994)):
    """Write a report into a folder; return the folder."""
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
            drawn_accepted=0.972,
            others_rejected=0.825,
            auroc=0.9614,
            numbers={1: 0.99, 4: 0.934},
            lines=LineResult(50, 0.88, 0.97, {"+": 0.9}, [("/", "1", 3)]),
            photos={"pencil": 0.96, "marker": 0.881},
            line_photos={"sums": 0.715},
        ),
        mnist_images=np.random.default_rng(1).integers(0, 256, (COUNT, 28, 28), np.uint8),
        pen_name="digits drawn for a test",
        lines_name="lines drawn for a test",
        others_name="letters drawn for a test",
        robustness=ROBUSTNESS,
        seeds=seeds,
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a report."""
    return write(tmp_path_factory.mktemp("report"), predictions(MISREAD))


@pytest.fixture(scope="module")
def readme(folder):
    """Return the text of a report."""
    return (folder / "README.md").read_text("utf-8")


def texts(file):
    """Return the texts in an SVG file."""
    return re.findall(r">([^<>]+)</text>", file.read_text("utf-8"))


def test_the_same_measurements_give_the_same_bytes(folder, tmp_path):
    again = write(tmp_path / "again", predictions(MISREAD))
    names = sorted(file.name for file in folder.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_the_report_links_to_all_of_its_files_and_to_no_others(folder, readme):
    linked = re.findall(r"\]\(([^)]+)\)", readme)
    assert sorted([*linked, "README.md"]) == sorted(file.name for file in folder.iterdir())


def test_misread_images_are_listed_by_confidence(readme):
    rows = re.findall(r"^\| (\d+) \| (\d) \| (\w+) \| ([\d.]+)% \| ([\d.]+)% \|$", readme, re.M)
    assert [row[:3] for row in rows] == [
        ("3", "3", "5"),
        ("17", "7", "1"),
        ("23", "3", "5"),
        ("38", "8", "2"),
    ]
    assert rows[0][3:] == ("93.8", "6.2")


def test_the_report_contains_confident_readings_numbers_and_photos(readme):
    for row in (
        "| MNIST test | 99.1% |",
        "| pen digits | 97.2% |",
        "| not a digit | 17.5% |",
        "| 4 | 93.4% |",
        "| marker | 88.1% |",
        "| sums | 71.5% |",
    ):
        assert row in readme
    assert "0.961" in readme


def test_the_report_compares_the_model_with_the_tensorflow_js_app(readme):
    for row in (
        "| MNIST test accuracy | 99.39% | 90.00% |",
        "| misread of 40 images | 0 | 4 |",
        "| parameters | 594,922 | 71,717 |",
        f"| size | 2.38 MB | {RELEASED.size / 1e6:.2f} MB |",
        "| pen digit accuracy | 88.0% | 97.5% |",
    ):
        assert row in readme
    assert "digits drawn for a test" in readme
    assert "99.20% on average" in readme
    assert "0.20 points: 99.00%, 99.20% and 99.40%." in readme


def test_the_report_lists_the_most_frequent_mistakes(readme):
    assert "3 as 5 (2), 7 as 1 (1) and 8 as 2 (1)." in readme
    assert "Pen digits, most often misread: 3 as 5 (1)." in readme


def test_the_report_contains_the_last_epoch_and_the_calibration_error(readme):
    assert "After epoch 4" in readme
    assert "97.50% of the held-out scans are read correctly" in readme
    # One bin contains all pen digits: 39 correct ones with 96%, and a wrong one with 93.75%.
    assert "and 1.56% (Pen digits)" in readme


def test_the_report_contains_the_range_of_tolerated_changes(readme):
    assert "| shift (pixels to the right or down) | -1 to 0 | 50.0% at -2 | 90.0% at 2 |" in readme
    assert "0 to 2.4 | 20.0% at -1.2 | 90.0% at 2.4 |" in readme


def test_plots_contain_their_labels_as_text(folder):
    assert {"true digit", "read as", "MNIST test"} <= set(texts(folder / "confusion.svg"))
    assert {"epoch", "training", "validation", "synthetic", "scans"} <= set(
        texts(folder / "learning.svg")
    )
    assert "degrees clockwise" in texts(folder / "robustness.svg")
    assert "probability of the answer" in texts(folder / "calibration.svg")


def test_files_are_small_and_plots_contain_no_date_and_no_local_font(folder):
    for file in folder.iterdir():
        assert file.stat().st_size < 150_000, file.name
    for file in folder.glob("*.svg"):
        text = file.read_text("utf-8")
        assert "<dc:date>" not in text
        assert "<dc:creator>" not in text
        assert set(re.findall(r"font-family: ([^;\"]+)", text)) == {"system-ui, sans-serif"}


def test_a_model_without_mistakes_and_without_other_seeds_has_a_report(tmp_path):
    readme = (write(tmp_path, predictions({}), seeds=()) / "README.md").read_text("utf-8")
    assert "There are none." in readme
    assert "MNIST test, most often misread: nothing." in readme
    assert not (tmp_path / "misread.png").exists()
    assert "seeds" not in readme
