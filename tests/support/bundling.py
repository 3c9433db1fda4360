"""Bundle in one process at a time, and without compression in tests that do not need it.

Run as a script, this module runs build.py without compression:
`python -m tests.support.bundling build.py bundle`.
"""

import fcntl
import runpy
import sys
from contextlib import contextmanager
from unittest import mock

from offline_onnx_page.site.sources import STAMP
from tools import wheels
from tools.cache import SCRATCH
from tools.site import bundle


@contextmanager
def lock():
    """Hold a lock, so that only one process of the test run bundles at a time."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "bundling.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def without_compression():
    """Turn off compression, which takes a minute for a site and four seconds for the wheels."""
    with (
        mock.patch.object(bundle, "compress"),
        mock.patch.object(wheels, "COMPRESSION_LEVEL", 0),
    ):
        yield


@contextmanager
def lock_only_while_bundling():
    """Make a command hold the lock while it bundles, and bundle without compression.

    The command does not hold the lock while it does other work, so that other tests can bundle.
    """

    def locked(function):
        def call(*arguments):
            with lock():
                return function(*arguments)

        return call

    with (
        mock.patch.object(bundle, "build", locked(bundle.build)),
        mock.patch.object(bundle, "bundle_page", locked(bundle.bundle_page)),
        without_compression(),
    ):
        yield


if __name__ == "__main__":
    del sys.argv[0]
    try:
        with without_compression():
            runpy.run_path(sys.argv[0], run_name="__main__")
    finally:  # build.py ends with SystemExit
        # So that the next command builds the site again, with compression.
        (bundle.WEB / "built" / STAMP).unlink(missing_ok=True)
