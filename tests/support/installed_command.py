"""The command `offline-onnx`, installed from its wheels, as a user has it."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from offline_onnx_page.site.compression import compressible
from tests.support import bundling
from tools import wheels
from tools.cache import Inputs, cached
from tools.lean.library import PACKAGES
from tools.site import bundle, parts


def install():
    """Install the wheels into a folder outside of `.venv`, and return the folder.

    A later call returns the same folder, unless a file that goes into the wheels has changed.
    """
    packages = [PACKAGES / name for name in wheels.ALL]
    inputs = Inputs(wheels.__name__, files=(*packages, parts.SCRIPTS, Path(__file__)))
    with bundling.lock():
        return cached("installed-command", _install, inputs)[0].parent


def _install(folder):
    with (
        bundling.without_compression(),
        mock.patch.object(bundle, "compress", _compress_quickly),
    ):
        written = wheels.write(folder / "wheels")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--no-compile", "--target", folder, *written], check=True)


def _compress_quickly(files):
    """Write FILE.gz beside each file, with fast compression: the best one takes a minute.

    If the wheel had no compressed files, each run of `offline-onnx bundle` would compress them,
    which takes three seconds.
    """
    for file in compressible(files):
        compressed = gzip.compress(file.read_bytes(), compresslevel=1, mtime=0)
        file.with_name(f"{file.name}.gz").write_bytes(compressed)


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
