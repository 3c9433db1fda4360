"""Starts the measurement: `.venv/bin/python -m bench.models`."""

import sys

from tools.env import venv

sys.path.insert(0, str(venv.ROOT / "py"))

from bench.models.run import main  # it needs the library in py/

if __name__ == "__main__":
    sys.exit(main())
