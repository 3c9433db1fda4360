"""One bundling at a time, whichever worker needs it: the next finds what this one has made."""

import fcntl
from contextlib import contextmanager

from tools.cache import SCRATCH


@contextmanager
def alone():
    """Wait until no other worker bundles."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "bundling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
