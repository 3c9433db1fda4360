"""Run all checks: formatter, linter and type checker, then all tests."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
WORKERS = (os.cpu_count() or 1) + 1
PARALLEL = (f"--numprocesses={WORKERS}", "--dist=loadscope", "--no-loadscope-reorder")
"""Options of pytest-xdist: one worker process more than cores, because workers often wait for the
browser. All tests of a module run in one worker, because they share fixtures. Modules keep the
order of collection: slow browser tests first."""

KEEP_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Lets Python store compiled modules, even if the user's settings forbid it. Otherwise, each worker
process would compile all tests again, which takes 5 seconds."""


def command(*, arguments: list[str], may_install: bool) -> int:
    """Bundle the site and run all checks.

    The site is bundled and missing browsers are installed while the code is checked.

    Args:
        arguments: further arguments for pytest.
        may_install: False to use only the installed browsers.

    Returns:
        0 if all checks passed, else 1.
    """
    with ThreadPoolExecutor() as threads:
        bundled = threads.submit(bundle.bundle, bundle.WEB, bundle.MODEL)
        checked = threads.submit(check_code)
        chromium = install_engines(wanted_engines(arguments), may_install=may_install)
        bundled.result()
        failed = checked.result()
    if _run("tests", "pytest", *PARALLEL, *arguments, CHROMIUM=chromium):
        failed.append("tests")
    if failed:
        say(f"build.py: failed: {', '.join(failed)}")
    return int(bool(failed))


def check_code() -> list[str]:
    """Run the formatter, the linter and the type checker; return the names of those that failed.

    The formatter only checks; it changes no file.
    """
    return [name for name, arguments in CHECKS.items() if _run(name, *arguments)]


def install_engines(wanted: Sequence[str], *, may_install: bool) -> str:
    """Install the wanted engines that are missing, and print which engines are tested.

    Args:
        wanted: keys of `engines.ENGINES`.
        may_install: False to install nothing.

    Returns:
        The path of Chromium, or "" if it is not wanted.
    """
    chromium = ""
    if "chromium" in wanted:
        chromium = engines.find_chromium(may_install=may_install, offers_no_install=True)
    available = engines.install_missing(wanted, may_install=may_install)
    for name in wanted:
        state = "is tested" if name in available else "is not installed; its tests are skipped"
        say(f"{engines.ENGINES[name].name} {state}.")
    return chromium


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
        env={**os.environ, **KEEP_BYTECODE, **environment},
        check=False,
    ).returncode
