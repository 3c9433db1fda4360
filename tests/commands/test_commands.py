"""Run every command of build.py, with less work than usual.

Commands run in this process and write into temporary folders. In the test of `lock`, the function
that does the work is replaced: pinning needs package registries. Without the option `--all`, the
same holds for `watch`, which builds an instrumented interpreter, and for `soak`, whose work the
tests in tests/stress/ do. Of these commands, only the command line and the output are tested here.
The training, `build.py --quick`, is tested in tests/browser/start/test_quick.py.
"""

import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

import build as entry_point
from bench import run as bench_run
from bench.app import starts
from model.evaluation import evaluate, line_photos, teaching, written_lines
from tests.stress.faults import run as faults_run
from tests.stress.fuzz import run as fuzz_run
from tests.stress.soak import report as soak_report
from tests.stress.soak import run as soak_run
from tests.support import bundling
from tests.support.strokes import DRAWN_DIGITS
from tests.support.time_limits import TIMEOUT
from tools import check, example, reference, wheels
from tools.backend import run as backend_run
from tools.env import locks, npm, venv
from tools.lean import interpreter
from tools.site import bundle
from tools.visits import icons, record, screenshots, states, windows

pytestmark = pytest.mark.usefixtures("site")


def commands_in_help():
    """Return the names of all commands that the help lists."""
    text = entry_point.parser().format_help()
    table = text[text.index("COMMAND\n") :] if "COMMAND\n" in text else text
    return re.findall(r"^ {4}(\w+) ", table, re.MULTILINE)


def test_every_command_is_in_the_help_and_has_a_test_here():
    names = [command.name for command in entry_point.COMMANDS]
    assert commands_in_help() == names
    # A test is named after its command; two underscores may follow, and what the test is about.
    tested = {name.removeprefix("test_").split("__")[0] for name in globals()}
    assert set(names) <= tested


def test_bundle(run):
    assert run("bundle")[0] == 0
    assert (bundle.WEB / "service-worker.js").is_file()


