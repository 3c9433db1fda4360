"""A display for WebKit, which has no headless mode."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.env.engines import find_program

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def display() -> Generator[None]:
    """Run a virtual display until the context ends, unless DISPLAY already names a display."""
    if "DISPLAY" in os.environ:
        yield
        return
    read_end, write_end = os.pipe()
    command = [find_program("Xvfb"), "-displayfd", str(write_end), "-screen", "0", "1400x1000x24"]
    process = subprocess.Popen(
        command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(write_end)
    # Xvfb writes the number of the display once it accepts connections.
    with os.fdopen(read_end) as display_number:
        os.environ["DISPLAY"] = f":{display_number.readline().strip()}"
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        process.terminate()
        process.wait()
