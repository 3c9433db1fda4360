"""Everything that is checked: format, lint, types, then the unit and browser tests."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tools.console import say
from tools.env import chromium, engines, venv

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKS = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy", "--no-error-summary"),
}
PARALLEL = ("--numprocesses=auto", "--dist=loadscope", "--no-loadscope-reorder")
"""A worker for each core. A module's tests stay together, for what was made for all of them; the
slow ones in a browser come first, and the quick ones fill the end."""


def check(pytest_arguments: Sequence[str]) -> int:
    """Run every check, pytest with the arguments last. Give 0 if all passed."""
    wanted = engines_wanted(pytest_arguments)
    browser = chromium.find() if "chromium" in wanted else ""
    here = engines.provide(wanted)
    for name in wanted:
        told = "runs" if name in here else "is not here and can't be installed: it is left out"
        say(f"{engines.ENGINES[name].name} {told}.")
    failed = [name for name, command in CHECKS.items() if _run(name, *command)]
    if _run("tests", "pytest", *PARALLEL, *pytest_arguments, CHROMIUM=browser):
        failed.append("tests")
    if failed:
        say(f"build.py: failed: {', '.join(failed)}")
    return int(bool(failed))


def engines_wanted(pytest_arguments: Sequence[str]) -> list[str]:
    """Tell in which engines to test: in the one that the arguments name, else in all."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--engine")
    named = parser.parse_known_args(pytest_arguments)[0].engine
    return [named] if named in engines.ENGINES else list(engines.ENGINES)


def _run(name: str, program: str, *arguments: str, **environment: str) -> int:
    say(f"Checking {name} ...")
    return subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=venv.ROOT,
        env={**os.environ, **environment},
        check=False,
    ).returncode
