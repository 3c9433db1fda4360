"""The command `offline-onnx`, installed from its wheels, as a user has it."""

import os
import subprocess
import sys

from tests.support import bundling
from tools import wheels
from tools.cache import Inputs, cached
from tools.lean.library import PACKAGES
from tools.site import parts


def install():
    """Install the wheels into a folder outside of `.venv`, and return the folder.

    Its files are not compressed. The folder is used again until a file of the wheels changes.
    """
    packages = [PACKAGES / name for name in wheels.ALL]
    inputs = Inputs(wheels.__name__, files=(*packages, parts.SCRIPTS))
    with bundling.lock():
        return cached("installed-command", _install, inputs)[0].parent


def _install(folder):
    with bundling.without_compression():
        written = wheels.write(folder / "wheels")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--no-compile", "--target", folder, *written], check=True)


def environment():
    """Return environment variables with which `python -m offline_onnx` runs the installed command.

    What the command needs from PyPI is in `.venv`.
    """
    return {**os.environ, "PYTHONPATH": str(install())}


def run(*arguments, cwd=None):
    """Run the installed command; return the completed process."""
    return subprocess.run(
        [sys.executable, "-m", "offline_onnx", *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
