"""Run the command `offline-onnx` as `python -m offline_onnx`."""

from __future__ import annotations

import sys

from offline_onnx.command.main import main

if __name__ == "__main__":
    sys.exit(main())
