"""Install the packages that only these tests need: npm packages, tools from PyPI, and wheels.

The first test that needs them installs them, outside of `.venv` and `node_modules`.
"""

import shutil
import sys
from pathlib import Path

from tests.support import bundling
from tools.cache import SCRATCH
from tools.console import run
from tools.env import npm, venv

FOLDER = Path(__file__).parent
NODE_MODULES = FOLDER / npm.PACKAGES.name
TOOLS = SCRATCH / "worlds" / "tools"
"""The folder for packages that run on this machine, such as marimo."""
WHEELS = SCRATCH / "worlds" / "wheels"
"""The folder for packages that run in the pages."""
PYODIDE_314 = ("--platform=pyemscripten_2026_0_wasm32", "--python-version=3.14", "--abi=cp314")
"""pip's options for wheels that were compiled for Pyodide 314."""


def install_npm():
    """Install the packages of this folder's package-lock.json, and return their folder."""
    with bundling.lock():
        npm.install(FOLDER)
    return NODE_MODULES


def install_tools():
    """Install the packages of locks/worlds.txt, and return their folder."""
    return _pip(TOOLS, "worlds", "install", "--no-compile", f"--target={TOOLS}")


def download_wheels():
    """Download the packages of locks/worlds-in-page.txt, and return their files."""
    options = ("--only-binary=:all:", *PYODIDE_314, f"--dest={WHEELS}")
    return sorted(_pip(WHEELS, "worlds-in-page", "download", *options).glob("*.whl"))


def _pip(folder, group, command, *options):
    """Fill a folder with the packages of a lock file, unless it has them; return the folder."""
    lock, installed = venv.ROOT / "locks" / f"{group}.txt", folder / "lock.txt"
    with bundling.lock():
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
            run(
                f"Installing {group}", [*pip, "--require-hashes", "--no-deps", "-r", lock], *options
            )
            shutil.copyfile(lock, installed)
    return folder
