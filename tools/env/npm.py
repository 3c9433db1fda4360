"""The npm packages: installed from the lock with the system's Node, else with the one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.console import run, say
from tools.env import venv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PACKAGES = venv.ROOT / "node_modules"
LOCK = venv.ROOT / "package-lock.json"
OLDEST_NODE = 20  # what workbox-build asks for


def install(folder: Path = venv.ROOT) -> None:
    """Install what a folder's lock names, unless it is there. No package's own script is run."""
    lock, installed = folder / LOCK.name, folder / PACKAGES.name / ".installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    say("Installing the npm packages ...")
    what = "Installing the npm packages"
    npm(what, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    shutil.copyfile(lock, installed)


def npm(what: str, *arguments: str, folder: Path = venv.ROOT) -> str:
    """Run npm in a folder and give its output. Raises BuildError, naming the step `what`."""
    return _run(what, "npm", arguments, folder)


def node(what: str, *arguments: str) -> str:
    """Run a script with Node and give its output. Raises BuildError, naming the step `what`."""
    return _run(what, "node", arguments, venv.ROOT)


def _run(what: str, name: str, arguments: Sequence[str], folder: Path) -> str:
    return run(what, [_program(name), *arguments], cwd=folder, env=_environment())


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
