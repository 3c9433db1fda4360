"""The benchmark's own arithmetic and text; what it measures is measured by hand."""

import json

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from bench import models, report
from tools.venv import ROOT


def result(megabytes, **changes):
    figures = {
        "first_load_s": [0.4, 0.2, 0.3],
        "first_load_peak_memory_bytes": [3 << 20, 1 << 20, 2 << 20],
        "stored_load_s": [0.1, 0.3, 0.2],
        "stored_load_peak_memory_bytes": [5 << 20, 5 << 20, 6 << 20],
    }
    ours = {
        **figures,
        "python_heap_growth_bytes": [0, 1 << 18, 0],
        "python_peak_bytes": [1 << 17, 1 << 19],
        "open_session_s": [0.5],
    }
    return {
        "megabytes": megabytes,
        "ours": ours,
        "tfjs": figures,
        "first_load_vs_tfjs": 1.0,
        "stored_load_vs_tfjs": 0.875,
        **changes,
    }


def test_a_ratio_is_that_of_the_medians():
    assert report.ratio([1.0, 2.0, 90.0], [4.0, 4.0, 1.0]) == 0.5
    assert report.ratio([1.0], [3.0]) == 0.333


def test_figures_have_their_median_and_range():
    assert report.seconds([0.3, 0.1, 0.1234]) == "0.123 s (0.100-0.300)"
    assert report.memory([64 << 20, 66 << 20, 90 << 20]) == "66 MB (64-90)"


def test_the_text_has_a_row_for_each_size_and_names_the_machine():
    results = {"browser": "Chromium 1.2", "cores": 2, "storage": [result(1), result(64)]}
    text = report.text(results, "## The page\n")
    assert "Measured with Chromium 1.2 on 2 cores." in text
    rows = [line for line in text.splitlines() if line.startswith(("| 1 |", "| 64 |"))]
    assert len(rows) == 4
    stored = "0.200 s (0.100-0.300)"
    first = "0.300 s (0.200-0.400)"
    assert rows[0] == f"| 1 | {first} | {first} | 1.00 | {stored} | {stored} | 0.88 |"
    assert "| 0.25 MB | 0.50 MB |" in rows[2]
    assert rows[2].count("|") == text.splitlines()[text.splitlines().index(rows[2]) - 1].count("|")


def test_the_page_is_written_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    results = {"browser": "Chromium 1.2", "cores": 2, "storage": [result(16)]}
    text = report.text(results, "## The page\n")
    report.write(text, "<svg/>")
    assert (tmp_path / "README.md").read_text("utf-8").endswith(text)
    assert (tmp_path / "starts.svg").read_text("utf-8") == "<svg/>"


@pytest.mark.parametrize("size", [models.MEGABYTE, 3 * models.MEGABYTE])
def test_a_model_has_exactly_the_size_that_is_asked_for(size):
    content = models.make(size)
    assert len(content) == size
    assert content == models.make(size)
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model)
    table = numpy_helper.to_array(model.graph.initializer[0])
    assert size - models.ROOM - 4 * models.COLUMNS < table.nbytes <= size - models.ROOM
    assert len(np.unique(table)) > table.size // 2


def test_the_packages_of_the_benchmark_are_locked_without_addresses():
    packages = json.loads((ROOT / "bench" / "package-lock.json").read_text("utf-8"))["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
