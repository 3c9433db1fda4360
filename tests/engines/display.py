"""A display for a browser that has no headless mode."""

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
    """Use the machine's display, or start a virtual one."""
    if "DISPLAY" in os.environ:
        yield
        return
    reading, writing = os.pipe()
    command = [find_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1400x1000x24"]
    process = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        os.environ["DISPLAY"] = f":{number.readline().strip()}"  # written when it is ready
    try:
        yield
    finally:
        del os.environ["DISPLAY"]
        process.terminate()
        process.wait()
