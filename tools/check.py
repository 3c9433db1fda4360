"""Run all checks: formatter, linter, type checker, then the unit and browser tests."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tools.console import say
from tools.env import engines, venv
from tools.site import bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKS = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy", "--no-error-summary"),
}
PARALLEL = ("--numprocesses=auto", "--dist=loadscope", "--no-loadscope-reorder")
"""Options of pytest-xdist: one worker process per core. All tests of a module run in one worker,
because they share fixtures. Modules keep the order of collection: slow browser tests first."""


def command(*, arguments: list[str], may_install: bool) -> int:
    """Bundle the site and run all checks. For the arguments see `check`."""
    bundle.bundle(bundle.WEB, bundle.MODEL)
    return check(arguments, may_install=may_install)


def check(pytest_arguments: Sequence[str], *, may_install: bool = True) -> int:
    """Run all checks.

    Args:
        pytest_arguments: further arguments for pytest.
        may_install: False to use only the installed browsers.

    Returns:
        0 if all checks passed, else 1.
    """
    wanted = wanted_engines(pytest_arguments)
    chromium = engines.find_chromium(may_install=may_install) if "chromium" in wanted else ""
    available = engines.install_missing(wanted, may_install=may_install)
    for name in wanted:
        state = "is tested" if name in available else "is not installed; its tests are skipped"
        say(f"{engines.ENGINES[name].name} {state}.")
    failed = [name for name, command in CHECKS.items() if _run(name, *command)]
    if _run("tests", "pytest", *PARALLEL, *pytest_arguments, CHROMIUM=chromium):
        failed.append("tests")
    if failed:
        say(f"build.py: failed: {', '.join(failed)}")
    return int(bool(failed))


def wanted_engines(pytest_arguments: Sequence[str]) -> list[str]:
    """Return the browser engines to test in: the engine that `--engine` names, else all."""
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
