"""Tests of the parts of the benchmark; tests/commands runs a shortened benchmark."""

import json
import re
import signal
import subprocess
import time
import urllib.request
from xml.etree import ElementTree as ET

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bench import results as report
from bench import targets
from bench.app import chart, figures, pages, phone, visit
from bench.harness import link
from bench.harness.browser import Browser
from bench.harness.effort import FULL_RUNS, Effort, choose_effort
from bench.harness.processor_time import GROUPS
from bench.storage import figures as storage_figures
from bench.storage import models
from tools.console import BuildError
from tools.env.venv import ROOT
from tools.site import parts


def storage_result(mebibytes, **changes):
    """Return a result of the storage benchmark for one model size."""
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
        "megabytes": mebibytes,
        "ours": ours,
        "tfjs": figures,
        "plain_download_s": [0.1],
        "first_load_vs_tfjs": 1.0,
        "stored_load_vs_tfjs": 0.875,
        **changes,
    }


def storage_results(*sizes):
    """Return the results of the storage benchmark for some model sizes in MiB."""
    return {
        "is_full": True,
        "browser": "Chromium 1.2",
        "cores": 2,
        "storage": [storage_result(size) for size in sizes],
        "one_run_s": {"ours": [0.003, 0.002, 0.001], "plain": [0.0005, 0.0005, 0.0009]},
    }


def test_each_load_and_one_run_are_compared_with_their_targets():
    results = storage_results(1, 64)
    results["storage"][1]["first_load_vs_tfjs"] = 1.6
    found = storage_figures.compute_figures(results["storage"], results["one_run_s"])
    assert found == {
        "first_load_vs_tfjs": {"1": 1.0, "64": 1.6},
        "stored_load_vs_tfjs": {"1": 0.875, "64": 0.875},
        "run_overhead_ms": 1.5,
        "python_heap_growth_bytes": 1 << 18,
    }
    table = targets.targets_table(storage_figures.TARGETS, storage_figures.by_target(found))
    rows = [row.replace("\N{MULTIPLICATION SIGN}", "x") for row in table.splitlines()[2:]]
    assert rows == [
        "| first load of 1 MiB, relative to TensorFlow.js | 1 x | 1.5 x |  |",
        "| first load of 64 MiB, relative to TensorFlow.js | 1.6 x | 1.5 x | **missed** |",
        "| stored load of 1 MiB, relative to TensorFlow.js | 0.875 x | 2 x |  |",
        "| stored load of 64 MiB, relative to TensorFlow.js | 0.875 x | 1 x |  |",
        "| time that Python adds to one run of a small model in JavaScript | 1.5 ms | 0.3 ms "
        "| **missed** |",
        "| growth of Python's heap in a load | 0.25 MiB | 0 MiB | **missed** |",
    ]


def test_few_runs_reduce_all_counts():
    assert choose_effort(FULL_RUNS) == choose_effort(FULL_RUNS + 1) == Effort()
    assert choose_effort(FULL_RUNS).is_full
    short = choose_effort(1)
    assert not short.is_full
    assert short.loads == {1: (1, 1)}
    counts = (
        "starts",
        "warm_ups",
        "warm_up_pause",
        "first_visits",
        "inferences",
        "gestures",
        "lines",
        "last_strokes",
        "sessions",
    )
    for count in (*counts, "predictions"):
        assert 0 < getattr(short, count) < getattr(Effort(), count), count


def test_median_ratio_divides_the_medians():
    assert report.median_ratio([1.0, 2.0, 90.0], [4.0, 4.0, 1.0]) == 0.5
    assert report.median_ratio([1.0], [3.0]) == 0.333


def test_values_are_formatted_as_median_and_range():
    assert report.format_seconds([0.3, 0.1, 0.1234]) == "0.123 s (0.100-0.300)"
    assert report.format_memory([64 << 20, 66 << 20, 90 << 20]) == "66 MiB (64-90)"


def test_the_text_has_a_row_for_each_model_size_and_names_the_browser():
    results = storage_results(1, 64)
    text = report.all_sections(results, "## The page\n", "the targets")
    assert "Shortened" not in text
    short = report.all_sections({**results, "is_full": False}, "## The page\n", "")
    assert "Shortened" in short
    assert "the targets" in text
    assert "takes 2 ms from Python, and 0.5 ms from JavaScript" in text
    assert "Measured with Chromium 1.2 on 2 cores." in text
    rows = [line for line in text.splitlines() if line.startswith(("| 1 |", "| 64 |"))]
    assert len(rows) == 4
    stored = "0.200 s (0.100-0.300)"
    first = "0.300 s (0.200-0.400)"
    assert (
        rows[0]
        == f"| 1 | 0.100 s (0.100-0.100) | {first} | {first} | 1.00 | {stored} | {stored} | 0.88 |"
    )
    assert "| 0.25 MiB | 0.50 MiB |" in rows[2]
    assert rows[2].count("|") == text.splitlines()[text.splitlines().index(rows[2]) - 1].count("|")


