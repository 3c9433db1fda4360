"""The subcommands and their arguments."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from offline_onnx.command.result import Result

PROGRAM = "offline-onnx"


@dataclass(frozen=True)
class Command:
    """A subcommand.

    Attributes:
        name: its name on the command line.
        help: its description in the help, one line.

    """

    name: str
    help: str

    def run(self, options: argparse.Namespace) -> Result:
        """Import the command's module and call its function `command`.

        The names of the function's parameters are those of options.
        """
        function = import_module(f"offline_onnx.command.{self.name}").command
        result: Result = function(
            **{name: getattr(options, name) for name in signature(function).parameters}
        )
        return result


COMMANDS = [
    Command("manifest", "write MODEL.json: what is in a model, and its digests"),
    Command("new", "make the folder of a page that runs a model"),
    Command("serve", "serve a page; reload it when a file changes"),
    Command("bundle", "build the site of a page, for any static host"),
    Command("verify", "check every file of a site, in a folder or on a host"),
    Command("doctor", "visit a site in a browser, also offline"),
]
TEMPLATES = ("plain", "form", "camera", "microphone", "text")
"""The templates of `new`."""

WORLDS = ("jupyterlite", "marimo", "pyscript")
"""The tools to whose sites `bundle --into` adds models and the library."""


class UsageError(Exception):
    """The arguments are wrong. The message says which; `usage` has the right ones."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """Raises UsageError for wrong arguments, instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line. Each help fits on one screen."""
    top = _Parser(
        prog=PROGRAM,
        description="From an .onnx file to a web page that runs it in Python, also offline.",
        epilog=f"More on each: {PROGRAM} COMMAND --help",
    )
    top.add_argument("--version", action="version", version=f"{PROGRAM} {_version()}")
    table = top.add_subparsers(metavar="COMMAND", title="commands", required=True)
    subparsers = {}
    for command in COMMANDS:
        subparser = table.add_parser(command.name, help=command.help, description=command.help)
        subparser.set_defaults(command=command)
        subparser.add_argument(
            "--json", action="store_true", dest="as_json", help="print the result as JSON"
        )
        subparsers[command.name] = subparser
    _add_manifest(subparsers["manifest"])
    _add_new(subparsers["new"])
    _add_serve(subparsers["serve"])
    _add_bundle(subparsers["bundle"])
    _add_verify(subparsers["verify"])
    _add_doctor(subparsers["doctor"])
    return top


def _version() -> str:
    try:
        return version(PROGRAM)
    except PackageNotFoundError:
        return "(not installed)"


def _add_manifest(subparser: argparse.ArgumentParser) -> None:
    subparser.add_argument("file", type=Path, metavar="MODEL.onnx", help="the model")
    subparser.add_argument("--name", help="the model's name (default: as before, or the file's)")
    subparser.add_argument("--version", help="the model's version (default: as before, or 1)")
    help_labels = "the names of the classes: a file with one per line, or a comma list; '' "
    help_labels += "for none (default: as before)"
    subparser.add_argument("--labels", metavar="LABELS", help=help_labels)
    help_sample = "inputs for the self-test, .npz or .json, by the inputs' names (default: as "
    help_sample += "before, or random)"
    help_none = "write no self-test; for an .onnx file, this needs no onnxruntime"
    either = subparser.add_mutually_exclusive_group()
    either.add_argument("--sample", type=Path, metavar="FILE", help=help_sample)
    either.add_argument("--no-self-test", action="store_false", dest="self_test", help=help_none)
    subparser.add_argument(
        "--dimension",
        type=dimension,
        action="append",
        default=[],
        dest="dimensions",
        metavar="NAME=SIZE",
        help="size of a variable dimension in the random inputs; may be given several times",
    )
    help_tolerance = "allowed difference of the self-test's values, relative to 1 + |value|"
    subparser.add_argument("--tolerance", type=tolerance, metavar="T", help=help_tolerance)


def _add_new(subparser: argparse.ArgumentParser) -> None:
    help_folder = "the page's folder; it must be new or empty"
    subparser.add_argument("folder", type=Path, metavar="FOLDER", help=help_folder)
    help_model = "the model (default: a small example)"
    subparser.add_argument("--model", type=Path, metavar="MODEL.onnx", help=help_model)
    help_sample = "inputs for the self-test and the form, .npz or .json, as for `manifest`"
    either = subparser.add_mutually_exclusive_group()
    either.add_argument("--sample", type=Path, metavar="FILE", help=help_sample)
    help_none = "write no self-test"
    either.add_argument("--no-self-test", action="store_false", dest="self_test", help=help_none)
    help_labels = "the names of the classes: a file with one per line, or a comma list (default: "
    subparser.add_argument("--labels", metavar="LABELS", help=f"{help_labels}those in the model)")
    help_fields = "the names of the values of the model's only input: a file or a list, as above"
    subparser.add_argument("--fields", metavar="FIELDS", help=help_fields)
    subparser.add_argument("--title", help="the page's title (default: the model's name)")
    help_template = "what the page is for (default: form)"
    subparser.add_argument("--template", choices=TEMPLATES, default="form", help=help_template)


def _add_serve(subparser: argparse.ArgumentParser) -> None:
    help_folder = "the page's folder, or that of a site that was built"
    subparser.add_argument("folder", type=Path, metavar="FOLDER", help=help_folder)
    help_port = "default: 8001; 0 chooses a free port. Each page needs a port of its own"
    subparser.add_argument("--port", type=port_number, default=8001, help=help_port)


def _add_bundle(subparser: argparse.ArgumentParser) -> None:
    subparser.add_argument("folder", type=Path, metavar="FOLDER", help="the page's folder")
    help_out = "the folder of the site (default: FOLDER/site; required with --into)"
    subparser.add_argument("-o", "--out", type=Path, metavar="OUT", help=help_out)
    help_into = "the tool that built the site OUT: add the folder's models and the library to it"
    subparser.add_argument("--into", choices=WORLDS, help=help_into)
    help_worker = "build a page that needs a network"
    subparser.add_argument(
        "--no-service-worker", action="store_false", dest="has_service_worker", help=help_worker
    )
    help_base = "the path at which the page will be published, such as /demo/, for hosts that "
    help_base += "serve it without the slash at the end"
    subparser.add_argument("--base", type=base_path, metavar="PATH", help=help_base)


def _add_verify(subparser: argparse.ArgumentParser) -> None:
    help_site = "the folder of a site, or the address at which it is published"
    subparser.add_argument("site", metavar="FOLDER|URL", help=help_site)


def _add_doctor(subparser: argparse.ArgumentParser) -> None:
    help_address = "the address of a page; the folder of a site is served first"
    subparser.add_argument("site", metavar="URL|FOLDER", help=help_address)
    help_browser = "the path of a Chromium, Chrome or Edge (default: the first that is found)"
    subparser.add_argument("--browser", metavar="PATH", help=help_browser)


def dimension(text: str) -> tuple[str, int]:
    """Parse NAME=SIZE."""
    name, _, size = text.rpartition("=")
    if not name or not re.fullmatch(r"[0-9]+", size):
        raise argparse.ArgumentTypeError(f"{text} is not a name and a size, such as N=4")
    return name, int(size)


def tolerance(text: str) -> float:
    """Parse a tolerance, a finite number from 0 on."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 on")
    return number


def port_number(text: str) -> int:
    """Parse a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and 65535")
    return number


def base_path(text: str) -> str:
    """Parse the path of a published page; return it with a slash at both ends."""
    if not re.fullmatch(r"/?[^\s\"<>?#:]*", text):
        raise argparse.ArgumentTypeError(f"{text} is not a path such as /demo/")
    path = text.strip("/")
    return f"/{path}/" if path else "/"
