"""Install npm packages from package-lock.json, and run scripts with Node.

Node and npm come from the system if its Node is new enough, else from a package of PyPI.
"""

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
OLDEST_NODE = 20
"""The oldest major version of Node that workbox-build supports."""


def install(folder: Path = venv.ROOT) -> None:
    """Install the packages of a folder's lock file, unless they are installed.

    The scripts of the packages are not run.

    Args:
        folder: the folder with package.json and package-lock.json.

    Raises:
        BuildError: npm failed.
    """
    lock, installed = folder / LOCK.name, folder / PACKAGES.name / ".installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    say("Installing the npm packages ...")
    step = "Installing the npm packages"
    npm(step, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    shutil.copyfile(lock, installed)


def npm(step: str, *arguments: str, folder: Path = venv.ROOT) -> str:
    """Run npm in a folder and return its output.

    Raises:
        BuildError: npm failed; the message begins with `step`.
    """
    return _run(step, "npm", arguments, folder)


def node(step: str, *arguments: str) -> str:
    """Run a script with Node and return its output.

    Raises:
        BuildError: The script failed; the message begins with `step`.
    """
    return _run(step, "node", arguments, venv.ROOT)


def _run(step: str, name: str, arguments: Sequence[str], folder: Path) -> str:
    return run(step, [_program(name), *arguments], cwd=folder, env=_environment())


def _program(name: str) -> str:
    """Return the path of npm or node; install both into `.venv` unless a recent Node is on PATH."""
    if not _system_has_node():
        venv.install("node")
    return shutil.which(name, path=_environment()["PATH"]) or name


def _system_has_node() -> bool:
    """Return whether npm and a recent Node are on PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", done.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE


def _environment() -> dict[str, str]:
    path = os.environ.get("PATH", "")
    if not _system_has_node():
        path = f"{venv.SCRIPTS}{os.pathsep}{path}"
    return {**os.environ, "PATH": path}
