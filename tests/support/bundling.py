"""A lock for the build: one worker of the suite bundles at a time, the next finds the result."""

import fcntl
from contextlib import contextmanager

from tools.cache import SCRATCH


@contextmanager
def lock():
    """Wait until no other worker bundles, and keep the others waiting."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "bundling.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