def test_serve():
    with subprocess.Popen(
        [sys.executable, "build.py", "serve", "--port", "0"],
        cwd=venv.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Programs that a shell starts in the background ignore SIGINT, and so do their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        address = process.stdout.readline().split()[0]
        with urllib.request.urlopen(address) as response:  # noqa: S310  # localhost
            assert b"Offline Digits" in response.read()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(TIMEOUT) == 0
        finally:
            process.kill()


def test_wheels(run, tmp_path, monkeypatch):
    monkeypatch.setattr(wheels, "DIST", tmp_path)
    with bundling.lock(), bundling.without_compression():
        assert run("wheels")[0] == 0
    assert len(list(tmp_path.glob("*.whl"))) == 3
    packages = json.loads((tmp_path / wheels.PYODIDE_LOCK).read_text("utf-8"))["packages"]
    for name in ("offline-onnx", "offline-onnx-runtime"):
        file = tmp_path / packages[name]["file_name"]
        assert packages[name]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert packages[name]["depends"] == []


def test_example(run, tmp_path, monkeypatch):
    folder = tmp_path / "own_model"
    shutil.copytree(example.FOLDER, folder, ignore=shutil.ignore_patterns("built", "*.onnx"))
    monkeypatch.setattr(example, "FOLDER", folder)
    with bundling.lock(), bundling.without_compression():
        assert run("example")[0] == 0
    assert (folder / "color.onnx").is_file()
    assert (folder / "service-worker.js").is_file()


def test_test(run, monkeypatch):
    checked = []

    def record_check(name, *program, **_):
        checked.append((name, program[-1]))
        return int(name == "types")

    monkeypatch.setattr(check, "_run", record_check)
    assert run("test", "--no-install", "-k", "undo")[0] == 1
    assert [name for name, _ in checked] == ["format", "lint", "types", "tests"]
    assert checked[-1] == ("tests", "undo")


@pytest.fixture
def few_numbers_lines_and_photos(monkeypatch):
    """Reduce the numbers, lines and photos that the evaluation generates."""
    monkeypatch.setattr(evaluate, "NUMBER_COUNTS", (20, 10))
    monkeypatch.setattr(evaluate, "PHOTOS_PER_KIND", 1)
    monkeypatch.setattr(line_photos, "COUNT", 1)
    monkeypatch.setattr(written_lines, "COUNT", 20)


@pytest.mark.usefixtures("few_images", "few_numbers_lines_and_photos")
def test_evaluate(run_both_forms, stroke_file):
    file = stroke_file([*DRAWN_DIGITS, *DRAWN_DIGITS, None, None])
    status, result, text = run_both_forms(evaluate, "evaluate", "evaluate", "--strokes", file)
    assert status == 0
    assert result["mnist_test_accuracy"] > 0.9
    assert "MNIST test" in text


@pytest.mark.usefixtures("few_images")
def test_teaching(run_both_forms, stroke_file, monkeypatch):
    monkeypatch.setattr(teaching, "ROUNDS", 1)
    file = stroke_file([*["7"] * 10, None])
    status, _, text = run_both_forms(teaching, "measure", "teaching", "--strokes", file)
    assert status == 0
    assert "styles" in text


@pytest.mark.usefixtures("few_images", "few_numbers_lines_and_photos")
def test_report(run, stroke_file, tmp_path, monkeypatch):
    from tools.commands import train

    monkeypatch.setattr(train, "REPORT", tmp_path)
    file = stroke_file([*DRAWN_DIGITS, *DRAWN_DIGITS, None, None])
    assert run("report", "--strokes", file)[0] == 0
    assert (tmp_path / "README.md").is_file()


def test_faults(run_both_forms):
    with bundling.lock_only_while_bundling():
        status, result, text = run_both_forms(faults_run, "run", "faults", "--count", "1")
    assert status == 0, text
    assert result["totals"]["cases"] == 1
    assert text.startswith("kind ")


def test_fuzz(run_both_forms):
    status, result, text = run_both_forms(fuzz_run, "run", "fuzz", "--count", "1", "--seed", "43")
    assert status == 0, text
    assert result["totals"]["cases"] == 1
    assert text.startswith("kind ")


def test_soak(run_both_forms, select_size, monkeypatch):
    def invented_report(_executable, count):
        row = soak_report.Row("use", "misread", 0, 0, good=True)
        return soak_report.Report([row], {f"{count} drawings": 1.0})

    if not select_size(small=False, full=True):
        monkeypatch.setattr(soak_run, "run", invented_report)
    _, result, text = run_both_forms(soak_run, "run", "soak", "--count", "100")
    assert "100 drawings" in result["seconds"]
    assert "100 drawings: " in text


def test_bench(run_both_forms, monkeypatch):
    # While the page of a first visit waits for the slow link, it paints its progress.
    monkeypatch.setattr(starts, "RATE", 10 * starts.RATE)
    with bundling.lock_only_while_bundling():
        status, result, text = run_both_forms(bench_run, "measure", "bench", "--runs", "1")
    assert status == 0
    assert result["runs"]["warm"]["start_s"].keys() == {
        "ours",
        "plain",
        "tfjs-cpu",
        "tfjs-wasm",
        "tfjs-webgl",
    }
    assert [each["megabytes"] for each in result["storage"]] == [1]
    assert "Shortened" in text


def test_backend(run_both_forms, select_size):
    count, at_least = select_size((12, 4), (1000, 500))
    with bundling.lock_only_while_bundling():
        status, result, text = run_both_forms(backend_run, "measure", "backend", "--count", count)
    assert status == 0, text
    passes = result["onnxruntime_web_passes"]
    assert at_least <= passes <= count
    assert result == {
        "onnxruntime_web_passes": passes,
        "offline_onnx_passes": passes,
        "isolated_passes": passes,
        "differences": [],
    }
    assert re.search(rf"^all +{passes} +{passes} +{passes}$", text, re.MULTILINE)


def test_icons(run, tmp_path, monkeypatch):
    shutil.copyfile(bundle.WEB / "icon.svg", tmp_path / "icon.svg")
    monkeypatch.setattr(icons, "WEB", tmp_path)
    assert run("icons")[0] == 0
    assert len(list((tmp_path / "icons").iterdir())) == len(icons.ICONS)


def test_screenshots(run, tmp_path, monkeypatch):
    for name in ("VIEWS", "SCHEMES", "LANGUAGES"):
        every = getattr(screenshots, name)
        first = dict([*every.items()][:1]) if isinstance(every, dict) else every[:1]
        monkeypatch.setattr(screenshots, name, first)
    monkeypatch.setattr(states, "OPEN_PAGE_STATES", (states.number,))
    monkeypatch.setattr(states, "FIRST_VISIT_STATES", (states.first_load,))
    monkeypatch.setattr(windows, "SIZES", windows.SIZES[:1])
    monkeypatch.setattr(windows, "ZOOMS", windows.ZOOMS[:1])
    monkeypatch.setattr(screenshots, "ROOT", tmp_path)
    monkeypatch.setattr(screenshots, "SCRATCH", tmp_path)
    (tmp_path / "docs").mkdir()
    assert run("screenshots")[0] == 0
    assert list((tmp_path / "docs").glob("*.png"))
    assert len(list((tmp_path / "screenshots").glob("*.png"))) > 1


def test_watch(run, select_size, monkeypatch):
    recorded = []
    monkeypatch.setattr(interpreter, "write_recording", recorded.append)
    if not select_size(small=False, full=True):
        monkeypatch.setattr(record, "record", lambda _: interpreter.write_recording({1, 2}))
    assert run("watch")[0] == 0
    assert recorded[-1]


def test_reference(run, tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "FILE", tmp_path / "reference.md")
    assert run("reference")[0] == 0
    assert (tmp_path / "reference.md").read_text("utf-8").startswith("# API reference")


def test_lock(run, monkeypatch):
    pinned = []
    monkeypatch.setattr(locks, "run", lambda what, *_, **__: pinned.append(what))
    monkeypatch.setattr(npm, "npm", lambda *_, folder: pinned.append(folder.name))
    assert run("lock")[0] == 0
    names = [file.stem for file in (venv.ROOT / "locks").glob("*.txt")]
    assert sorted(pinned[: len(names)]) == sorted(f"Pinning {name}" for name in names)
    assert pinned[0] == "Pinning test"
    assert pinned[len(names) :] == [venv.ROOT.name, "bench", "worlds"]
