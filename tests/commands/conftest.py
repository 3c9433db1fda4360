"""Fixtures that run a command of build.py in this process, and reduce the data that it works on."""

import gzip
import json
import subprocess
import sys

import pytest

import build as entry_point
from model.data import mnist
from tests.browser.support.optimisation import without_optimisation
from tests.support.strokes import DRAWN_DIGITS
from tests.unit.conftest import pytest_pyfunc_call  # noqa: F401  # runs each test in its own thread
from tools.env import venv

IMAGES = 100
"""The number of MNIST images to which `few_images` reduces a data set."""
ZIGZAG = [[(0.1 * x, 0.2 + 0.6 * (x % 2)) for x in range(1, 10)]]
"""A drawing that is not a digit."""


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs a command and returns its exit status and standard output.

    For example, `run("evaluate", "--json")`.
    """

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["build.py", *map(str, arguments)])
        monkeypatch.setattr(sys, "path", sys.path[:])
        capsys.readouterr()
        status = entry_point.main()
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def run_both_forms(run, monkeypatch):
    """Return a function that runs a command twice: with JSON output and with text output.

    `run_both_forms(module, "function", *arguments)` returns the exit status, the parsed JSON and
    the text. The command must call `function` of `module` and print its result. The function is
    called only once: the second run of the command gets the result of the first run.
    """

    def run_both_forms(module, function, *arguments):
        results = []
        work = getattr(module, function)

        def work_once(*args, **options):
            if not results:
                results.append(work(*args, **options))
            return results[0]

        monkeypatch.setattr(module, function, work_once)
        status, printed_json = run(*arguments, "--json")
        text_status, text = run(*arguments)
        assert text_status == status
        assert text.strip()
        return status, json.loads(printed_json), text

    return run_both_forms


@pytest.fixture
def few_images(monkeypatch):
    """Reduce each of MNIST's data sets to IMAGES images."""
    load = mnist.load

    def load_few(source="npm"):
        return tuple(digits[:IMAGES] for digits in load(source))

    monkeypatch.setattr(mnist, "load", load_few)


@pytest.fixture
def stroke_file(tmp_path):
    """Return a function that writes a file of drawings, one for each label, and returns its path.

    The label None stands for a drawing that is not a digit.
    """

    def stroke_file(labels):
        file = tmp_path / "strokes.jsonl.gz"
        with gzip.open(file, "wt", encoding="utf-8") as lines:
            for label in labels:
                strokes = DRAWN_DIGITS[label] if label else ZIGZAG
                lines.write(json.dumps({"label": label, "strokes": strokes}) + "\n")
        return file

    return stroke_file


@pytest.fixture(scope="package", autouse=True)
def cheap_chromium():
    """Make every Chromium take less processor time, because these tests don't check its speed."""
    with without_optimisation():
        yield


@pytest.fixture(scope="package", autouse=True)
def expect_unchanged_tracked_files():
    """Fail if the tests of this package change a file that git tracks."""

    def state():
        command = ["git", "status", "--porcelain", "--untracked-files=no"]
        done = subprocess.run(command, cwd=venv.ROOT, capture_output=True, text=True, check=False)
        return done.stdout

    before = state()
    yield
    assert state() == before
