"""The npm packages: installed from the lock with the system's Node, else with the one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools import venv
from tools.report import run, say

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = venv.ROOT / "node_modules"
LOCK = venv.ROOT / "package-lock.json"
INSTALLED = PACKAGES / ".installed-lock.json"
OLDEST_NODE = 20  # what workbox-build asks for


def install() -> None:
    """Install the locked packages, unless they are there. No package's own script is run."""
    if INSTALLED.exists() and INSTALLED.read_bytes() == LOCK.read_bytes():
        return
    say("Installing the npm packages ...")
    npm("Installing the npm packages", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    shutil.copyfile(LOCK, INSTALLED)


def npm(what: str, *arguments: str) -> str:
    """Run npm and give its output. Raises BuildError, naming the step `what`."""
    return _run(what, "npm", arguments)


def node(what: str, *arguments: str) -> str:
    """Run a script with Node and give its output. Raises BuildError, naming the step `what`."""
    return _run(what, "node", arguments)


def _run(what: str, name: str, arguments: Sequence[str]) -> str:
    return run(what, [_program(name), *arguments], cwd=venv.ROOT, env=_environment())


def _program(name: str) -> str:
    """Find npm or node: the machine's if it is new enough, else the one that PyPI's package has."""
    if not _machine_has_node():
        venv.install("node")
    return shutil.which(name, path=_environment()["PATH"]) or name


def _machine_has_node() -> bool:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", done.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE


def _environment() -> dict[str, str]:
    path = os.environ.get("PATH", "")
    if not _machine_has_node():
        path = f"{venv.SCRIPTS}{os.pathsep}{path}"
    return {**os.environ, "PATH": path}
