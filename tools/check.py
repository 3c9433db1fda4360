"""Everything that is checked: format, lint, types, then the unit and browser tests."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tools import chromium, venv
from tools.report import say

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
    browser = chromium.find()
    failed = [name for name, command in CHECKS.items() if _run(name, *command)]
    if _run("tests", "pytest", *PARALLEL, *pytest_arguments, CHROMIUM=browser):
        failed.append("tests")
    if failed:
        say(f"build.py: failed: {', '.join(failed)}")
    return int(bool(failed))


def _run(name: str, program: str, *arguments: str, **environment: str) -> int:
    say(f"Checking {name} ...")
    return subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=venv.ROOT,
        env={**os.environ, **environment},
        check=False,
    ).returncode
