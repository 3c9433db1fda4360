"""The packages that only these tests need: npm's, tools from PyPI, and wheels for the pages.

They are installed outside `.venv` and `node_modules`, by the first test that needs them.
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
WHEELS = SCRATCH / "worlds" / "wheels"
PYODIDE_314 = ("--platform=pyemscripten_2026_0_wasm32", "--python-version=3.14", "--abi=cp314")
"""The platform of the wheels that are not for any platform."""


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