def test_write_readme_writes_the_text_and_the_chart(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    text = report.all_sections(storage_results(16), "## The page\n", "")
    report.write_readme(text, "<svg/>")
    assert (tmp_path / "README.md").read_text("utf-8").endswith(text)
    assert (tmp_path / "starts.svg").read_text("utf-8") == "<svg/>"


@pytest.mark.parametrize("size", [models.MEBIBYTE, 3 * models.MEBIBYTE])
def test_a_model_has_exactly_the_requested_size(size):
    content = models.onnx_of_size(size)
    assert len(content) == size
    assert content == models.onnx_of_size(size)
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model)
    table = numpy_helper.to_array(model.graph.initializer[0])
    assert size - models.OVERHEAD - 4 * models.COLUMNS < table.nbytes <= size - models.OVERHEAD
    assert len(np.unique(table)) > table.size // 2


def test_the_package_lock_contains_digests_but_no_addresses():
    packages = json.loads((ROOT / "bench" / "package-lock.json").read_text("utf-8"))["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)


def phone_visits(longest_task):
    """Return the values of three visits. The median of their longest tasks is `longest_task`."""
    visit = {
        "first_paint_s": 0.3,
        "first_ink_s": 0.4,
        "first_digit_s": 5.0,
        "layout_shift": 0.0,
        "sent_bytes": 5_400_000.0,
    }
    return [{**visit, "longest_task_s": each} for each in (9.0, longest_task, 0.1)]


def app_results():
    """Return the values of all single runs of the app's benchmark."""
    times = {page: [0.4, 0.5, 0.6] for page in (pages.OURS, pages.PLAIN, *pages.TFJS_PAGES)}
    starts = {**times, pages.PLAIN: [2.0, 2.5, 2.6], "tfjs-wasm": [0.1, 0.2, 0.3]}
    inference = {**times, pages.OURS: [0.001], "tfjs-cpu": [0.02], "tfjs-wasm": [0.01]}
    memory = {"javascript_bytes": 3, "python_bytes": 2, "proxies": 0}
    return {
        "warm": {
            "start_s": starts,
            "steps_s": [
                {"step_python": 0.1, "step_model": 0.3, "step_runtime": 0.35, "digit": 0.5},
                {"step_python": 0.1, "step_model": 0.2, "step_runtime": 0.35, "digit": 0.4},
            ],
            "inference_s": inference,
            "longest_task_s": [0.1, 0.151],
            "slow_s": [(0.3, 0.9), (0.2, 1.3), (0.5, 1.1)],
            "processor_s": {
                pages.OURS: [dict.fromkeys(GROUPS, 0.1)],
                **{page: [dict.fromkeys(GROUPS, 0.2)] for page in pages.TFJS_PAGES},
                "tfjs-wasm": [dict.fromkeys(GROUPS, 0.05)],
            },
            "peak_memory_bytes": [50_000_000, 70_000_000],
            "process_growth_bytes": [200 << 20, 190 << 20],
        },
        "phone": {pages.OURS: dict.fromkeys(phone.VISITS, phone_visits(0.2))},
        "first_visit": {"start_s": [5.5, 5.0], "transfer_s": [5.0, 5.0], "sent": []},
        "drawing": {
            "pointer_to_digit_s": [number / 1000 for number in range(101)],
            "pointer_to_line_s": [number / 5000 for number in range(101)],
            "longest_task_s": [0.009],
            "predictions": 10_000,
            "before_predictions": memory,
            "after_predictions": memory,
        },
    }


@pytest.fixture
def small_site(tmp_path):
    """Return a site of two files, one of which has compressed copies."""
    (tmp_path / "built" / "python-0123456789ab").mkdir(parents=True)
    file = tmp_path / "built" / "python-0123456789ab" / "library.zip"
    for ending, size in (("", 900), (".br", 200), (".gz", 300)):
        file.with_name(file.name + ending).write_bytes(bytes(size))
    (tmp_path / "index.html").write_bytes(bytes(50))
    return tmp_path


def compute_figures(results, site):
    """Compute the figures from the result of `app_results`."""
    warm, first, drawing = results["warm"], results["first_visit"], results["drawing"]
    return figures.compute_figures(warm, first, drawing, site)


def test_each_figure_is_compared_with_its_target(small_site):
    results = app_results()
    found = compute_figures(results, small_site)
    assert found == {
        "warm_start_vs_tfjs": 2.5,
        "warm_start_vs_plain_pyodide": 0.2,
        "cpu_vs_tfjs": 2.0,
        "slow_can_draw_s": 0.3,
        "slow_first_digit_s": 1.1,
        "inference_vs_tfjs": 0.1,
        "pointer_to_digit_p95_ms": 95.0,
        "pointer_to_line_p95_ms": 19.0,
        "longest_task_start_ms": 151.0,
        "longest_task_drawing_ms": 9.0,
        "transfer_brotli_bytes": 250,
        "transfer_gzip_bytes": 350,
        "first_visit_vs_bytes": 1.05,
        "peak_memory_bytes": 70_000_000,
    }
    assert list(found) == [target.key for target in figures.TARGETS]
    missed = [
        row for row in targets.targets_table(figures.TARGETS, found).splitlines() if "missed" in row
    ]
    assert len(missed) == 3
    assert missed[2] == "| longest task of a warm start | 151 ms | 150 ms | **missed** |"


def test_the_section_on_the_app_lists_all_pages_and_files(small_site):
    results = app_results()
    text = figures.section({**compute_figures(results, small_site), "runs": results}, small_site)
    assert "| the app on plain Pyodide | 2500 (2e+03-2.6e+03) |" in text
    assert "| read the model from IndexedDB and verify it | 100 (50-150) |" in text
    assert "| built/python/library.zip | 900 | 200 | 300 |" in text
    assert "| the page's main thread | 100 (100-100) | 200 (200-200) | 50 (50-50) |" in text
    assert "| all | 600 (600-600) | 1200 (1.2e+03-1.2e+03) | 300 (300-300) |" in text
    assert "| all | 950 | 250 | 350 |" in text
    assert "| longest task | 0.200 s | 0.200 s |" in text
    assert "Python 2 and 2 bytes; Python objects that JavaScript refers to 0 and 0." in text


def test_a_shortened_benchmark_has_no_simulated_phone(small_site):
    results = app_results() | {"phone": {}}
    text = figures.section({**compute_figures(results, small_site), "runs": results}, small_site)
    assert "phone" not in text
    assert "### Downloads" in text


def test_sites_are_compared_side_by_side_by_their_medians():
    visits = {"before": phone_visits(2.3), "after": phone_visits(0.15)}
    table = phone.table({name: dict.fromkeys(phone.VISITS, each) for name, each in visits.items()})
    assert table.startswith("| | before, first visit | before, second visit | after, first visit |")
    assert "| longest task | 2.300 s | 2.300 s | 0.150 s | 0.150 s |" in table
    assert "| bytes over the link | 5,400,000 | 5,400,000 | 5,400,000 | 5,400,000 |" in table


def test_the_chart_has_a_bar_for_each_page_as_long_as_its_median():
    starts = app_results()["warm"]["start_s"]
    drawn = ET.fromstring(chart.draw_starts(starts, figures.PAGE_LABELS, pages.OURS))  # noqa: S314  # ours
    bars = [float(bar.get("width")) for bar in drawn.iterfind("{*}rect[@rx='3']")]
    assert len(bars) == len(starts)
    assert bars[1] == pytest.approx(5 * bars[0], abs=0.5)


def test_a_link_limits_the_speed_and_counts_the_bytes(tmp_path):
    (tmp_path / "file.bin").write_bytes(bytes(20_000))
    slow_link = link.Link(rate=100_000)
    with link.serve_folder(tmp_path, slow_link) as address:
        start = time.monotonic()
        with urllib.request.urlopen(f"{address}/file.bin") as response:  # noqa: S310  # this machine
            assert len(response.read()) == 20_000
        assert time.monotonic() - start >= 0.2
    assert slow_link.sent == {"/file.bin": 20_000}


class Page:
    """A fake page that never shows a digit."""

    url = "http://localhost/plain/"

    def locator(self, _):
        return self

    def wait_for(self, **_):
        raise PlaywrightTimeout("Timeout 1000ms exceeded.")

    def evaluate(self, _):
        return ["step_python", "no such module"]


def test_a_page_without_a_digit_raises_an_error_that_names_its_last_step():
    chromium = Browser(None, None, "", 0)
    message = (
        r"/plain/ showed no digit within 1 seconds; its last step was step_python.*no such module"
    )
    with pytest.raises(BuildError, match=message):
        visit.wait_for_first_digit(chromium, Page(), timeout=1)


def test_a_step_that_times_out_kills_the_browser():
    with subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL) as process:
        chromium = Browser(None, None, "", process.pid)

        def hang():
            with chromium.step("Waiting", timeout=0.01):
                process.wait()
                raise Error("Target page, context or browser has been closed")

        with pytest.raises(BuildError, match=r"Waiting failed: it did not end within 0 seconds"):
            hang()
        assert process.returncode == -signal.SIGKILL


def test_a_failed_step_raises_an_error_with_its_description_and_reason():
    with (
        pytest.raises(BuildError, match=r"Opening failed: net::ERR_FAILED$"),
        Browser(None, None, "", 0).step("Opening"),
    ):
        raise Error("net::ERR_FAILED\nCall log: ...")


def test_plain_js_exports_every_name_that_the_boot_script_imports():
    boot = (parts.SCRIPTS / "boot.js").read_text("utf-8")
    (imported,) = re.findall(r'import \{([^}]*)\} from "\./python\.js"', boot)
    plain = (ROOT / "bench" / "app" / "page" / "plain.js").read_text("utf-8")
    exported = set(re.findall(r"^export (?:async )?(?:function|const) (\w+)", plain, re.MULTILINE))
    assert {name.strip() for name in imported.split(",")} <= exported
