"""Where the measured sites lie, and the npm packages of the peers."""

from __future__ import annotations

from pathlib import Path

from tools.cache import SCRATCH
from tools.env import npm

BENCH = Path(__file__).parents[1]
PACKAGES = BENCH / "node_modules"
SITES = SCRATCH / "bench"
"""Everything that is served; generated."""


def install_peers() -> None:
    """Install the packages of bench/package-lock.json into bench/node_modules, unless present."""
    npm.install(BENCH)
