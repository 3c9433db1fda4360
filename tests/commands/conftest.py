"""Run a command of build.py in this process, and shorten what it works on."""

import gzip
import json
import subprocess
import sys

import pytest

import build as entry_point
from model.data import mnist
from tests.support.strokes import DRAWN_DIGITS
from tests.unit.conftest import pytest_pyfunc_call  # noqa: F401  # Playwright needs the thread
from tools.env import venv

IMAGES = 100
"""MNIST images that a shortened command measures."""
ZIGZAG = [[(0.1 * x, 0.2 + 0.6 * (x % 2)) for x in range(1, 10)]]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command: `run("evaluate", "--json")` returns its exit status and what it printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["build.py", *map(str, arguments)])
        monkeypatch.setattr(sys, "path", sys.path[:])
        capsys.readouterr()
        status = entry_point.main()
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def run_both_forms(run, monkeypatch):
    """Run a command as JSON and as text, though its work is done only once.

    `run_both_forms(module, "function", *arguments)` returns the exit status, the JSON and the text.
    `function` of `module` does the work; its result is what both forms are written from.
    """

    def run_both_forms(module, function, *arguments):
        results = []
        work = getattr(module, function)

        def work_once(*given, **options):
            if not results:
                results.append(work(*given, **options))
            return results[0]

        monkeypatch.setattr(module, function, work_once)
        status, written = run(*arguments, "--json")
        again, text = run(*arguments)
        assert again == status
        assert text.strip()
        return status, json.loads(written), text

    return run_both_forms


@pytest.fixture
def few_images(monkeypatch):
    """Shorten MNIST to a few images."""
    load = mnist.load

    def load_few(source="npm"):
        return tuple(digits[:IMAGES] for digits in load(source))

    monkeypatch.setattr(mnist, "load", load_few)


@pytest.fixture
def stroke_file(tmp_path):
    """Write a file of drawings: `stroke_file(labels)`; None is a drawing that is no digit."""

    def stroke_file(labels):
        file = tmp_path / "strokes.jsonl.gz"
        with gzip.open(file, "wt", encoding="utf-8") as lines:
            for label in labels:
                strokes = DRAWN_DIGITS[label] if label else ZIGZAG
                lines.write(json.dumps({"label": label, "strokes": strokes}) + "\n")
        return file

    return stroke_file


@pytest.fixture(scope="package", autouse=True)
def tracked_files_stay():
    """Fail if the commands of this package change a tracked file."""

    def state():
        command = ["git", "status", "--porcelain", "--untracked-files=no"]
        done = subprocess.run(command, cwd=venv.ROOT, capture_output=True, text=True, check=False)
        return done.stdout

    before = state()
    yield
    assert state() == before
