"""Bundling in tests: one worker at a time, and without compression where no test looks at it.

As a script it runs build.py without compression:
`python -m tests.support.bundling build.py bundle`.
"""

import fcntl
import runpy
import sys
from contextlib import contextmanager
from unittest import mock

from tools.cache import SCRATCH
from tools.site import bundle


@contextmanager
def lock():
    """Wait until no other worker bundles, and keep the others waiting."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "bundling.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def uncompressed():
    """Return a context in which nothing is compressed: Brotli takes a minute for a page."""
    return mock.patch.object(bundle, "compress")


if __name__ == "__main__":
    del sys.argv[0]
    with uncompressed():
        runpy.run_path(sys.argv[0], run_name="__main__")
