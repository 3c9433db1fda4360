"""Start the measurement: `.venv/bin/python -m bench.models`."""

from __future__ import annotations

import sys
from importlib import import_module

from tools.env import venv


def main() -> int:
    """Install what the measurement needs, unless it is installed, and start it."""
    venv.install("test")
    sys.path.insert(0, str(venv.ROOT / "py"))
    return int(import_module("bench.models.run").main())


if __name__ == "__main__":
    sys.exit(main())
