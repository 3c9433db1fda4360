"""The folders of the measured sites and of the npm packages that the benchmarks need."""

from __future__ import annotations

from pathlib import Path

from tools.cache import SCRATCH
from tools.env import npm

BENCH = Path(__file__).parents[1]
PACKAGES = BENCH / "node_modules"
GENERATED = SCRATCH / "bench"
"""The folder for generated files. The benchmarks serve it."""


def install_packages() -> None:
    """Install the packages of bench/package-lock.json into bench/node_modules, unless present."""
    npm.install(BENCH)
