"""Install packages that only the tests in this folder need: from npm, tools from PyPI, wheels.

The first test that needs them installs them, outside of the project's `.venv` and
`node_modules`.
"""

from pathlib import Path

from tests.support import bundling
from tools.cache import SCRATCH
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
    with bundling.lock():
        return venv.install_into(TOOLS, "worlds", "install", "--no-compile", f"--target={TOOLS}")


def download_wheels():
    """Download the packages of locks/worlds-in-page.txt, and return their files."""
    options = ("--only-binary=:all:", *PYODIDE_314, f"--dest={WHEELS}")
    with bundling.lock():
        folder = venv.install_into(WHEELS, "worlds-in-page", "download", *options)
    return sorted(folder.glob("*.whl"))
